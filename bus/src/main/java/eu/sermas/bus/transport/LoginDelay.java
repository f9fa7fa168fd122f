package eu.sermas.bus.transport;

import java.time.Duration;

/// How much later a login is answered that was refused before.
///
/// @param first milliseconds for the second refusal, and twice as many for each further one; 0 for
///   no delay at all
/// @param longest where that ends; a login that is not refused again for six times as long is
///   forgotten
/// @param maxWaiting connections that may wait for a delayed answer at the same time; what comes
///   beyond them is answered at once
public record LoginDelay(int first, Duration longest, int maxWaiting) {

    public static final LoginDelay DEFAULT = new LoginDelay(100, Duration.ofSeconds(5), 10_000);

    public LoginDelay {
        if (first < 0 || longest.isNegative() || maxWaiting < 0) {
            throw new IllegalArgumentException(
                    "loginDelay: %d ms, %s, %d (expected: none below 0)"
                            .formatted(first, longest, maxWaiting));
        }
    }
}
