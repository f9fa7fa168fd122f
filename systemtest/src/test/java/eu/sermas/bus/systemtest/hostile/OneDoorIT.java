package eu.sermas.bus.systemtest.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import eu.sermas.bus.systemtest.Answer;
import eu.sermas.bus.systemtest.BusProcess;
import eu.sermas.bus.systemtest.Rest;
import eu.sermas.bus.systemtest.Tenant;
import eu.sermas.bus.systemtest.raw.Connect;
import eu.sermas.bus.systemtest.raw.Properties;
import eu.sermas.bus.systemtest.raw.Publish;
import eu.sermas.bus.systemtest.raw.RawClient;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Routes that pass events on decide as MQTT does: the same rights, the same quota, the same checks
/// of payloads, and the sender is who the token says.
@TestInstance(Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // JUnit calls start() first
class OneDoorIT {

    /// So large that the quota of one app is spent for a minute.
    private static final String LARGE = "x".repeat(512 * 1024);

    private BusProcess bus;
    private Rest admin;
    private Tenant tenant;

    @BeforeAll
    void start() {
        bus =
                BusProcess.serve()
                        .set("payload.checks", "app/+/robotics/#=reject, app/+/session/#=reject")
                        .set("quota.bytes-per-second", "8KiB")
                        .set("limits.login.per-address", 1_000_000)
                        .start();
        admin = bus.rest().as(bus.rest().login(BusProcess.ADMIN, BusProcess.ADMIN_PASSWORD));
    }

    @BeforeEach
    void anotherApp() {
        tenant = Tenant.create(bus, admin, "door").client("witness", "*");
    }

    @AfterAll
    void stop() {
        bus.close();
    }

    private RawClient witness(String filter) {
        var client = RawClient.open(bus.port());
        client.connect(Connect.v5("witness").userName(tenant.token("witness")).password("sermas"));
        client.subscribe(tenant.topic(filter), 1);
        return client;
    }

    /// A body for a route, as the row of a table writes it.
    private Map<String, Object> filled(String body) {
        var json = body.replace('\'', '"').replace("APP", tenant.appId());
        return Answer.toMap(json);
    }

    private String path(String path) {
        return path.replace("APP", tenant.appId());
    }

    private Answer send(Rest caller, String method, String path, Map<String, Object> body) {
        return method.equals("PUT") ? caller.put(path, body) : caller.post(path, body);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            textBlock =
                    """
                    PUT  | /api/ui/interaction/APP/m        | ui.interaction         | {'element':'e'}
                    PUT  | /api/ui/content/APP              | ui.content             | {'contentType':'text'}
                    POST | /api/ui/asset                    | ui.status              | {'appId':'APP','type':'avatars'}
                    POST | /api/detection/interaction       | detection.interaction  | {'appId':'APP'}
                    POST | /api/robotics/agent/relocate     | robotics.move          | {'appId':'APP','movement':{}}
                    POST | /api/robotics/agent/initialpose  | robotics.initialpose   | {'appId':'APP','initialPose':{'pose':{'position':{'x':1,'y':1},'orientation':{'z':1}},'covariance':[]}}
                    POST | /api/robotics/agent/actuate      | robotics.actuate       | {'appId':'APP','actuations':[]}
                    POST | /api/robotics/agent/status       | robotics.status        | {'appId':'APP','status':{}}
                    POST | /api/xr/marker                   | xr.marker              | {'appId':'APP','payload':'p'}
                    POST | /api/session/agent               | session.agent          | {'appId':'APP','moduleId':'m','status':'ready'}
                    POST | /api/session                     | session.session        | {'appId':'APP'}
                    POST | /api/session/storage             | session.storage        | {'appId':'APP','data':{}}
                    POST | /api/platform/monitoring         | platform.monitoring    | {'appId':'APP','sessionId':'s','type':'log','label':'l'}
                    """)
    void theEventSaysWhoSentItAsTheTokenDoes(
            String method, String path, String grant, String body) {
        tenant.client("sender", grant);
        try (var witness = witness(grant.substring(0, grant.indexOf('.')) + "/#")) {
            var forged = filled(body);
            forged.put("clientId", "somebody-else");
            forged.put("userId", "somebody-else");

            send(tenant.rest("sender"), method, path(path), forged)
                    .expect(method.equals("PUT") ? 200 : 201);

            var event = expectSent(witness);
            var message = Answer.toTree(event.text());
            assertThat(message.path("appId").asText()).isEqualTo(tenant.appId());
            assertThat(message.path("clientId").asText()).isEqualTo("sender");
            assertThat(message.path("userId").asText()).isNotEmpty().isNotEqualTo("somebody-else");
            var record = message.path("record");
            if (!record.isMissingNode()) {
                assertThat(record.path("clientId").asText()).isEqualTo("sender");
                assertThat(record.path("userId")).isEqualTo(message.path("userId"));
            }
            assertThat(event.properties().user())
                    .contains(
                            new Properties.Pair("sermas-app", tenant.appId()),
                            new Properties.Pair("sermas-client", "sender"));
            assertThat(event.qos()).isZero();
        }
    }

    /// The tokens and clients of the test are told of too, on the same resource as monitoring.
    private static Publish expectSent(RawClient witness) {
        while (true) {
            var event = witness.expectPublish();
            if (!event.topic().contains("/platform/") || event.topic().contains("/monitoring")) {
                return event;
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            textBlock =
                    """
                    robotics.move   | /api/robotics/agent/initialpose | {'appId':'APP','initialPose':{}} | robotics.initialpose
                    robotics.status | /api/robotics/agent/actuate     | {'appId':'APP','actuations':[]}  | robotics.actuate
                    ui.content      | /api/ui/asset                   | {'appId':'APP','type':'avatars'} | ui.status
                    """)
    void aRouteTakesTheRightOfTheTopicThatItPublishesTo(
            String held, String path, String body, String missing) {
        tenant.client("sender", held);
        var answer = tenant.rest("sender").post(path, filled(body)).expect(403);
        assertThat(answer.header("www-authenticate")).contains("missing grant: " + missing);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            textBlock =
                    """
                    /api/robotics/agent/relocate | {'appId':'APP'}                                          | payload at ''
                    /api/robotics/agent/actuate  | {'appId':'APP','actuations':'all'}                       | payload at '/actuations'
                    /api/session                 | {'appId':'APP','sessionId':'bad','agentId':5}            | payload at '/record/agentId'
                    /api/session/storage         | {'appId':'APP','storageId':'bad','data':'no object'}     | payload at '/record/data'
                    """)
    void aPayloadThatMqttRefusesIsRefusedHereAndNothingIsKept(
            String path, String body, String reason) {
        tenant.client("sender", "*");
        var rest = tenant.rest("sender");
        var answer = rest.post(path, filled(body)).expect(400);
        assertThat(answer.text("message")).startsWith(reason);
        rest.get("/api/session/bad").expect(404);
        rest.get("/api/session/storage/bad").expect(404);
    }

    @Test
    void theQuotaOfTheAppCountsHereToo() {
        tenant.client("sender", "*");
        var rest = tenant.rest("sender");
        Map<String, Object> small = Map.of("appId", tenant.appId(), "payload", "p");
        rest.post("/api/xr/marker", Map.of("appId", tenant.appId(), "payload", LARGE)).expect(201);
        var answer = rest.post("/api/xr/marker", small).expect(429);
        assertThat(answer.text("message")).contains("quota of app " + tenant.appId());
        rest.post("/api/session", Map.of("appId", tenant.appId(), "sessionId", "s")).expect(429);
        rest.get("/api/session/s").expect(404);
        rest.put("/api/ui/content/" + tenant.appId(), Map.of("contentType", "text")).expect(429);
        // The administrator is on nobody's account.
        admin.post("/api/xr/marker", small).expect(201);
    }

    @Test
    void anAdministratorMaySpeakForOthers() {
        try (var witness = witness("xr/#")) {
            admin.post(
                            "/api/xr/marker",
                            Map.of(
                                    "appId", tenant.appId(),
                                    "payload", "p",
                                    "clientId", "kiosk",
                                    "userId", "ann"))
                    .expect(201);
            JsonNode event = Answer.toTree(witness.expectPublish().text());
            assertThat(event.path("record").path("clientId").asText()).isEqualTo("kiosk");
            assertThat(event.path("record").path("userId").asText()).isEqualTo("ann");
        }
    }

    @Test
    void aSessionStaysThatOfWhoBeganIt() {
        tenant.client("first", "session").client("second", "session");
        var began =
                tenant.rest("first")
                        .post("/api/session", Map.of("appId", tenant.appId(), "sessionId", "s"))
                        .expect(201);
        var update =
                Map.of("appId", tenant.appId(), "sessionId", "s", "userId", "x", "agentId", "a");
        var changed = tenant.rest("second").put("/api/session", update).expect(200);
        assertThat(changed.text("userId")).isEqualTo(began.text("userId"));
        assertThat(changed.text("clientId")).isEqualTo("first");
        assertThat(changed.text("agentId")).isEqualTo("a");
    }
}
