package eu.sermas.bus.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.client.ClientKind;
import eu.sermas.bus.systemtest.client.Login;
import eu.sermas.bus.systemtest.client.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `backup` and `restore`, as an operator uses them.
class BackupIT {

    @TempDir private Path folder;

    @Test
    void aBackupOfARunningBusBringsItsIdentityBack() throws Exception {
        try (var bus = BusProcess.serve().start()) {
            var tenant = Tenant.create(bus, admin(bus), "backup").client("kiosk", "ui");
            var token = tenant.token("kiosk");
            admin(bus).post("/api/platform/issuer-key", "").expect(201);
            var later = tenant.freshToken("kiosk");
            run("reload", "--data-dir", bus.dataDirectory()).expect(0);
            var keys = bus.rest().get("/.well-known/jwks.json").expect(200).json();

            var done = backUp(bus).expect(0);
            assertThat(done.output()).contains("Backed up to " + file());
            Tenant.create(bus, admin(bus), "behind").client("kiosk", "ui");
            bus.expectAlive();
            bus.stop();
            restoreInPlace(bus);
            bus.start();

            assertThat(bus.rest().get("/.well-known/jwks.json").json()).isEqualTo(keys);
            assertThat(keys.get("keys")).as("the one that signs and the one before").hasSize(2);
            for (var each : List.of(token, later)) {
                try (var client = Mqtt.connect(bus, each)) {
                    assertThat(client.subscribe(1, tenant.topic("ui/content"))).containsExactly(1);
                }
            }
            bus.rest()
                    .post(
                            "/api/platform/token",
                            Map.of(
                                    "appId", tenant.appId(),
                                    "clientId", "kiosk",
                                    "clientSecret", tenant.secret("kiosk")))
                    .expect(201);
            admin(bus).get("/api/app/" + tenant.appId()).expect(200);
        }
    }

    @Test
    void aBackupBringsMessagesBack() throws Exception {
        try (var bus = BusProcess.open().start();
                var reader = ClientKind.HIVEMQ_5_TCP.create();
                var later = ClientKind.HIVEMQ_5_TCP.create()) {
            var login =
                    new Login(
                                    bus.uri(
                                            ClientKind.HIVEMQ_5_TCP.scheme(),
                                            ClientKind.HIVEMQ_5_TCP.path()),
                                    "reader",
                                    "anybody")
                            .persistent();
            reader.connect(login);
            reader.subscribe(1, "queue/#");
            reader.disconnect();
            try (var writer = Mqtt.connect(bus, "anybody")) {
                writer.publish(Message.of("queue/a", "before", 1));
                backUp(bus).expect(0);
                writer.publish(Message.of("queue/a", "behind", 1));
            }
            bus.kill();
            restoreInPlace(bus);
            bus.start();

            assertThat(later.connect(login)).as("the session is there").isTrue();
            assertThat(later.inbox().next().text()).isEqualTo("before");
        }
    }

    @Test
    void aBusThatDoesNotRunIsBackedUpToo() throws Exception {
        try (var bus = BusProcess.serve().start()) {
            var tenant = Tenant.create(bus, admin(bus), "offline").client("kiosk", "ui");
            bus.kill();

            backUp(bus).expect(0);
            restoreInPlace(bus);
            bus.start();

            admin(bus).get("/api/app/" + tenant.appId()).expect(200);
        }
    }

    @Test
    void whatCannotBeDoneIsSaidPlainlyAndLeavesEverythingAsItWas() throws Exception {
        var nowhere = folder.resolve("nowhere");
        assertThat(run("backup", "--data-dir", nowhere, "--to", file()).expect(1).output())
                .contains(nowhere + ": no records in it")
                .doesNotContain("\tat ");
        assertThat(nowhere).doesNotExist();

        Files.writeString(file(), "precious");
        assertThat(run("restore", "--from", file(), "--data-dir", nowhere).expect(1).output())
                .contains("nothing restored: " + file())
                .doesNotContain("\tat ");
        assertThat(nowhere).doesNotExist();
        assertThat(file()).hasContent("precious");

        assertThat(run("backup", "--to", file()).expect(2).output()).contains("--data-dir");
    }

    private Launcher.Finished backUp(BusProcess bus) {
        return run("backup", "--data-dir", bus.dataDirectory(), "--to", file());
    }

    private void restoreInPlace(BusProcess bus) throws IOException {
        Files.move(bus.dataDirectory(), folder.resolve("moved"));
        assertThat(
                        run("restore", "--from", file(), "--data-dir", bus.dataDirectory())
                                .expect(0)
                                .output())
                .contains("Restored " + bus.dataDirectory());
    }

    private Path file() {
        return folder.resolve("backup.zip");
    }

    private static Launcher.Finished run(String command, Object... arguments) {
        var all = new String[arguments.length + 1];
        all[0] = command;
        for (var i = 0; i < arguments.length; i++) {
            all[i + 1] = arguments[i].toString();
        }
        return Launcher.run(all);
    }

    private static Rest admin(BusProcess bus) {
        return bus.rest().as(bus.rest().login(BusProcess.ADMIN, BusProcess.ADMIN_PASSWORD));
    }
}
