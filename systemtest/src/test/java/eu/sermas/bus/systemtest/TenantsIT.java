package eu.sermas.bus.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.client.ClientKind;
import eu.sermas.bus.systemtest.client.Login;
import eu.sermas.bus.systemtest.client.Message;
import eu.sermas.bus.systemtest.client.TestClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Two tenants that try every way into each other. The intruder has every right in its own app,
/// which must be worth nothing in the other.
@ExtendWith(SharedBus.class)
class TenantsIT {

    private static final int NOT_AUTHORIZED = 0x87;

    private final BusProcess bus;
    private final Rest admin;
    private final Tenant victim;
    private final Tenant intruder;
    private final List<TestClient> clients = new ArrayList<>();

    TenantsIT(BusProcess bus, Rest admin) {
        this.bus = bus;
        this.admin = admin;
        this.victim =
                Tenant.create(bus, admin, "victim")
                        .client("kiosk", "ui", "performance", "platform.client");
        this.intruder = Tenant.create(bus, admin, "intruder").client("intruder", "*");
    }

    @AfterEach
    void close() {
        clients.forEach(TestClient::close);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "app/VICTIM/ui/content",
                "app/VICTIM/ui/#",
                "app/VICTIM/ui/+",
                "app/VICTIM/#",
                "app/VICTIM",
                "app/VICTIM/performance",
                "app/VICTIM/+/content",
                "app/+/ui/content",
                "app/+/ui/#",
                "app/+/+/+",
                "app/+/#",
                "app/#",
                "#",
                "+",
                "+/#",
                "+/VICTIM/ui/content",
                "+/+/ui/content",
                "/app/VICTIM/ui/content",
                "$share/g/app/VICTIM/ui/content",
                "$share/g/app/+/ui/content",
                "$share/g/#",
                "$SYS/#",
                "$SYS/broker/version",
                "user/VICTIM/ui/content",
                "user/+/ui/content",
                "user/#",
                "system/platform/module/changed/x",
                "system/#",
                "app//ui/content",
                "app/INTRUDER//ui",
                "app/INTRUDER"
            })
    void noFilterReadsTheOther(String template) throws Exception {
        var client = connect(intruder, "intruder");
        var own = intruder.topic("ui/content");

        assertThat(client.subscribe(1, filled(template), own))
                .as(template)
                .containsExactly(NOT_AUTHORIZED, 1);

        var kiosk = connect(victim, "kiosk");
        assertThat(kiosk.publish(Message.of(victim.topic("ui/content"), "secret", 1))).isZero();
        client.publish(Message.of(own, "own", 1));
        assertThat(client.inbox().next()).returns("own", Message::text);
        assertThat(client.inbox().drain()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "app/VICTIM/ui/content",
                "app/VICTIM/performance",
                "app/VICTIM",
                "user/VICTIM/ui/content",
                "system/platform/module/changed/x",
                "$SYS/broker/uptime",
                "app//ui/content",
                "ui/content",
                "/app/VICTIM/ui/content"
            })
    void noPublishReachesTheOther(String template) throws Exception {
        var kiosk = connect(victim, "kiosk");
        kiosk.subscribe(1, victim.topic("ui/#"), victim.topic("performance"));
        var client = connect(intruder, "intruder");

        assertThat(client.publish(Message.of(filled(template), "forged", 1)))
                .as(template)
                .isEqualTo(NOT_AUTHORIZED);

        assertThat(client.isConnected()).isTrue();
        kiosk.publish(Message.of(victim.topic("ui/content"), "own", 1));
        assertThat(kiosk.inbox().next()).returns("own", Message::text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "platform/client/changed/kiosk",
                "platform/app/changed/VICTIM",
                "platform/token",
                "session/session/changed/s"
            })
    void nobodySpeaksForThePlatformNotEvenAtHome(String end) throws Exception {
        var client = connect(intruder, "intruder");

        var forged = Message.of(intruder.topic(filled(end)), "{}", 1);

        assertThat(client.publish(forged)).isEqualTo(NOT_AUTHORIZED);
        intruder.rest("intruder")
                .post("/api/events/app/" + intruder.appId() + "/" + filled(end), Map.of())
                .expect(403);
    }

    @Test
    void aRetainedMessageOfTheOtherStaysThere() throws Exception {
        connect(victim, "kiosk")
                .publish(Message.of(victim.topic("ui/content/r"), "secret", 1).retained());
        var client = connect(intruder, "intruder");

        client.subscribe(1, victim.topic("ui/content/#"), "app/+/ui/#", intruder.topic("ui/#"));

        client.publish(Message.of(intruder.topic("ui/content"), "own", 1));
        assertThat(client.inbox().next()).returns("own", Message::text);
    }

    @Test
    void aWillIntoTheOtherIsNotPublished() throws Exception {
        var kiosk = connect(victim, "kiosk");
        kiosk.subscribe(1, victim.topic("ui/#"));
        try (var wire = new Wire(bus.port())) {
            var client = ClientKind.PAHO_3_TCP.create();
            clients.add(client);
            client.connect(
                    new Login(wire.uri("tcp", ""), "dying", intruder.token("intruder"))
                            .withWill(Message.of(victim.topic("ui/content"), "forged", 1)));
            wire.cut();
        } catch (TestClient.Refused refused) {
            assertThat(refused.code()).as("refusing such a CONNECT is as good").isIn(5, 0x87);
        }

        kiosk.publish(Message.of(victim.topic("ui/content"), "own", 1));
        assertThat(kiosk.inbox().next()).returns("own", Message::text);
    }

    @Test
    void theSameClientIdOfAnotherIdentityIsAnotherSession() throws Exception {
        var kiosk = Mqtt.connect(bus, victim.token("kiosk"), "the-same-id");
        clients.add(kiosk);
        kiosk.subscribe(1, victim.topic("ui/#"));

        var other = Mqtt.connect(bus, intruder.token("intruder"), "the-same-id");
        clients.add(other);

        other.publish(Message.of(intruder.topic("ui/content"), "x", 1));
        kiosk.publish(Message.of(victim.topic("ui/content"), "own", 1));
        assertThat(kiosk.inbox().next()).returns("own", Message::text);
        assertThat(kiosk.isConnected()).isTrue();
        assertThat(other.inbox().drain()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET    | /api/app/VICTIM",
                "GET    | /api/app/VICTIM/repository",
                "DELETE | /api/app/VICTIM",
                "PUT    | /api/app/VICTIM/settings",
                "PUT    | /api/app/VICTIM/tools",
                "PUT    | /api/app",
                "GET    | /api/platform/app/VICTIM/client/kiosk",
                "GET    | /api/platform/app/VICTIM/client/VICTIM-kiosk",
                "GET    | /api/platform/app/VICTIM/client/kiosk/topics",
                "POST   | /api/platform/app/VICTIM/client",
                "DELETE | /api/platform/app/VICTIM/client/kiosk",
                "POST   | /api/platform/app/VICTIM/module",
                "DELETE | /api/platform/app/VICTIM/module/kiosk",
                "POST   | /api/platform/token",
                "POST   | /api/platform/token/refresh",
                "POST   | /api/events/app/VICTIM/ui/content",
                "POST   | /api/app/admin/export",
                "POST   | /api/app/admin/remove",
                "POST   | /api/app/admin/import",
                "PUT    | /api/ui/content/VICTIM",
                "PUT    | /api/ui/interaction/VICTIM/kiosk"
            })
    void noRequestReachesTheOther(String method, String path) {
        var before = admin.get("/api/app/" + victim.appId()).expect(200).json();
        var rest = intruder.rest("intruder");

        var answer =
                rest.send(
                        method,
                        filled(path),
                        method.equals("GET") || method.equals("DELETE") ? null : body(path));

        assertThat(answer.status()).as("%s %s", path, answer.body()).isIn(400, 401, 403, 404);
        assertThat(answer.body()).doesNotContain("access_token").doesNotContain("permissions");
        assertThat(admin.get("/api/app/" + victim.appId()).expect(200).json()).isEqualTo(before);
    }

    @Test
    void aListShowsNothingOfTheOther() {
        assertThat(intruder.rest("intruder").get("/api/app/list").body())
                .doesNotContain(victim.appId());
    }

    @Test
    void aRefreshTokenOfTheOtherIsWorthNothingWithOwnCredentials() {
        var body =
                Map.of(
                        "appId", victim.appId(),
                        "clientId", "kiosk",
                        "clientSecret", victim.secret("kiosk"));
        var refreshToken =
                bus.rest().post("/api/platform/token", body).expect(201).text("refresh_token");

        bus.rest()
                .post(
                        "/api/platform/token/refresh",
                        Map.of(
                                "refreshToken",
                                refreshToken,
                                "appId",
                                intruder.appId(),
                                "clientId",
                                "intruder",
                                "clientSecret",
                                intruder.secret("intruder")))
                .expect(401);
    }

    /// `app-a` with client `b` and `app` with client `a-b` have the same composite id, which is no
    /// reason for one tenant to keep a name from another.
    @Test
    void aCompositeIdIsNobodysAlone() {
        var composite = Tenant.create(bus, admin, "comp");
        var app = composite.appId();
        composite.client("a-b", "ui");
        var twin = Map.of("appId", app + "-a", "name", "twin", "modules", List.of());
        admin.post("/api/app/admin/import", List.of(twin)).expect(201);

        admin.post(
                        "/api/platform/app/" + app + "-a/client",
                        Map.of("clientId", "b", "permissions", List.of("ui")))
                .expect(201);
    }

    private Object body(String path) {
        Map<String, Object> app =
                Map.of(
                        "appId", victim.appId(),
                        "clientId", "kiosk",
                        "moduleId", "kiosk",
                        "name", "stolen",
                        "ownerId", "intruder",
                        "supports", List.of("ui"),
                        "permissions", List.of("ui.content"));
        return path.endsWith("/import") || path.endsWith("/tools") ? List.of(app) : app;
    }

    private String filled(String template) {
        return template.replace("VICTIM", victim.appId()).replace("INTRUDER", intruder.appId());
    }

    private TestClient connect(Tenant tenant, String clientId) throws Exception {
        var client = Mqtt.connect(bus, tenant.token(clientId));
        clients.add(client);
        return client;
    }
}
