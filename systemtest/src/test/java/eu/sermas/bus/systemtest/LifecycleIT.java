package eu.sermas.bus.systemtest;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import eu.sermas.bus.systemtest.RawMqtt.Packet;
import eu.sermas.bus.systemtest.client.TestClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Start, stop, crash and restart, each with a process of its own.
class LifecycleIT {

    private static final int SERVER_SHUTTING_DOWN = 0x8B;

    @Test
    void itIsReadySoonAndTheTermSignalEndsItWell() throws Exception {
        try (var bus = BusProcess.serve().start()) {
            // The target is 2 s on a machine that has nothing else to do.
            assertThat(bus.startUp()).isLessThan(Duration.ofSeconds(10));
            var tenant = tenant(bus);
            try (var newer = RawMqtt.connected(bus.port(), 5, "newer", tenant.token("kiosk"));
                    var older = RawMqtt.connected(bus.port(), 4, "older", tenant.token("kiosk"))) {
                bus.stop();

                assertThat(newer.lastBeforeClose())
                        .isNotNull()
                        .returns(RawMqtt.DISCONNECT, Packet::type)
                        .returns(SERVER_SHUTTING_DOWN, Packet::reason);
                assertThat(older.lastBeforeClose()).as("3.1.1 has no such packet").isNull();
            }
        }
    }

    @Test
    void identitySurvivesARestart() throws Exception {
        try (var bus = BusProcess.serve().start()) {
            assertIdentitySurvives(bus, bus::stop);
        }
    }

    @Test
    void identitySurvivesACrash() throws Exception {
        try (var bus = BusProcess.serve().start()) {
            assertIdentitySurvives(bus, bus::kill);
        }
    }

    private static void assertIdentitySurvives(BusProcess bus, Runnable end) throws Exception {
        var tenant = tenant(bus);
        var admin = admin(bus);
        admin.post(
                        "/api/auth/admin/user",
                        Map.of("username", "ada", "password", "ada-pass", "email", "a@b.c"))
                .expect(201);
        var token = tenant.token("kiosk");
        var credentials =
                Map.of(
                        "appId", tenant.appId(),
                        "clientId", "kiosk",
                        "clientSecret", tenant.secret("kiosk"));
        var refreshToken =
                bus.rest()
                        .post("/api/platform/token", credentials)
                        .expect(201)
                        .text("refresh_token");
        var keys = bus.rest().get("/.well-known/jwks.json").expect(200).json();

        end.run();
        bus.start();

        assertThat(bus.rest().get("/.well-known/jwks.json").json()).isEqualTo(keys);
        try (var client = Mqtt.connect(bus, token)) {
            assertThat(client.subscribe(1, tenant.topic("ui/content"))).containsExactly(1);
        }
        bus.rest().as(token).get("/api/auth/whoami").expect(200);
        bus.rest().login("ada", "ada-pass");
        bus.rest().post("/api/platform/token", credentials).expect(201);
        bus.rest()
                .post("/api/platform/token/refresh", Map.of("refreshToken", refreshToken))
                .expect(201);
        admin(bus).get("/api/app/" + tenant.appId()).expect(200);
    }

    @Test
    void whatWasDeletedStaysDeleted() {
        try (var bus = BusProcess.serve().start()) {
            var tenant = tenant(bus);
            var token = tenant.token("kiosk");
            admin(bus).delete("/api/platform/app/" + tenant.appId() + "/client/kiosk").expect(200);

            bus.stop();
            bus.start();

            assertThatExceptionOfType(TestClient.Refused.class)
                    .isThrownBy(() -> Mqtt.connect(bus, token));
        }
    }

    @Test
    void secretsAndPasswordsAreNotOnDisk() throws IOException {
        try (var bus = BusProcess.serve().start()) {
            var tenant = tenant(bus);
            bus.stop();

            for (var secret : List.of(tenant.secret("kiosk"), BusProcess.ADMIN_PASSWORD)) {
                try (Stream<Path> files = Files.walk(bus.dataDirectory())) {
                    assertThat(files.filter(Files::isRegularFile))
                            .noneMatch(file -> contains(file, secret));
                }
            }
        }
    }

    @Test
    void withoutAPasswordARandomOneIsShownOnce() {
        try (var bus = BusProcess.serveWithoutAdmin().start()) {
            var password = shownPassword(bus);
            bus.rest().login("admin", password);

            bus.stop();
            bus.start();

            assertThat(bus.output().text().split(password, -1)).as("shown once").hasSize(2);
            bus.rest().login("admin", password);
        }
    }

    @Test
    void aTakenPortIsSaidPlainly() {
        try (var first = BusProcess.serve().start();
                var second = BusProcess.serve().option("--port", first.port()).launch()) {
            assertThat(second.exitStatus()).isNotZero();
            assertThat(second.output().text()).contains(Integer.toString(first.port()));
        }
    }

    @Test
    void aFurtherListenerSpeaksPlainMqtt() throws Exception {
        var mqttPort = BusProcess.freePort();
        try (var bus = BusProcess.serve().option("--mqtt-port", mqttPort).start()) {
            var tenant = tenant(bus);
            RawMqtt.connected(mqttPort, 4, "c", tenant.token("kiosk")).close();
        }
    }

    @Test
    void guessesAreSlowedDown() {
        try (var bus = BusProcess.serve().set("limits.login.per-identity", 5).start()) {
            var guess = Map.of("username", BusProcess.ADMIN, "password", "a guess");

            var statuses =
                    Stream.generate(() -> bus.rest().post("/api/auth/login", guess).status())
                            .limit(8)
                            .toList();

            assertThat(statuses).startsWith(401, 401, 401, 401, 401).endsWith(429);
        }
    }

    private static Tenant tenant(BusProcess bus) {
        return Tenant.create(bus, admin(bus), "life").client("kiosk", "ui");
    }

    private static Rest admin(BusProcess bus) {
        return bus.rest().as(bus.rest().login(BusProcess.ADMIN, BusProcess.ADMIN_PASSWORD));
    }

    private static String shownPassword(BusProcess bus) {
        return bus.output().find("Password of the administrator admin, .*: (\\S{12,})");
    }

    private static boolean contains(Path file, String text) {
        try {
            return new String(Files.readAllBytes(file), ISO_8859_1).contains(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
