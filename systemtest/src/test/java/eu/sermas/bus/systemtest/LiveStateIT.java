package eu.sermas.bus.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import eu.sermas.bus.systemtest.client.ClientKind;
import eu.sermas.bus.systemtest.client.Login;
import eu.sermas.bus.systemtest.client.Message;
import eu.sermas.bus.systemtest.client.TestClient;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Live state over REST, with real clients: who sees what, and what becomes of those who are sent
/// away.
@ExtendWith(SharedBus.class)
class LiveStateIT {

    private static final String PASSWORD = "a-password-of-the-tests";
    private static final int ADMINISTRATIVE_ACTION = 0x98;

    private final BusProcess bus;
    private final Rest admin;
    private Tenant tenant;

    LiveStateIT(BusProcess bus, Rest admin) {
        this.bus = bus;
        this.admin = admin;
    }

    @BeforeEach
    void app() {
        tenant = Tenant.create(bus, admin, "live").client("kiosk", "ui").client("robot", "ui");
    }

    private static JsonNode sessions(Rest rest, String query) {
        return rest.get("/api/mqtt/session?limit=1000&" + query).expect(200).json().get("sessions");
    }

    private JsonNode session(String clientId) {
        JsonNode found = sessions(admin, "appId=" + tenant.appId() + "&clientId=" + clientId);
        assertThat(found).hasSize(1);
        return found.get(0);
    }

    private static List<String> clientIds(JsonNode sessions) {
        return sessions.findValuesAsText("clientId");
    }

    @Test
    void aSessionIsShownWithItsConnection() throws Exception {
        try (var client = ClientKind.HIVEMQ_5_WEBSOCKET.create()) {
            client.connect(
                    new Login(bus.uri("ws", "/mqtt"), "over-ws", tenant.token("kiosk"))
                            .persistent());
            client.subscribe(1, tenant.topic("ui/#"));
            client.publish(Message.of(tenant.topic("ui/content"), "hello", 1));
            client.inbox().next();
            JsonNode here = session("over-ws");
            assertThat(here.path("connected").asBoolean()).isTrue();
            assertThat(here.path("transport").asText()).isEqualTo("ws");
            assertThat(here.path("version").asText()).isEqualTo("5");
            assertThat(here.path("address").asText()).isEqualTo("127.0.0.1");
            assertThat(here.path("subscriptions").asInt()).isEqualTo(1);
            assertThat(here.path("received").path("messages").asInt()).isEqualTo(1);
            assertThat(here.path("sent").path("messages").asInt()).isEqualTo(1);
            client.disconnect();
        }
        var publisher = tenant.rest("robot");
        publisher.post("/api/events/" + tenant.topic("ui/content"), "one").expect(201);
        JsonNode away = session("over-ws");
        assertThat(away.path("connected").asBoolean()).isFalse();
        assertThat(away.path("queue").path("messages").asInt()).isEqualTo(1);
        assertThat(away.has("expires")).isTrue();
        assertThat(away.has("transport")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 5})
    void whoIsSentAwayIsToldWhyAsFarAsMqttCan(int level) throws Exception {
        try (var mqtt = RawMqtt.connected(bus.port(), level, "sent-away", tenant.token("kiosk"))) {
            String id = session("sent-away").path("id").asText();
            admin.delete("/api/mqtt/session/" + id + "/connection").expectEmpty(200);
            var last = mqtt.lastBeforeClose();
            if (level == 5) {
                assertThat(last)
                        .isNotNull()
                        .returns(RawMqtt.DISCONNECT, RawMqtt.Packet::type)
                        .returns(ADMINISTRATIVE_ACTION, RawMqtt.Packet::reason);
            } else {
                assertThat(last).isNull();
            }
        }
    }

    @Test
    void anEndedSessionHasNothingLeft() throws Exception {
        var login = new Login(bus.uri("tcp", ""), "ending", tenant.token("kiosk")).persistent();
        try (var client = ClientKind.HIVEMQ_5_TCP.create()) {
            client.connect(login);
            client.subscribe(1, tenant.topic("ui/#"));
            client.disconnect();
        }
        tenant.rest("robot").post("/api/events/" + tenant.topic("ui/content"), "x").expect(201);
        admin.delete("/api/mqtt/session/" + session("ending").path("id").asText()).expectEmpty(200);
        try (var client = ClientKind.HIVEMQ_5_TCP.create()) {
            assertThat(client.connect(login)).as("session present").isFalse();
            assertThat(client.inbox().drain()).isEmpty();
        }
    }

    /// Everybody who can log in, and who is in the same app or in another one.
    @ParameterizedTest
    @CsvSource({
        "admin, kiosk robot, true",
        "owner, kiosk robot, true",
        "member, kiosk robot, false",
        "visitor, '', false",
        "stranger, '', false",
        "kiosk, kiosk, false",
        "other, '', false"
    })
    void everybodySeesWhatIsTheirs(String who, String seen, boolean mayEnd) throws Exception {
        var rest = restOf(who);
        try (var kiosk = connect("kiosk");
                var robot = connect("robot")) {
            kiosk.subscribe(1, tenant.topic("ui/#"));
            robot.publish(Message.of(tenant.topic("ui/content"), "retained", 1).retained());
            var expected = seen.isEmpty() ? List.<String>of() : List.of(seen.split(" "));

            assertThat(new TreeSet<>(clientIds(sessions(rest, "appId=" + tenant.appId()))))
                    .containsExactlyElementsOf(expected);
            JsonNode reached =
                    rest.get("/api/mqtt/subscription?topic=" + tenant.topic("ui/content"))
                            .expect(200)
                            .json();
            assertThat(clientIds(reached.path("sessions")))
                    .isEqualTo(expected.contains("kiosk") ? List.of("kiosk") : List.of());
            boolean readsRetained = mayEnd || who.equals("kiosk");
            rest.get("/api/mqtt/retained?filter=" + tenant.topic("ui/%23"))
                    .expect(readsRetained ? 200 : 403);
            rest.get("/api/app/" + tenant.appId() + "/quota")
                    .expect(expected.size() == 2 ? 200 : 403);

            String robotsId = session("robot").path("id").asText();
            boolean sees = expected.contains("robot");
            rest.get("/api/mqtt/session/" + robotsId).expect(sees ? 200 : 404);
            rest.delete("/api/mqtt/session/" + robotsId + "/connection")
                    .expect(mayEnd ? 200 : sees ? 403 : 404);
            assertThat(session("kiosk").path("connected").asBoolean()).isTrue();
        }
    }

    private TestClient connect(String client) throws Exception {
        return Mqtt.connect(bus, tenant.token(client), client);
    }

    private Rest restOf(String who) {
        return switch (who) {
            case "admin" -> admin;
            case "kiosk" -> tenant.rest("kiosk");
            case "other" -> Tenant.create(bus, admin, "other").client("nosy", "*").rest("nosy");
            default -> bus.rest().as(person(who));
        };
    }

    /// The token of a new account, logged in to the app as far as that lets them in.
    private String person(String relation) {
        String name = relation + "-" + tenant.appId();
        admin.post("/api/auth/admin/user", Map.of("username", name, "password", PASSWORD))
                .expect(201);
        String token = bus.rest().login(name, PASSWORD);
        String userId = Jwt.claims(token).get("sub").asText();
        switch (relation) {
            case "owner" -> tenant.importApp(Map.of("ownerId", userId));
            case "member" ->
                    admin.put("/api/app/" + tenant.appId() + "/member/" + name, Map.of())
                            .expect(200);
            case "visitor" -> tenant.importApp(Map.of("public", true));
            default -> {
                return token;
            }
        }
        var login = Map.of("username", name, "password", PASSWORD, "appId", tenant.appId());
        return bus.rest().post("/api/auth/login", login).expect(201).text("access_token");
    }
}
