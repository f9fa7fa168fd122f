package eu.sermas.bus.systemtest.rights;

import static eu.sermas.bus.systemtest.rights.RightsBus.assertForbidden;
import static eu.sermas.bus.systemtest.rights.RightsBus.client;
import static eu.sermas.bus.systemtest.rights.RightsBus.module;
import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.Answer;
import eu.sermas.bus.systemtest.Rest;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A kiosk, whose module may do `platform`, as they all may, tries to become more by every route
/// that hands something out. What it may do with it is what it holds already.
class EscalationIT {

    private static RightsBus bus;

    private static String appId;
    private static Rest kiosk;

    @BeforeAll
    static void start() {
        bus = RightsBus.start();
        appId = app();
        kiosk = bus.as(appId, "avatar");
    }

    @AfterAll
    static void stop() {
        bus.close();
    }

    private static String app() {
        return bus.app(
                Map.of(
                        "modules",
                        List.of(
                                module("avatar", "ui", "session", "platform"),
                                module("robot", "robotics", "ui")),
                        "clients",
                        List.of(client("screen", "ui.content:read"), client("all", "*"))));
    }

    private static Answer tokenOf(Rest caller, String clientId) {
        return caller.post("/api/platform/token", Map.of("appId", appId, "clientId", clientId));
    }

    private static Answer create(Object client) {
        return kiosk.post("/api/platform/app/" + appId + "/client", client);
    }

    private static Answer change(String field, Object value) {
        return kiosk.put("/api/app", Map.of("appId", appId, "name", appId, field, value));
    }

    @Test
    void itGetsTokensOfClientsThatMayDoNoMoreThanItself() {
        tokenOf(kiosk, "screen").expect(201);
        tokenOf(kiosk, "avatar").expect(201);
    }

    @ParameterizedTest
    @ValueSource(strings = {"robot", "all", "application"})
    void itGetsNoTokenOfOneThatMayDoMore(String clientId) {
        assertForbidden(tokenOf(kiosk, clientId));
    }

    @Test
    void theTokenOfApplicationIsForOwnerAndAdministratorOnly() {
        assertForbidden(tokenOf(bus.as(appId, "all"), "application"));
        tokenOf(bus.admin, "application").expect(201);
    }

    @Test
    void applicationIsListed() {
        var listed = kiosk.get("/api/platform/app/" + appId + "/client").expect(200).json();
        assertThat(listed)
                .anySatisfy(
                        client -> {
                            assertThat(client.path("clientId").asText()).isEqualTo("application");
                            assertThat(client.path("origin").asText()).isEqualTo("application");
                            assertThat(client.path("permissions")).hasSize(1);
                        });
        assertThat(listed).hasSize(5);
    }

    @Test
    void itMakesClientsAndModulesWithinItsRights() {
        create(client("helper", "ui", "platform.monitoring")).expect(201);
        kiosk.post("/api/platform/app/" + appId + "/module", module("panel", "ui.content"))
                .expect(201);
        kiosk.delete("/api/platform/app/" + appId + "/client/helper").expect(200);
        kiosk.delete("/api/platform/app/" + appId + "/module/panel").expect(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"*", "*.*", "robotics", "robotics.move:read", "*:read", "xr.marker/{sid}"})
    void itMakesNoneBeyond(String grant) {
        assertForbidden(create(client("more", "ui", grant)));
        if (grant.indexOf('{') < 0) {
            assertForbidden(
                    kiosk.post(
                            "/api/platform/app/" + appId + "/module", module("more", "ui", grant)));
        }
        assertForbidden(change("clients", List.of(client("screen", "ui", grant))));
        assertForbidden(change("modules", List.of(module("avatar", "ui", grant))));
        bus.admin.get("/api/platform/app/" + appId + "/client/more").expect(404);
    }

    @Test
    void itDoesNotTakeOverOneThatMayDoMore() {
        var robot = Map.of("moduleId", "robot", "secret", "mine", "supports", List.of("robotics"));
        assertForbidden(kiosk.post("/api/platform/app/" + appId + "/module", robot));
        var all = Map.of("clientId", "all", "secret", "mine", "permissions", List.of("*"));
        assertForbidden(change("clients", List.of(all)));
        var guess = Map.of("appId", appId, "clientId", "all", "clientSecret", "mine");
        bus.bus.rest().post("/api/platform/token", guess).expect(401);
    }

    @Test
    void itMayStillChangeTheRestOfTheApp() {
        change("description", "new").expect(200);
        assertThat(bus.admin.get("/api/app/" + appId).json().path("description").asText())
                .isEqualTo("new");
        tokenOf(bus.admin, "robot").expect(201);
    }

    @Test
    void itMakesNoAppAndEndsNone() {
        var own = kiosk.get("/api/auth/whoami").text("sub");
        var app = Map.of("name", "mine", "ownerId", own, "clients", List.of(client("king", "*")));
        assertForbidden(kiosk.post("/api/app", app));
        assertForbidden(kiosk.delete("/api/app/" + appId));
        var other = app();
        bus.as(other, "all").delete("/api/app/" + other).expect(200);
    }
}
