package eu.sermas.bus.systemtest.rights;

import static eu.sermas.bus.systemtest.rights.RightsBus.NOT_AUTHORIZED;
import static eu.sermas.bus.systemtest.rights.RightsBus.publish;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// One person with two tokens of another issuer, a narrow one and a wide one: each session has the
/// rights of its own, also after something has changed here.
class ForeignRightsIT {

    private static RightsBus bus;

    @BeforeAll
    static void start() {
        var builder = RightsBus.builder();
        var file = builder.file("bus.yaml", ForeignTokens.CONFIGURATION);
        bus = RightsBus.of(builder.option("--config", file));
    }

    @AfterAll
    static void stop() {
        bus.close();
    }

    private static void change(String appId) {
        bus.admin.put("/api/app/" + appId + "/settings", Map.of("language", "it")).expect(200);
    }

    @Test
    void aSessionIsNotGivenWhatALaterTokenOfItsHolderGrants() {
        var appId = bus.app(Map.of());
        var narrow =
                bus.connect(
                        ForeignTokens.of(
                                "ada", Map.of("appId", appId, "permissions", List.of("ui"))));
        var wide =
                bus.connect(
                        ForeignTokens.of(
                                "ada", Map.of("appId", appId, "permissions", List.of("*"))));

        change(appId);

        assertThat(publish(narrow, "app/" + appId + "/ui/content")).isLessThan(0x80);
        assertThat(publish(narrow, "app/" + appId + "/robotics/move")).isEqualTo(NOT_AUTHORIZED);
        assertThat(publish(wide, "app/" + appId + "/robotics/move")).isLessThan(0x80);
    }

    @Test
    void norIsAWideSessionGivenWhatALaterNarrowTokenLeaves() {
        var appId = bus.app(Map.of());
        var wide =
                bus.connect(
                        ForeignTokens.of(
                                "eve", Map.of("appId", appId, "permissions", List.of("*"))));
        bus.connect(ForeignTokens.of("eve", Map.of("appId", appId, "permissions", List.of("ui"))));

        change(appId);

        assertThat(publish(wide, "app/" + appId + "/robotics/move")).isLessThan(0x80);
    }

    @Test
    void theRoleOfAnAdministratorStaysWithTheTokenThatHasIt() {
        var appId = bus.app(Map.of());
        var other = bus.app(Map.of());
        var narrow =
                bus.connect(
                        ForeignTokens.of(
                                "bob", Map.of("appId", appId, "permissions", List.of("ui"))));
        var admin =
                bus.connect(
                        ForeignTokens.of(
                                "bob", Map.of("appId", appId, "roles", List.of("platform-admin"))));

        change(appId);

        assertThat(publish(narrow, "app/" + other + "/ui/content")).isEqualTo(NOT_AUTHORIZED);
        assertThat(publish(admin, "app/" + other + "/ui/content")).isLessThan(0x80);
    }

    @Test
    void whatAnAppChangesReachesTheSessionsThatDependOnIt() {
        var appId = bus.app(Map.of("clients", List.of(RightsBus.client("robot", "robotics"))));
        var robot =
                bus.connect(
                        ForeignTokens.of(
                                "portal",
                                Map.of("azp", appId + "-robot", "sub", appId + "-robot")));
        assertThat(publish(robot, "app/" + appId + "/robotics/move")).isLessThan(0x80);

        bus.admin
                .post(
                        "/api/app/admin/import",
                        List.of(
                                Map.of(
                                        "appId", appId,
                                        "name", appId,
                                        "clients", List.of(RightsBus.client("robot", "ui")))))
                .expect(201);

        assertThat(publish(robot, "app/" + appId + "/robotics/move")).isEqualTo(NOT_AUTHORIZED);
        assertThat(publish(robot, "app/" + appId + "/ui/content")).isLessThan(0x80);
    }
}
