package eu.sermas.bus.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import eu.sermas.bus.systemtest.client.Message;
import eu.sermas.bus.systemtest.client.TestClient;
import eu.sermas.bus.systemtest.raw.Connect;
import eu.sermas.bus.systemtest.raw.Property;
import eu.sermas.bus.systemtest.raw.Publish;
import eu.sermas.bus.systemtest.raw.RawClient;
import eu.sermas.bus.systemtest.raw.Reasons;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Topics that a file and modules add to the catalogue: payload checks, documents and explanations
/// know them at once, a restart keeps them, and what is wrong with them is told.
class CatalogueIT {

    private static final String TOPICS =
            """
            version: 1
            topics:
            - resource: museum
              scope: tour
              context: [changed, ':tourId']
              description: A tour goes on.
              payload: TourDto
              durability: async
            $defs:
              TourDto:
                type: object
                required: [stop]
                properties: {stop: {type: integer}}
            """;
    private static final BusProcess BUS = start();

    private final Rest admin =
            BUS.rest().as(BUS.rest().login(BusProcess.ADMIN, BusProcess.ADMIN_PASSWORD));
    private final Tenant tenant = Tenant.create(BUS, admin, "museum").client("guide", "*");

    private static BusProcess start() {
        var builder = BusProcess.serve();
        return builder.set("catalogue.files", builder.file("topics.yaml", TOPICS))
                .set("payload.checks", "app/+/museum/#=reject")
                .start();
    }

    @AfterAll
    static void stop() {
        BUS.close();
    }

    @Test
    void aFileAddsTopicsForEveryApp() throws Exception {
        assertThat(museum()).contains("tour");
        assertThat(publish("museum/tour/changed/t1", "{\"stop\":3}")).isZero();
        assertThat(publish("museum/tour/changed/t1", "{\"stop\":\"three\"}")).isEqualTo(0x99);
        var channel = channel(BUS.rest(), "museum.tour");
        assertThat(text(channel, "address")).isEqualTo("app/{appId}/museum/tour/changed/{tourId}");
        assertThat(text(channel, "description"))
                .isEqualTo("A tour goes on.\n\nGrant: `museum.tour`. Durability: `async`");
        var explained = explained("museum/tour/changed/t1");
        assertThat(text(explained, "key")).isEqualTo("museum.tour");
        assertThat(text(explained, "durability")).isEqualTo("async");
    }

    @Test
    void aWillIsHeldAgainstItToo() {
        var connect =
                Connect.v5("will")
                        .userName(tenant.token("guide"))
                        .password("any")
                        .will(Publish.to(tenant.topic("museum/tour/changed/t1"), "{}"));
        try (var client = RawClient.open(BUS.port())) {
            var refused = client.send(connect).expectRefused(Reasons.PAYLOAD_FORMAT_INVALID);
            assertThat(refused.properties().text(Property.REASON_STRING))
                    .startsWith("payload at ''");
        }
    }

    @Test
    void aModuleOfThePlatformAddsTopicsWhileConnectionsLive() throws Exception {
        var version = version();
        try (var guide = Mqtt.connect(BUS, tenant.token("guide"))) {
            assertThat(publish(guide, "museum/door/1", "\"open\"")).isZero();

            admin.post("/api/platform/module", module("doors", "door", "integer")).expect(201);
            assertThat(version()).isNotEqualTo(version);
            assertThat(museum()).contains("door");
            assertThat(publish(guide, "museum/door/1", "\"open\"")).isEqualTo(0x99);
            assertThat(publish(guide, "museum/door/1", "1")).isZero();

            admin.post("/api/platform/module", module("doors", "door", "string")).expect(201);
            assertThat(publish(guide, "museum/door/1", "\"open\"")).isZero();
            assertThat(publish(guide, "museum/door/1", "1")).isEqualTo(0x99);
        }

        var changed = version();
        BUS.stop();
        BUS.start();
        assertThat(version()).isEqualTo(changed);
        assertThat(publish("museum/door/1", "1")).isEqualTo(0x99);

        admin.delete("/api/platform/module/doors").expect(200);
        assertThat(version()).isEqualTo(version);
        assertThat(publish("museum/door/1", "1")).isZero();
    }

    @Test
    void aModuleOfAnAppAddsTopicsForThatAppAlone() throws Exception {
        var other = Tenant.create(BUS, admin, "museum").client("guide", "*");
        var version = version();
        var modules = "/api/platform/app/" + tenant.appId() + "/module";

        tenant.rest("guide").post(modules, module("lamps", "lamp", "integer")).expect(201);

        assertThat(publish("museum/lamp/1", "\"on\"")).isEqualTo(0x99);
        try (var guide = Mqtt.connect(BUS, other.token("guide"))) {
            var lamp = Message.of(other.topic("museum/lamp/1"), "\"on\"", 1);
            assertThat(guide.publish(lamp)).isZero();
        }
        assertThat(version()).isEqualTo(version);
        assertThat(museum()).doesNotContain("lamp");
        assertThat(text(channel(tenant.rest("guide"), "museum.lamp"), "address"))
                .isEqualTo("app/" + tenant.appId() + "/museum/lamp/{id}");
        assertThat(channel(other.rest("guide"), "museum.lamp").isMissingNode()).isTrue();
        assertThat(topicsOf(tenant)).contains("app/:appId/museum/lamp/:id");
        assertThat(topicsOf(other)).doesNotContain("app/:appId/museum/lamp/:id");

        tenant.rest("guide").delete(modules + "/lamps").expect(200);
        assertThat(publish("museum/lamp/1", "\"on\"")).isZero();
    }

    @Test
    void whatIsWrongIsToldAndChangesNothing() {
        var version = version();
        admin.post("/api/platform/module", module("tours", "visit", "integer")).expect(201);
        admin.post(
                        "/api/platform/module",
                        Map.of(
                                "moduleId",
                                "tours",
                                "supports",
                                List.of(),
                                "config",
                                Map.of(
                                        "topics",
                                        List.of(
                                                topic("fine", "integer"),
                                                Map.of("resource", "ui", "scope", "content")))))
                .expectError(
                        409,
                        "topics of module tours: key 'ui.content': is there already, from the"
                                + " catalogue of the product");
        assertThat(museum()).doesNotContain("fine");
        admin.post("/api/platform/module", module("tours", "a/b", "integer"))
                .expectError(
                        400,
                        "topics of module tours: topics[0].scope: 'a/b' (expected:"
                                + " 1..64 letters, digits, '_', '~', '-')");
        admin.delete("/api/platform/module/tours").expect(200);
        assertThat(version()).isEqualTo(version);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    topics: []                     | version: missing (expected: 1)
                    {version: 2, topics: []}       | version: 2 (expected: 1)
                    {version: 1, topics: [{}]}     | topics[0].resource: missing (expected: 1..64 letters, digits, '_', '~', '-')
                    {version: 1, topics            | not YAML, at line 1
                    """)
    void aFileThatIsWrongIsOneLineAtTheStart(String content, String problem) {
        var builder = BusProcess.serve();
        var file = builder.file("wrong.yaml", content);
        try (var bus = builder.set("catalogue.files", file).launch()) {
            assertThat(bus.exitStatus()).isNotZero();
            assertThat(bus.printed()).contains("catalogue.files: " + file + ": " + problem);
        }
    }

    private static Map<String, Object> module(String id, String scope, String type) {
        return Map.of(
                "moduleId",
                id,
                "supports",
                List.of(),
                "config",
                Map.of("topics", List.of(topic(scope, type))));
    }

    private static Map<String, Object> topic(String scope, String type) {
        return Map.of(
                "resource",
                "museum",
                "scope",
                scope,
                "context",
                List.of(":id"),
                "schema",
                Map.of("type", type));
    }

    private static String version() {
        return BUS.rest().get("/api/platform/topics").expect(200).text("version");
    }

    private static List<String> museum() {
        return texts(BUS.rest().get("/api/platorm/topics").json().at("/resources/museum"));
    }

    private static List<String> topicsOf(Tenant app) {
        var path = "/api/platform/app/" + app.appId() + "/client/guide/topics";
        return texts(app.rest("guide").get(path).expect(200).json());
    }

    private static List<String> texts(JsonNode list) {
        return list.valueStream().map(JsonNode::asText).toList();
    }

    private static JsonNode channel(Rest caller, String key) {
        return caller.get("/api/async-json").expect(200).json().path("channels").path(key);
    }

    private static String text(JsonNode node, String field) {
        return node.path(field).asText();
    }

    private JsonNode explained(String topic) {
        var question = Map.of("action", "publish", "topic", tenant.topic(topic));
        return tenant.rest("guide")
                .post("/api/access/explain", question)
                .expect(201)
                .json()
                .path("catalogue");
    }

    private int publish(String topic, String payload) throws TestClient.Refused {
        try (var guide = Mqtt.connect(BUS, tenant.token("guide"))) {
            return publish(guide, topic, payload);
        }
    }

    /// @return the reason code of PUBACK
    private int publish(TestClient client, String topic, String payload) {
        return client.publish(Message.of(tenant.topic(topic), payload, 1));
    }
}
