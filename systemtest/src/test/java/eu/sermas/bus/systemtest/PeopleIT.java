package eu.sermas.bus.systemtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import eu.sermas.bus.systemtest.client.TestClient;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// What administrators do with users and clients acts on those who are connected.
@ExtendWith(SharedBus.class)
class PeopleIT {

    private final BusProcess bus;
    private final Rest admin;
    private final Tenant tenant;

    PeopleIT(BusProcess bus, Rest admin) {
        this.bus = bus;
        this.admin = admin;
        this.tenant = Tenant.create(bus, admin, "people");
        tenant.importApp(Map.of("public", true));
    }

    /// @return the name of a new user, who owns no app
    private String user() {
        var name = "u-" + UUID.randomUUID();
        admin.post("/api/auth/admin/user", Map.of("username", name, "password", "first-" + name))
                .expect(201);
        return name;
    }

    private Answer login(String user, String password) {
        return bus.rest()
                .post(
                        "/api/auth/login",
                        Map.of(
                                "username", user,
                                "password", password,
                                "appId", tenant.appId()));
    }

    private static void awaitEnd(TestClient client) {
        await().untilAsserted(() -> assertThat(client.isConnected()).isFalse());
    }

    @Test
    void aDeletedUserIsDisconnectedAndCannotRenew() throws Exception {
        var user = user();
        var tokens = login(user, "first-" + user).expect(201);
        try (var client = Mqtt.connect(bus, tokens.text("access_token"))) {
            admin.delete("/api/auth/" + user).expectEmpty(200);
            awaitEnd(client);
        }
        var refresh = Map.of("refreshToken", tokens.text("refresh_token"));
        bus.rest().post("/api/auth/refresh", refresh).expect(401);
        login(user, "first-" + user).expect(401);
    }

    @Test
    void anotherPasswordEndsWhatWasLoggedInWithTheOldOne() throws Exception {
        var user = user();
        var token = login(user, "first-" + user).expect(201).text("access_token");
        try (var client = Mqtt.connect(bus, token)) {
            var change = Map.of("password", "second", "currentPassword", "first-" + user);
            bus.rest().as(token).put("/api/auth/" + user, change).expect(200);
            awaitEnd(client);
        }
        login(user, "first-" + user).expect(401);
        var again = login(user, "second").expect(201).text("access_token");
        Mqtt.connect(bus, again).close();
    }

    @Test
    void changedGrantsAreInForceOnTheConnectionThatIsThere() throws Exception {
        tenant.client("kiosk", "ui");
        var path = "/api/platform/app/" + tenant.appId() + "/client/kiosk";
        try (var client = Mqtt.connect(bus, tenant.token("kiosk"))) {
            assertThat(client.subscribe(1, tenant.topic("robotics/#"))).containsExactly(0x87);
            admin.send("PATCH", path, Map.of("permissions", List.of("robotics"))).expect(200);
            await().untilAsserted(
                            () ->
                                    assertThat(client.subscribe(1, tenant.topic("robotics/#")))
                                            .containsExactly(1));
            assertThat(client.subscribe(1, tenant.topic("ui/#"))).containsExactly(0x87);
            assertThat(client.isConnected()).isTrue();
        }
    }

    @Test
    void aClientHasTwoSecretsForAWhile() {
        tenant.client("robot", "robotics");
        var path = "/api/platform/app/" + tenant.appId() + "/client/robot/secret";
        var rotated = admin.post(path, Map.of("graceSeconds", 3_600)).expect(201);
        bus.output().mustNotHold(rotated.text("secret"));
        bus.rest().token(tenant.appId(), "robot", rotated.text("secret"));
        bus.rest().token(tenant.appId(), "robot", tenant.secret("robot"));
        admin.delete(path + "/former").expectEmpty(200);
        bus.rest()
                .post(
                        "/api/platform/token",
                        Map.of(
                                "appId", tenant.appId(),
                                "clientId", "robot",
                                "clientSecret", tenant.secret("robot")))
                .expect(401);
    }

    @Test
    void aKioskThatNeverRenewsHasTokensThatLast() {
        tenant.client("wall", "ui");
        var path = "/api/platform/app/" + tenant.appId() + "/client/wall";
        admin.send("PATCH", path, Map.of("tokenLifetime", 2_073_600)).expect(200);
        var claims = Jwt.claims(tenant.freshToken("wall"));
        assertThat(claims.get("exp").asLong() - claims.get("iat").asLong()).isEqualTo(2_073_600);
    }
}
