package eu.sermas.bus.systemtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import eu.sermas.bus.systemtest.RawMqtt.Packet;
import eu.sermas.bus.systemtest.client.TestClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.PrivateKey;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// The issuer's key, and tokens that are signed with it but not by the issuer.
@ExtendWith(SharedBus.class)
class IssuerIT {

    private final BusProcess bus;
    private final Tenant tenant;
    private final PrivateKey key;

    IssuerIT(BusProcess bus, Rest admin) {
        this.bus = bus;
        this.tenant = Tenant.create(bus, admin, "issuer").client("kiosk", "ui");
        this.key = SigningKey.of(bus);
    }

    @Test
    void theKeyIsForTheOwnerAlone() throws IOException {
        assertThat(Files.getPosixFilePermissions(SigningKey.file(bus)))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void anExpiredTokenEndsItsConnection() throws Exception {
        var soon = Instant.now().plus(Duration.ofSeconds(3)).getEpochSecond();
        var token = Jwt.signed(tenant.token("kiosk"), key, claims -> claims.put("exp", soon));

        try (var newer = RawMqtt.connected(bus.port(), 5, "newer", token);
                var older = RawMqtt.connected(bus.port(), 4, "older", token)) {
            assertThat(newer.lastBeforeClose())
                    .isNotNull()
                    .returns(RawMqtt.DISCONNECT, Packet::type)
                    .returns(0x87, Packet::reason);
            assertThat(older.lastBeforeClose()).as("3.1.1 has no such packet").isNull();
        }
        assertRefused(token);
    }

    @Test
    void aTokenOfAnotherIssuerIsRefused() {
        assertRefused(
                Jwt.signed(
                        tenant.token("kiosk"),
                        key,
                        claims -> claims.put("iss", "http://elsewhere")));
    }

    private void assertRefused(String token) {
        assertThatExceptionOfType(TestClient.Refused.class)
                .isThrownBy(() -> Mqtt.connect(bus, token))
                .returns(0x87, TestClient.Refused::code);
        bus.rest().as(token).get("/api/auth/whoami").expectError(401, "Unauthorized");
    }
}
