package eu.sermas.bus.systemtest.rights;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.Answer;
import eu.sermas.bus.systemtest.BusProcess;
import eu.sermas.bus.systemtest.Rest;
import eu.sermas.bus.systemtest.raw.Connect;
import eu.sermas.bus.systemtest.raw.Packet;
import eu.sermas.bus.systemtest.raw.Publish;
import eu.sermas.bus.systemtest.raw.RawClient;
import eu.sermas.bus.systemtest.raw.Subscribe;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/// A bus of one test class, with apps, accounts and connections that are made as they are needed.
final class RightsBus implements AutoCloseable {

    static final int NOT_AUTHORIZED = 0x87;

    /// Of every account and every client that is made here.
    static final String SECRET = "a-secret-of-the-tests";

    private static final AtomicInteger NUMBER = new AtomicInteger();

    final BusProcess bus;
    final Rest admin;
    private final List<RawClient> clients = new ArrayList<>();

    private RightsBus(BusProcess bus) {
        this.bus = bus;
        this.admin = bus.rest().as(bus.rest().login(BusProcess.ADMIN, BusProcess.ADMIN_PASSWORD));
    }

    static RightsBus start(String... settings) {
        var builder = builder();
        for (String setting : settings) {
            builder.flags("--set", setting);
        }
        return of(builder);
    }

    static BusProcess.Builder builder() {
        return BusProcess.serve()
                .set("limits.login.per-address", 1_000_000)
                .set("limits.login.per-identity", 1_000_000);
    }

    static RightsBus of(BusProcess.Builder builder) {
        return new RightsBus(builder.start());
    }

    /// A name that nobody else has.
    static String name(String stem) {
        return stem + NUMBER.incrementAndGet();
    }

    /// An app of the administrator.
    ///
    /// @param record goes into it as it is
    String app(Map<String, Object> record) {
        var appId = name("app");
        var app = new LinkedHashMap<String, Object>(Map.of("appId", appId, "name", appId));
        app.putAll(record);
        admin.post("/api/app/admin/import", List.of(app)).expect(201);
        return appId;
    }

    /// A record of a client, with the secret of all.
    static Map<String, Object> client(String clientId, String... permissions) {
        return Map.of("clientId", clientId, "secret", SECRET, "permissions", List.of(permissions));
    }

    static Map<String, Object> module(String moduleId, String... supports) {
        return Map.of("moduleId", moduleId, "secret", SECRET, "supports", List.of(supports));
    }

    String token(String appId, String clientId) {
        return bus.rest().token(appId, clientId, SECRET);
    }

    Rest as(String appId, String clientId) {
        return bus.rest().as(token(appId, clientId));
    }

    /// A new account.
    ///
    /// @return its name
    String account() {
        var name = name("user");
        var body = Map.of("username", name, "password", SECRET, "email", name + "@example.org");
        admin.post("/api/auth/admin/user", body).expect(201);
        return name;
    }

    /// Its id, the `sub` of its tokens.
    String idOf(String account) {
        var token = bus.rest().login(account, SECRET);
        return bus.rest().as(token).get("/api/auth/whoami").expect(200).text("sub");
    }

    Answer login(String account, String appId) {
        return bus.rest()
                .post(
                        "/api/auth/login",
                        Map.of("username", account, "password", SECRET, "appId", appId));
    }

    /// An MQTT 5 connection, closed with the bus.
    RawClient connect(String token) {
        var client = RawClient.open(bus.port());
        clients.add(client);
        client.connect(Connect.v5(name("rights")).userName(token).password("any"));
        return client;
    }

    /// The reason code of PUBACK.
    static int publish(RawClient client, String topic) {
        client.send(Publish.to(topic, "{}").qos(1, 77));
        return client.expect(Packet.Ack.class).reason();
    }

    /// The reason code of SUBACK.
    static int subscribe(RawClient client, String filter) {
        client.send(Subscribe.subscribe(78).filter(filter, 0));
        return client.expect(Packet.SubAck.class).reasons().getFirst();
    }

    static void assertForbidden(Answer answer) {
        answer.expect(403);
        assertThat(answer.json().path("statusCode").asInt()).isEqualTo(403);
    }

    @Override
    public void close() {
        clients.forEach(RawClient::close);
        bus.close();
    }
}
