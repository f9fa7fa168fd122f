package eu.sermas.bus.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.sermas.bus.identity.secret.Secret;
import eu.sermas.bus.identity.secret.Secrets;
import eu.sermas.bus.identity.secret.Throttle;
import eu.sermas.bus.store.memory.MemoryStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretsTest {

    private final Secrets secrets = new Secrets();

    @Test
    void aHashIsArgon2idWithItsParameters() {
        Secret.Hashed hash = secrets.hash("s3cret");
        assertThat(hash.hash()).startsWith("$argon2id$v=19$m=12288,t=3,p=1$");
        assertThat(secrets.hash("s3cret")).isNotEqualTo(hash);
        assertThat(secrets.matches("s3cret", hash)).isTrue();
        assertThat(secrets.matches("s3cret ", hash)).isFalse();
        assertThat(secrets.matches("", hash)).isFalse();
    }

    @Test
    void onlyWhatHasMatchedIsKnown() {
        Secret.Hashed hash = secrets.hash("s3cret");
        assertThat(secrets.isKnown("s3cret", hash)).isFalse();
        assertThat(secrets.matches("s3cret", hash)).isTrue();
        assertThat(secrets.isKnown("s3cret", hash)).isTrue();
        assertThat(secrets.isKnown("other", hash)).isFalse();
        assertThat(secrets.isKnown("s3cret", secrets.hash("s3cret"))).isFalse();
    }

    @Test
    void nothingMatchesWhereThereIsNoSecret() {
        assertThat(secrets.matches("", Secret.NONE)).isFalse();
        assertThat(secrets.matches("x", Secret.NONE)).isFalse();
        assertThat(secrets.matches("x", secrets.configured("y"))).isFalse();
        assertThat(secrets.matches("y", secrets.configured("y"))).isTrue();
        assertThat(secrets.matches("y".repeat(1_025), secrets.configured("y".repeat(1_025))))
                .isFalse();
    }

    @Test
    void theThrottleLetsABurstThroughAndThenOnePerInterval() {
        Instant[] now = {Instant.EPOCH};
        Throttle throttle = new Throttle(3, Duration.ofSeconds(10), () -> now[0]);
        for (int i = 0; i < 3; i++) {
            assertThat(throttle.waitFor("a")).isNull();
            throttle.failed("a");
        }
        assertThat(throttle.waitFor("a")).isEqualTo(Duration.ofSeconds(10));
        assertThat(throttle.waitFor("b")).isNull();
        now[0] = now[0].plusSeconds(4);
        assertThat(throttle.waitFor("a")).isEqualTo(Duration.ofSeconds(6));
        now[0] = now[0].plusSeconds(6);
        assertThat(throttle.waitFor("a")).isNull();
        throttle.failed("a");
        assertThat(throttle.waitFor("a")).isEqualTo(Duration.ofSeconds(10));
        now[0] = now[0].plusSeconds(3_600);
        throttle.failed("a");
        assertThat(throttle.waitFor("a")).isNull();
    }

    @Test
    void aStartWithoutTheKeyOfItsRecordsIsRefused(@TempDir Path home) throws Exception {
        IdentitySettings settings = IdentitySettings.DEFAULTS.withDataDirectory(home);
        Bench first = new Bench(new MemoryStore(), settings);
        first.identity.users().setAdmin("admin", "password");
        Files.delete(home.resolve("issuer-key.json"));
        assertThatThrownBy(() -> new Bench(first.store, settings))
                .hasMessageContaining("issuer-key.json: missing");
        assertThat(home.resolve("issuer-key.json")).doesNotExist();
    }

    @Test
    void settingsSayWhatIsWrong() {
        assertThatThrownBy(
                        () ->
                                new IdentitySettings(
                                        "x",
                                        Duration.ofMinutes(2),
                                        Duration.ofDays(24),
                                        Duration.ofDays(30),
                                        null,
                                        Map.of(),
                                        10,
                                        100,
                                        List.of(),
                                        null,
                                        Openness.NONE))
                .hasMessage("tokenLifetime: 120 s (expected: 121 s..24 days)");
    }
}
