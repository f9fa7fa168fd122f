package eu.sermas.bus.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.InstantSource;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class AttemptsTest {

    private static final int FAILURES = IdentitySettings.DEFAULTS.identityFailures();

    private final Attempts attempts =
            new Attempts(IdentitySettings.DEFAULTS, InstantSource.fixed(Bench.START));

    @Test
    void everyAddressOfOneNetworkIsTheSameGuesser() {
        for (int i = 0; i < FAILURES; i++) {
            assertThat(guess("2001:db8:0:1::" + i)).isEqualTo(Refusal.Kind.UNAUTHORIZED);
        }
        assertThat(guess("2001:db8:0:1:ffff::1")).isEqualTo(Refusal.Kind.TOO_MANY_REQUESTS);
        assertThat(guess("2001:db8:0:2::1")).isEqualTo(Refusal.Kind.UNAUTHORIZED);
    }

    @Test
    void anIpv4AddressIsTheSameGuesserHoweverItIsWritten() {
        for (int i = 0; i < FAILURES; i++) {
            assertThat(guess(i % 2 == 0 ? "192.0.2.1" : "::ffff:192.0.2.1"))
                    .isEqualTo(Refusal.Kind.UNAUTHORIZED);
        }
        assertThat(guess("192.0.2.1")).isEqualTo(Refusal.Kind.TOO_MANY_REQUESTS);
        assertThat(guess("192.0.2.2")).isEqualTo(Refusal.Kind.UNAUTHORIZED);
    }

    private Refusal.Kind guess(String address) {
        return Objects.requireNonNull(attempts.make("somebody", address, () -> false)).kind();
    }
}
