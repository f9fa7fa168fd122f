package eu.sermas.bus.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import eu.sermas.bus.client.Endpoint;
import eu.sermas.bus.client.Login;
import eu.sermas.bus.client.MqttClient;
import eu.sermas.bus.config.CommandLineValue;
import eu.sermas.bus.config.ConfigurationLoader;
import eu.sermas.bus.config.DeclaredApp;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.Publish;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.TopicFilter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The routes that pass events on, over the whole bus: what is called over HTTP is seen by an MQTT
/// client on the network. Two apps, `alpha` and `beta`, each with the clients `full` and `talk`.
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EventRoutesTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final JsonMapper JSON = new JsonMapper();

    private final HttpClient http = HttpClient.newHttpClient();
    private Bus bus;
    private int port;
    private Map<String, String> tokens;
    private MqttClient subscriber;

    @BeforeAll
    void start() throws Exception {
        List<CommandLineValue> values =
                List.of(
                        new CommandLineValue("bind", "localhost", "test"),
                        new CommandLineValue("port", "0", "test"));
        bus =
                Bus.start(
                        ConfigurationLoader.load(null, Map.of(), values)
                                .withApps(List.of(app("alpha"), app("beta"))),
                        Bus.Storage.MEMORY,
                        System.err);
        port = bus.listeners().main().getPort();
        tokens =
                Map.of(
                        "full", token("alpha", "full"),
                        "talk", token("alpha", "talk"),
                        "beta", token("beta", "full"));
    }

    @AfterAll
    void stop() {
        bus.close();
        http.close();
    }

    @BeforeEach
    void subscribe() throws Exception {
        subscriber =
                MqttClient.connect(
                        Endpoint.tcp("localhost", port, PATIENCE), Login.of(tokens.get("full")));
        subscriber.subscribe(
                List.of(TopicFilter.of("app/alpha/#")), QoS.AT_LEAST_ONCE, Properties.NONE);
    }

    @AfterEach
    void unsubscribe() throws Exception {
        subscriber.close();
    }

    private static DeclaredApp app(String appId) {
        return new DeclaredApp(
                appId,
                "App " + appId,
                false,
                null,
                null,
                null,
                List.of(
                        new DeclaredApp.Module("full", "Full", "secret", List.of("*")),
                        new DeclaredApp.Module("talk", "Talk", "secret", List.of("dialogue"))),
                List.of());
    }

    private String token(String appId, String clientId) throws Exception {
        HttpResponse<String> answer =
                send(
                        "POST",
                        "/api/platform/token",
                        null,
                        "{\"appId\":\"%s\",\"clientId\":\"%s\",\"clientSecret\":\"secret\"}"
                                .formatted(appId, clientId),
                        "application/json");
        return JSON.readTree(answer.body()).path("access_token").asText();
    }

    private HttpResponse<String> send(
            String method, String path, @Nullable String token, String body, String type)
            throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                        .header("Content-Type", type)
                        .method(method, HttpRequest.BodyPublishers.ofString(body));
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /// @param body JSON with single quotes
    private HttpResponse<String> as(String caller, String method, String path, String body)
            throws Exception {
        return send(method, path, tokens.get(caller), body.replace('\'', '"'), "application/json");
    }

    private JsonNode event(String topic) throws Exception {
        Publish seen = Objects.requireNonNull(subscriber.receive(PATIENCE), "no event");
        assertThat(seen.topic()).hasToString(topic);
        assertThat(seen.qos()).isEqualTo(QoS.AT_MOST_ONCE);
        assertThat(seen.retain()).isFalse();
        JsonNode event = JSON.readTree(new String(seen.payload(), StandardCharsets.UTF_8));
        assertThat(event.path("appId").asText()).isEqualTo("alpha");
        assertThat(event.path("clientId").asText()).isEqualTo("full");
        assertThat(event.path("ts").asText()).matches("\\d{4}-\\d\\d-\\d\\dT.*Z");
        return event;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "PUT | /api/ui/interaction/alpha/m1 | {'element':'ui','value':'ready'} |"
                        + " ui/interaction/m1 |"
                        + " {'moduleId':'m1','interaction':{'element':'ui','value':'ready'}}",
                "PUT | /api/ui/content/alpha | {'contentType':'text','content':{'text':'x'}} |"
                        + " ui/content | {'contentType':'text','content':{'text':'x'}}",
                "POST | /api/detection/interaction |"
                        + " {'appId':'alpha','moduleId':'m','interactionType':'start'} |"
                        + " detection/interaction | {'moduleId':'m','interactionType':'start'}",
                "POST | /api/robotics/agent/relocate |"
                        + " {'appId':'alpha','movement':{'personId':'p'}} | robotics/move |"
                        + " {'movement':{'personId':'p'}}",
                "POST | /api/robotics/agent/initialpose | {'appId':'alpha','initialPose':{}} |"
                        + " robotics/initialpose | {'initialPose':{}}",
                "POST | /api/robotics/agent/actuate | {'appId':'alpha','actuation':{}} |"
                        + " robotics/actuate | {'actuation':{}}",
                "POST | /api/robotics/agent/status | {'appId':'alpha','status':{}} |"
                        + " robotics/status | {'status':{}}",
                "POST | /api/robotics/move/alpha/lobby | {} | robotics/move |"
                        + " {'movement':{},'room':'lobby'}",
                "POST | /api/robotics/agent/move/alpha/lobby | {} | robotics/move |"
                        + " {'movement':{},'room':'lobby'}",
                "POST | /api/xr/marker | {'appId':'alpha','markerId':'k1','payload':'p'} |"
                        + " xr/marker/changed/k1 | {'operation':'created'}",
                "PUT | /api/xr/marker | {'appId':'alpha','markerId':'k2','payload':'p'} |"
                        + " xr/marker/changed/k2 | {'operation':'created'}",
                "POST | /api/session/agent |"
                        + " {'appId':'alpha','agentId':'a1','moduleId':'m','status':'ready'} |"
                        + " session/agent/changed/a1 | {'operation':'created','moduleId':'m'}",
                "POST | /api/session/storage |"
                        + " {'appId':'alpha','storageId':'s1','data':{'a':1}} |"
                        + " session/storage/s1 | {'operation':'created'}",
                "POST | /api/ui/asset |"
                        + " {'appId':'alpha','type':'documents','filename':'f.pdf'} | ui/status |"
                        + " {'operation':'created'}",
                "POST | /api/ui/admin/asset |"
                        + " {'appId':'alpha','type':'documents','id':'i'} | ui/status |"
                        + " {'operation':'updated'}",
                "POST | /api/platform/monitoring |"
                        + " {'appId':'alpha','sessionId':'s','type':'kpi','label':'l','data':{}} |"
                        + " platform/monitoring | {'sessionId':'s','type':'kpi','label':'l'}"
            })
    void aCallIsSeenOverMqtt(String method, String path, String body, String topic, String expected)
            throws Exception {
        HttpResponse<String> answer = as("full", method, path, body);
        assertThat(answer.statusCode())
                .as(answer.body())
                .isEqualTo(method.equals("POST") ? 201 : 200);
        JsonNode event = event("app/alpha/" + topic);
        JSON.readTree(expected.replace('\'', '"'))
                .properties()
                .forEach(
                        field ->
                                assertThat(event.get(field.getKey()))
                                        .as(field.getKey())
                                        .isEqualTo(field.getValue()));
        assertThat(event.has("data")).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "- | PUT | /api/ui/content/alpha | {'contentType':'text'} | 401 | Unauthorized",
                "talk | PUT | /api/ui/content/alpha | {'contentType':'text'} | 403 |"
                        + " Forbidden resource",
                "beta | PUT | /api/ui/content/alpha | {'contentType':'text'} | 403 |"
                        + " Forbidden resource",
                "beta | PUT | /api/ui/interaction/alpha/m | {'element':'ui'} | 403 |"
                        + " Forbidden resource",
                "beta | POST | /api/detection/interaction | {'appId':'alpha'} | 403 |"
                        + " Forbidden resource",
                "beta | POST | /api/robotics/agent/status | {'appId':'alpha'} | 403 |"
                        + " Forbidden resource",
                "beta | POST | /api/robotics/move/alpha/lobby | {} | 403 | Forbidden resource",
                "beta | POST | /api/xr/marker | {'appId':'alpha','payload':'p'} | 403 |"
                        + " Forbidden resource",
                "beta | DELETE | /api/xr/marker/alpha/k1 | | 403 | Forbidden resource",
                "beta | POST | /api/session/agent |"
                        + " {'appId':'alpha','moduleId':'m','status':'ready'} | 403 |"
                        + " Forbidden resource",
                "beta | POST | /api/session | {'appId':'alpha'} | 403 | Forbidden resource",
                "beta | PUT | /api/session | {'appId':'alpha','sessionId':'s'} | 403 |"
                        + " Forbidden resource",
                "beta | POST | /api/session/search/alpha | {} | 403 | Forbidden resource",
                "beta | GET | /api/session/user/alpha | | 403 | Forbidden resource",
                "full | PUT | /api/session | {'appId':'alpha','sessionId':'none'} | 404 |"
                        + " session not found",
                "full | GET | /api/session/none | | 404 | session not found",
                "beta | POST | /api/session/storage | {'appId':'alpha'} | 403 |"
                        + " Forbidden resource",
                "beta | POST | /api/session/storage/search | {'appId':'alpha'} | 403 |"
                        + " Forbidden resource",
                "beta | POST | /api/ui/asset | {'appId':'alpha','type':'documents'} | 403 |"
                        + " Forbidden resource",
                "talk | POST | /api/platform/monitoring | {} | 403 | Forbidden resource",
                "full | POST | /api/platform/monitoring | {} | 400 | Missing appId",
                "full | POST | /api/platform/monitoring | {'appId':'alpha'} | 400 |"
                        + " Missing sessionId",
                "full | POST | /api/detection/interaction | {} | 400 | appId missing",
                "full | POST | /api/detection/interaction | {'appId':5} | 400 |"
                        + " appId: expected a string",
                "full | PUT | /api/ui/content/alpha | {} | 400 | contentType missing",
                "full | PUT | /api/ui/interaction/alpha/+ | {'element':'x'} | 400 |"
                        + " moduleId: expected 1..256 characters without '/', '+' and '#'",
                "full | GET | /api/session/storage/none | | 404 | storage record not found",
                "full | DELETE | /api/session/storage/none | | 404 | storage record not found",
                "full | DELETE | /api/xr/marker/none | | 404 | marker not found",
                "full | DELETE | /api/xr/marker/alpha/none | | 404 | marker not found"
            })
    void refusesWithAReason(
            String caller, String method, String path, String body, int status, String message)
            throws Exception {
        HttpResponse<String> answer = as(caller, method, path, body == null ? "" : body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(JSON.readTree(answer.body()).path("message").asText()).isEqualTo(message);
        assertThat(subscriber.receive(Duration.ofMillis(1))).isNull();
    }

    @Test
    void whatIsStoredIsFoundChangedAndRemoved() throws Exception {
        String path = "/api/session/storage";
        HttpResponse<String> stored =
                as("full", "POST", path, "{'appId':'alpha','sessionId':'se','data':{'n':1}}");
        ObjectNode record = (ObjectNode) JSON.readTree(stored.body());
        String id = record.path("storageId").asText();
        assertThat(event("app/alpha/session/storage/" + id).path("record")).isEqualTo(record);
        as("full", "POST", path, record.put("label", "x").toString());
        assertThat(event("app/alpha/session/storage/" + id).path("operation").asText())
                .isEqualTo("updated");
        assertThat(JSON.readTree(as("full", "GET", path + "/" + id, "").body())).isEqualTo(record);
        assertThat(as("beta", "GET", path + "/" + id, "").statusCode()).isEqualTo(404);
        assertThat(as("beta", "DELETE", path + "/" + id, "").statusCode()).isEqualTo(404);
        String search = "{'appId':'alpha','sessionId':'%s'}";
        assertThat(
                        JSON.readTree(
                                as("full", "POST", path + "/search", search.formatted("se"))
                                        .body()))
                .containsExactly(record);
        assertThat(as("full", "POST", path + "/search", search.formatted("other")).body())
                .isEqualTo("[]");
        HttpResponse<String> removed = as("full", "DELETE", path + "/" + id, "");
        assertThat(removed.statusCode()).isEqualTo(200);
        assertThat(removed.body()).isEmpty();
        assertThat(event("app/alpha/session/storage/" + id).path("operation").asText())
                .isEqualTo("deleted");
        assertThat(as("full", "GET", path + "/" + id, "").statusCode()).isEqualTo(404);
    }

    @Test
    void aSessionBeginsChangesAndEnds() throws Exception {
        HttpResponse<String> created =
                as("full", "POST", "/api/session", "{'appId':'alpha','agentId':'a','userId':'u'}");
        assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
        ObjectNode session = (ObjectNode) JSON.readTree(created.body());
        String id = session.path("sessionId").asText();
        String topic = "app/alpha/session/session/changed/" + id;
        JsonNode event = event(topic);
        assertThat(event.path("operation").asText()).isEqualTo("created");
        assertThat(event.path("record")).isEqualTo(session);
        assertThat(session.path("createdAt")).isEqualTo(session.path("modifiedAt"));

        String change =
                "{'appId':'alpha','sessionId':'" + id + "','settings':{'language':'pt-PT'}}";
        JsonNode changed = JSON.readTree(as("full", "PUT", "/api/session", change).body());
        assertThat(changed.path("agentId").asText()).isEqualTo("a");
        assertThat(changed.path("createdAt")).isEqualTo(session.path("createdAt"));
        event = event(topic);
        assertThat(event.path("operation").asText()).isEqualTo("updated");
        assertThat(event.at("/record/settings/language").asText()).isEqualTo("pt-PT");

        assertThat(JSON.readTree(as("full", "GET", "/api/session/" + id, "").body()))
                .isEqualTo(changed);
        String search = "/api/session/search/alpha";
        assertThat(JSON.readTree(as("full", "POST", search, "{'agentId':'a'}").body()))
                .containsExactly(changed);
        assertThat(as("full", "POST", search, "{'agentId':'b'}").body()).isEqualTo("[]");
        for (String method : List.of("GET", "DELETE")) {
            assertThat(as("beta", method, "/api/session/" + id, "").statusCode()).isEqualTo(404);
        }
        // The user is who has made it, whatever the body says.
        assertThat(JSON.readTree(as("full", "GET", "/api/session/user/alpha", "").body()))
                .isEqualTo(changed);

        assertThat(as("full", "DELETE", "/api/session/" + id, "").statusCode()).isEqualTo(200);
        event = event(topic);
        assertThat(event.path("operation").asText()).isEqualTo("deleted");
        assertThat(event.at("/record/closedAt").asText()).isNotEmpty();
        JsonNode clear = event("app/alpha/ui/content");
        assertThat(clear.path("contentType").asText()).isEqualTo("clear-screen");
        assertThat(clear.path("sessionId").asText()).isEqualTo(id);
        assertThat(as("full", "GET", "/api/session/" + id, "").statusCode()).isEqualTo(404);
    }

    @Test
    void whatWasMonitoredIsFoundInItsAppAlone() throws Exception {
        String record =
                "{'appId':'alpha','sessionId':'found','type':'kpi','label':'%s','ts':'%s',"
                        + "'data':{'a':1}}";
        String path = "/api/platform/monitoring";
        as("full", "POST", path, record.formatted("one", "2026-01-01T10:00:00Z"));
        event("app/alpha/platform/monitoring");
        as("full", "POST", path, record.formatted("two", "2026-01-01T12:00:00.000Z"));
        event("app/alpha/platform/monitoring");

        String mine = "{'appId':'alpha','sessionId':'found'%s}";
        assertThat(labels(as("full", "POST", path + "/search", mine.formatted(""))))
                .containsExactly("one", "two");
        assertThat(labels(as("full", "POST", path + "/search", mine.formatted(",'label':'two'"))))
                .containsExactly("two");
        String advanced = path + "/advanced-search";
        assertThat(labels(as("full", "POST", advanced, mine.formatted(""))))
                .containsExactly("one", "two");
        assertThat(
                        labels(
                                as(
                                        "full",
                                        "POST",
                                        advanced,
                                        mine.formatted(",'to':'2026-01-01T11:00:00+00:00'"))))
                .containsExactly("one");
        assertThat(as("full", "POST", advanced, mine.formatted(",'from':'soon'")).statusCode())
                .isEqualTo(400);
        assertThat(as("full", "POST", path + "/search", "{}").statusCode()).isEqualTo(400);
        assertThat(as("beta", "POST", path + "/search", mine.formatted("")).statusCode())
                .isEqualTo(403);
    }

    private static List<String> labels(HttpResponse<String> answer) throws Exception {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        assertThat(answer.body()).doesNotContain("data");
        return JSON.readTree(answer.body())
                .valueStream()
                .map(record -> record.path("label").asText())
                .toList();
    }

    @Test
    void markersAreCreatedUpdatedAndDeleted() throws Exception {
        String marker = "{'appId':'alpha','markerId':'m9','payload':'p','tags':['t']}";
        as("full", "PUT", "/api/xr/marker", marker);
        JsonNode created = event("app/alpha/xr/marker/changed/m9");
        assertThat(created.path("operation").asText()).isEqualTo("created");
        assertThat(created.at("/record/tags/0").asText()).isEqualTo("t");
        as("full", "PUT", "/api/xr/marker", marker);
        assertThat(event("app/alpha/xr/marker/changed/m9").path("operation").asText())
                .isEqualTo("updated");
        assertThat(as("beta", "DELETE", "/api/xr/marker/m9", "").statusCode()).isEqualTo(404);
        assertThat(as("full", "DELETE", "/api/xr/marker/m9", "").statusCode()).isEqualTo(200);
        assertThat(event("app/alpha/xr/marker/changed/m9").path("operation").asText())
                .isEqualTo("deleted");
    }

    @Test
    void anAgentIsAsReadyAsItsModules() throws Exception {
        String beat = "{'appId':'alpha','agentId':'a9','moduleId':'%s','status':'%s'}";
        String topic = "app/alpha/session/agent/changed/a9";
        as("full", "POST", "/api/session/agent", beat.formatted("m1", "ready"));
        assertThat(event(topic).path("operation").asText()).isEqualTo("created");
        assertThat(event(topic).path("operation").asText()).isEqualTo("updated");
        JsonNode agents =
                JSON.readTree(
                        as("full", "POST", "/api/session/agent", beat.formatted("m2", "loading"))
                                .body());
        assertThat(agents).hasSize(1);
        assertThat(agents.get(0).path("status").asText()).isEqualTo("loading");
        assertThat(agents.get(0).path("modules")).hasSize(2);
        JsonNode updated = event(topic);
        assertThat(updated.path("operation").asText()).isEqualTo("updated");
        assertThat(updated.path("moduleId").asText()).isEqualTo("m2");
        assertThat(updated.path("record")).isEqualTo(agents.get(0));
    }

    @Test
    void anAssetComesAsAForm() throws Exception {
        String form =
                """
                --B\r
                Content-Disposition: form-data; name="appId"\r
                \r
                alpha\r
                --B\r
                Content-Disposition: form-data; name="type"\r
                \r
                avatars\r
                --B\r
                Content-Disposition: form-data; name="metadata"\r
                \r
                {"a":1}\r
                --B\r
                Content-Disposition: form-data; name="file"; filename="m.glb"\r
                Content-Type: application/octet-stream\r
                \r
                bytes\r
                --B--\r
                """;
        HttpResponse<String> answer =
                send(
                        "POST",
                        "/api/ui/asset",
                        tokens.get("full"),
                        form,
                        "multipart/form-data; boundary=B");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        assertThat(answer.body()).isEmpty();
        JsonNode record = event("app/alpha/ui/status").path("record");
        assertThat(record.path("filename").asText()).isEqualTo("m.glb");
        assertThat(record.path("type").asText()).isEqualTo("avatars");
        assertThat(record.at("/metadata/a").asInt()).isEqualTo(1);
        HttpResponse<String> broken =
                send("POST", "/api/ui/asset", tokens.get("full"), "--X\r\n", "multipart/form-data");
        assertThat(broken.statusCode()).as(broken.body()).isEqualTo(400);
    }
}
