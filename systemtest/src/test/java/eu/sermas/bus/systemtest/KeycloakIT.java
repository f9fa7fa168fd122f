package eu.sermas.bus.systemtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import eu.sermas.bus.systemtest.client.Message;
import eu.sermas.bus.systemtest.client.TestClient;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/// The bus beside a real Keycloak: logins there, tokens from there. The last test stops it.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class KeycloakIT {

    private Keycloak keycloak;
    private BusProcess bus;

    @BeforeAll
    void start() {
        keycloak = Keycloak.start();
        var builder = BusProcess.serve();
        var file = builder.file("bus.yaml", configuration(keycloak.issuer()));
        bus = builder.option("--config", file).start();
        bus.output().mustNotHold("avatar-secret");
    }

    private static String configuration(String issuer) {
        return """
        identity:
          issuers:
            - name: kc
              type: keycloak
              issuer: %s
              audiences: [account, lab-avatar]
              apps: [lab]
              roles: [platform-admin]
              system-clients: [platform]
        """
                .formatted(issuer);
    }

    @AfterAll
    void stop() {
        try (var started = keycloak;
                var served = bus) {
            assertThat(started).as("and both are closed").isNotNull();
            assertThat(served).isNotNull();
        }
    }

    private String avatar() {
        return keycloak.clientToken("lab-avatar", "avatar-secret");
    }

    private String alice() {
        return keycloak.userToken("lab-application", "alice", "alice-password");
    }

    private Answer whoami(String token) {
        return bus.rest().as(token).get("/api/platorm/topics/user");
    }

    @Test
    @Order(1)
    void aServiceAccountHasItsClientRoles() throws Exception {
        try (var mqtt = Mqtt.connect(bus, avatar())) {
            assertThat(
                            mqtt.subscribe(
                                    1,
                                    "app/lab/dialogue/messages/+",
                                    "app/lab/ui/content",
                                    "app/other/dialogue/messages/+",
                                    "app/+/dialogue/messages/+",
                                    "#"))
                    .containsExactly(1, 0x87, 0x87, 0x87, 0x87);
            mqtt.publish(Message.of("app/lab/dialogue/messages/s", "hello", 1));
            assertThat(mqtt.inbox().next()).returns("hello", Message::text);
        }
        whoami(avatar()).expect(200);
    }

    @Test
    @Order(2)
    void aUserHasWhatKeycloakPermitsInARequestingPartyToken() throws Exception {
        var token = alice();
        try (var mqtt = Mqtt.connect(bus, token, "alice")) {
            assertThat(mqtt.subscribe(1, "app/lab/dialogue/messages/s")).containsExactly(0x87);
            var permitted = keycloak.permissions(token, "lab-avatar");
            bus.rest().as(permitted).post("/api/mqtt/session/alice/token", Map.of());
            assertThat(mqtt.subscribe(1, "app/lab/dialogue/messages/s", "app/lab/dialogue/speech"))
                    .as("after renewal with the permissions")
                    .containsExactly(1, 0x87);
        }
    }

    @Test
    @Order(3)
    void rolesCountWhereTheyAreTrusted() throws Exception {
        var root = keycloak.userToken("lab-application", "root", "root-password");
        bus.rest().as(root).post("/api/app/admin/export", Map.of()).expect(201);
        bus.rest().as(alice()).post("/api/app/admin/export", Map.of()).expect(403);
        try (var system = Mqtt.connect(bus, keycloak.clientToken("platform", "platform-secret"))) {
            assertThat(system.subscribe(1, "#")).containsExactly(1);
        }
    }

    @Test
    @Order(4)
    void aTokenThatWasAlteredIsRefused() {
        var altered = Jwt.tampered(alice(), claims -> claims.put("sub", "somebody"));
        assertThatExceptionOfType(TestClient.Refused.class)
                .isThrownBy(() -> Mqtt.connect(bus, altered))
                .returns(0x87, TestClient.Refused::code);
        whoami(altered).expectError(401, "Unauthorized");
        whoami(Jwt.unsigned(alice())).expectError(401, "Unauthorized");
    }

    @Test
    @Order(5)
    void changedPermissionsCountFromTheNextTokenOn() throws Exception {
        try (var mqtt = Mqtt.connect(bus, avatar(), "avatar")) {
            keycloak.grant("lab-avatar", "ui", true);
            var renewal = "/api/mqtt/session/avatar/token";
            bus.rest().as(avatar()).post(renewal, Map.of()).expect(201);
            assertThat(mqtt.subscribe(1, "app/lab/ui/content")).containsExactly(1);

            keycloak.grant("lab-avatar", "ui", false);
            bus.rest().as(avatar()).post(renewal, Map.of()).expect(201);
            assertThat(mqtt.publish(Message.of("app/lab/ui/content", "no longer", 1)))
                    .isEqualTo(0x87);
            assertThat(mqtt.isConnected()).isTrue();
        }
    }

    @Test
    @Order(6)
    void aNewKeyIsAcceptedAndTheOldOneTooWhileItIsPublished() throws Exception {
        var before = avatar();
        keycloak.rotateKeys();
        var after = avatar();
        assertThat(Jwt.header(after).get("kid")).isNotEqualTo(Jwt.header(before).get("kid"));
        await().untilAsserted(() -> whoami(after).expect(200));
        try (var one = Mqtt.connect(bus, before);
                var two = Mqtt.connect(bus, after)) {
            assertThat(one.isConnected() && two.isConnected()).isTrue();
        }
    }

    @Test
    @Order(7)
    void whenItIsDownNobodyIsDisconnectedAndKnownKeysCount() throws Exception {
        var token = avatar();
        whoami(token).expect(200);
        try (var reader = Mqtt.connect(bus, token);
                var writer = Mqtt.connect(bus, token)) {
            reader.subscribe(1, "app/lab/dialogue/messages/+");
            for (int i = 0; i < 200; i++) {
                if (i == 50) {
                    keycloak.stop();
                }
                var text = "message " + i;
                assertThat(writer.publish(Message.of("app/lab/dialogue/messages/s", text, 1)))
                        .isZero();
                assertThat(reader.inbox().next()).returns(text, Message::text);
            }
            try (var newcomer = Mqtt.connect(bus, token)) {
                assertThat(newcomer.isConnected()).isTrue();
            }
            whoami(token).expect(200);
            bus.rest().get("/health/ready").expect(200);
            assertThat(reader.isConnected() && writer.isConnected()).isTrue();
        }
    }
}
