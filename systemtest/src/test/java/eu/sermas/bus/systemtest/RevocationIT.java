package eu.sermas.bus.systemtest;

import static eu.sermas.bus.systemtest.raw.Property.REASON_STRING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import eu.sermas.bus.systemtest.client.ClientKind;
import eu.sermas.bus.systemtest.client.Login;
import eu.sermas.bus.systemtest.client.Message;
import eu.sermas.bus.systemtest.client.TestClient;
import eu.sermas.bus.systemtest.raw.Connect;
import eu.sermas.bus.systemtest.raw.RawClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// A revocation acts on everything that lives by the tokens that it means, at once: MQTT 5 over
/// TCP, MQTT 3.1.1 over WebSocket, an event stream over HTTP, refresh tokens. Nothing else is
/// touched, and a restart changes nothing.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RevocationIT {

    private static final Duration LONGEST = Duration.ofSeconds(10);

    private static final String PASSWORD = "a-password-of-the-tests";

    private BusProcess bus;
    private String adminToken;
    private Rest admin;
    private Tenant tenant;
    private String kiosk;
    private TestClient neighbours;

    @BeforeAll
    void start() {
        bus =
                BusProcess.serve()
                        .set("limits.login.per-address", 1_000_000)
                        .set("limits.login.per-identity", 1_000_000)
                        .start();
        adminToken = bus.rest().login(BusProcess.ADMIN, BusProcess.ADMIN_PASSWORD);
        admin = bus.rest().as(adminToken);
    }

    @AfterAll
    void stop() {
        bus.close();
    }

    @BeforeEach
    void makeClients() throws Exception {
        tenant =
                Tenant.create(bus, admin, "revoked")
                        .client("kiosk", "ui", "session")
                        .client("other", "ui")
                        .client("owner", "*");
        kiosk = tenant.token("kiosk");
        var neighbour = Tenant.create(bus, admin, "neighbour").client("kiosk", "ui");
        neighbours = Mqtt.connect(bus, neighbour.token("kiosk"));
    }

    @AfterEach
    void disconnect() {
        neighbours.close();
    }

    @Test
    void oneToken() throws Exception {
        var second = tenant.freshToken("kiosk");
        try (var spared = Mqtt.connect(bus, second)) {
            assertEnds(
                    Map.of("type", "token", "tokenId", claim(kiosk, "jti")),
                    "token: revoked",
                    kiosk);
            assertThat(spared.isConnected()).isTrue();
        }
    }

    @Test
    void aClient() throws Exception {
        try (var spared = Mqtt.connect(bus, tenant.token("other"))) {
            assertEnds(
                    Map.of("type", "client", "clientId", "kiosk"),
                    "token: revoked with all of client kiosk of app " + tenant.appId(),
                    kiosk);
            assertThat(spared.isConnected()).isTrue();
        }
    }

    @Test
    void aUser() throws Exception {
        var name = "user-" + tenant.appId();
        admin.post("/api/auth/admin/user", Map.of("username", name, "password", PASSWORD))
                .expect(201);
        admin.put("/api/app/" + tenant.appId() + "/member/" + name, Map.of()).expect(200);
        var login = Map.of("username", name, "password", PASSWORD, "appId", tenant.appId());
        var tokens = bus.rest().post("/api/auth/login", login).expect(201);
        try (var spared = Mqtt.connect(bus, kiosk)) {
            assertEnds(
                    Map.of("type", "user", "userId", claim(tokens.text("access_token"), "sub")),
                    "token: revoked with all of its user of app " + tenant.appId(),
                    tokens.text("access_token"));
            assertThat(spared.isConnected()).isTrue();
        }
        bus.rest()
                .post("/api/auth/refresh", Map.of("refreshToken", tokens.text("refresh_token")))
                .expect(401);
        bus.rest().post("/api/auth/login", login).expect(201);
    }

    @Test
    void anApp() throws Exception {
        try (var other = Mqtt.connect(bus, tenant.token("other"))) {
            assertEnds(
                    Map.of("type", "app"),
                    "token: revoked with all of app " + tenant.appId(),
                    kiosk);
            await().atMost(LONGEST).until(() -> !other.isConnected());
        }
    }

    @Test
    void refreshTokensDieAndWhoKnowsTheSecretComesBack() throws Exception {
        var secret =
                Map.of(
                        "appId",
                        tenant.appId(),
                        "clientId",
                        "kiosk",
                        "clientSecret",
                        tenant.secret("kiosk"));
        var tokens = bus.rest().post("/api/platform/token", secret).expect(201);
        revoke(Map.of("type", "client", "clientId", "kiosk"));

        bus.rest()
                .post(
                        "/api/platform/token/refresh",
                        Map.of("refreshToken", tokens.text("refresh_token")))
                .expect(401);
        bus.rest().as(kiosk).post("/api/platform/token/refresh", Map.of()).expect(401);
        try (var back = Mqtt.connect(bus, tenant.freshToken("kiosk"))) {
            assertThat(back.isConnected()).isTrue();
        }
    }

    @Test
    void itSurvivesARestart() {
        var spared = tenant.freshToken("kiosk");
        revoke(Map.of("type", "token", "tokenId", claim(kiosk, "jti")));
        bus.kill();
        bus.start();

        assertRefused(kiosk);
        bus.rest().as(spared).get("/api/auth/whoami").expect(200);
    }

    /// Everything that lives by a token ends, with its reason where the protocol has a word for it,
    /// and its will is published. How soon is printed.
    private void assertEnds(Map<String, String> what, String reason, String token)
            throws Exception {
        var older = ClientKind.PAHO_3_WEBSOCKET.create();
        try (var newer = RawClient.open(bus.port());
                older;
                var events = new Events(token);
                var witness = Mqtt.connect(bus, adminToken)) {
            newer.connect(Connect.v5("newer").userName(token).password("any"));
            older.connect(
                    new Login(bus.uri("ws", "/mqtt"), "older", token)
                            .withWill(Message.of(tenant.topic("session/session"), "the will", 1)));
            witness.subscribe(1, tenant.topic("session/session"));
            events.awaitEvent("open");

            long begin = System.nanoTime();
            revoke(what);
            var disconnect = newer.expectDisconnect(0x87);
            var newerAfter = Duration.ofNanos(System.nanoTime() - begin);
            assertThat(disconnect.properties().text(REASON_STRING)).isEqualTo(reason);
            assertThat(events.awaitEvent("end")).contains(reason);
            await().atMost(LONGEST).until(() -> !older.isConnected());
            var after = Duration.ofNanos(System.nanoTime() - begin);
            System.out.printf(
                    "revoked by %s: DISCONNECT after %d ms, everything ended after %d ms%n",
                    what.get("type"), newerAfter.toMillis(), after.toMillis());
            assertThat(witness.inbox().next()).returns("the will", Message::text);
        }
        assertRefused(token);
        assertThat(neighbours.isConnected()).isTrue();
    }

    private void revoke(Map<String, String> what) {
        var body = new HashMap<>(what);
        body.put("appId", tenant.appId());
        tenant.rest("owner").post("/api/platform/revocation", body).expect(201);
    }

    private void assertRefused(String token) {
        try (var client = RawClient.open(bus.port())) {
            var refusal =
                    client.send(Connect.v5("again").userName(token).password("any"))
                            .expectRefused(0x87);
            assertThat(refusal.properties().text(REASON_STRING)).startsWith("token: revoked");
        }
        bus.rest().as(token).get("/api/auth/whoami").expectError(401, "Unauthorized");
    }

    private static String claim(String token, String name) {
        return Jwt.claims(token).get(name).asText();
    }

    /// An event stream over HTTP.
    private final class Events implements AutoCloseable {

        private final Socket socket;
        private final BufferedReader in;

        Events(String token) throws IOException {
            socket = new Socket(InetAddress.getLoopbackAddress(), bus.port());
            socket.setSoTimeout(10_000);
            OutputStream out = socket.getOutputStream();
            out.write(
                    ("GET /api/events/"
                                    + tenant.topic("session/session")
                                    + " HTTP/1.0\r\nHost: a\r\n"
                                    + "Authorization: Bearer "
                                    + token
                                    + "\r\n\r\n")
                            .getBytes(StandardCharsets.ISO_8859_1));
            in =
                    new BufferedReader(
                            new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        }

        /// @return the data of the next event of this name
        String awaitEvent(String name) throws IOException {
            for (var line = in.readLine(); line != null; line = in.readLine()) {
                if (line.equals("event: " + name)) {
                    String data = in.readLine();
                    while (!data.startsWith("data: ")) {
                        data = in.readLine();
                    }
                    return data;
                }
            }
            throw new AssertionError("the stream ended without " + name);
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
