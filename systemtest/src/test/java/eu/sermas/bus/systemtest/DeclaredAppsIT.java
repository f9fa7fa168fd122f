package eu.sermas.bus.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Apps that the configuration declares, and the other ways to configure a bus.
class DeclaredAppsIT {

    private static final String FIRST =
            """
            apps:
              - appId: declared
                name: a declared app
                modules:
                  - moduleId: avatar
                    secret: avatar-secret
                    supports: [dialogue, performance]
                clients:
                  - clientId: kiosk
                    secret: kiosk-secret
                    permissions: [ui.content]
            """;
    private static final String SECOND =
            """
            apps:
              - appId: declared
                modules:
                  - moduleId: avatar
                    secret: avatar-secret
                    supports: [ui]
            """;

    @Test
    void declaredAppsAreThereAndKeptInStep() throws Exception {
        var builder = BusProcess.serve();
        var file = builder.file("bus.yaml", FIRST);
        try (var bus = builder.option("--config", file).start()) {
            bus.output().mustNotHold("avatar-secret");
            bus.output().mustNotHold("kiosk-secret");
            assertGranted(bus, "avatar", "performance", true);
            assertGranted(bus, "avatar", "dialogue/#", true);
            assertGranted(bus, "avatar", "ui/#", false);
            assertGranted(bus, "kiosk", "ui/content", true);

            bus.stop();
            Files.writeString(file, SECOND);
            bus.start();

            assertGranted(bus, "avatar", "dialogue/#", false);
            assertGranted(bus, "avatar", "ui/#", true);
            var gone =
                    Map.of(
                            "appId", "declared",
                            "clientId", "kiosk",
                            "clientSecret", "kiosk-secret");
            bus.rest().post("/api/platform/token", gone).expect(401);
        }
    }

    @Test
    void environmentOverridesTheFileAndSetOverridesBoth() throws IOException {
        var builder = BusProcess.serve();
        var file = builder.file("bus.yaml", "token:\n  lifetime: 1h\n  issuer: http://file\n");
        try (var bus =
                builder.option("--config", file)
                        .env("SERMAS_BUS_TOKEN_LIFETIME", "2h")
                        .env("SERMAS_BUS_TOKEN_ISSUER", "http://environment")
                        .set("token.lifetime", "3h")
                        .start()) {
            var claims = Jwt.claims(bus.rest().login(BusProcess.ADMIN, BusProcess.ADMIN_PASSWORD));

            assertThat(claims.get("iss").asText()).isEqualTo("http://environment");
            assertThat(claims.get("exp").asLong() - claims.get("iat").asLong()).isEqualTo(3 * 3600);
        }
    }

    @Test
    void aWrongConfigurationIsRefusedWithEveryReason() {
        var builder = BusProcess.serve();
        var file =
                builder.file(
                        "bus.yaml",
                        "port: eighty\ntoken:\n  lifetme: 1h\nlimits:\n  keep-alive: 0s\n");
        try (var bus = builder.option("--config", file).launch()) {
            assertThat(bus.exitStatus()).isEqualTo(2);
            assertThat(bus.output().text())
                    .contains("token.lifetme")
                    .contains("limits.keep-alive")
                    .contains("expected");
        }
    }

    private static void assertGranted(BusProcess bus, String client, String topic, boolean granted)
            throws Exception {
        var token = bus.rest().token("declared", client, client + "-secret");
        try (var mqtt = Mqtt.connect(bus, token)) {
            assertThat(mqtt.subscribe(1, "app/declared/" + topic))
                    .as("%s of %s", topic, client)
                    .containsExactly(granted ? 1 : 0x87);
        }
    }
}
