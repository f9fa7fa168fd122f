package eu.sermas.bus.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import eu.sermas.bus.audit.AuditLog;
import eu.sermas.bus.identity.IdentityEvent;
import eu.sermas.bus.identity.User;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What is in the audit log of what administrators do with people, secrets and keys.
class AuditTrailTest {

    @Test
    void whatAdministratorsDoIsThere() throws Exception {
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        InstantSource clock = () -> Instant.EPOCH;
        User user = new User("id", "alice", null, null, null, false, Set.of("reader"));
        try (AuditLog log = AuditLog.toStream(new PrintStream(lines, true, UTF_8), clock)) {
            AuditTrail trail = new AuditTrail(log, clock);
            List.of(
                            new IdentityEvent.UserUpdated(user, true),
                            new IdentityEvent.UserDeleted(user),
                            new IdentityEvent.SecretRotated("app", "kiosk", Instant.EPOCH),
                            new IdentityEvent.SecretRotated("app", "kiosk", null),
                            new IdentityEvent.KeyRotated("kid"))
                    .forEach(trail);
        }
        List<JsonNode> entries = lines.toString(UTF_8).lines().map(AuditTrailTest::parsed).toList();
        assertThat(entries)
                .extracting(entry -> entry.path("event").asText())
                .containsExactly(
                        "user-updated",
                        "user-deleted",
                        "client-secret-rotated",
                        "client-secret-rotated",
                        "issuer-key-rotated");
        assertThat(entries.get(0).path("roles")).hasSize(1);
        assertThat(entries.get(1).path("name").asText()).isEqualTo("alice");
        assertThat(entries.get(2).path("formerUntil").asText()).isEqualTo("1970-01-01T00:00:00Z");
        assertThat(entries.get(3).has("formerUntil")).isFalse();
        assertThat(entries.get(4).path("key").asText()).isEqualTo("kid");
    }

    private static JsonNode parsed(String line) {
        try {
            return new ObjectMapper().readTree(line);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
