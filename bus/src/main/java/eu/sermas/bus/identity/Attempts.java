package eu.sermas.bus.identity;

import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/// Limits how often somebody may be wrong: from one address, about one identity from one address,
/// and about one identity from anywhere. The last is ten times as generous, so that it takes more
/// than one stranger to keep the owner of an identity out.
final class Attempts {

    private static final Duration PER_ADDRESS = Duration.ofMillis(600);
    private static final Duration PER_IDENTITY = Duration.ofSeconds(6);
    private static final int MAX_KEY = 256;

    private final Throttle byAddress;
    private final Throttle byBoth;
    private final Throttle byIdentity;

    Attempts(IdentitySettings settings, InstantSource clock) {
        byAddress = new Throttle(settings.addressFailures(), PER_ADDRESS, clock);
        byBoth = new Throttle(settings.identityFailures(), PER_IDENTITY, clock);
        byIdentity =
                new Throttle(settings.identityFailures() * 10, PER_IDENTITY.dividedBy(10), clock);
    }

    /// Announces an attempt.
    ///
    /// @param identity who somebody says they are, or the empty string where they do not say
    /// @return null where it may be made, else how long to wait
    @Nullable Duration attempt(String identity, String address) {
        Duration wait = byAddress.attempt(address);
        if (wait != null || identity.isEmpty()) {
            return wait;
        }
        wait = byBoth.attempt(key(identity, address));
        if (wait == null) {
            wait = byIdentity.attempt(key(identity, ""));
            if (wait != null) {
                byBoth.payBack(key(identity, address));
            }
        }
        if (wait != null) {
            byAddress.payBack(address);
        }
        return wait;
    }

    /// What was announced has succeeded.
    void succeeded(String identity, String address) {
        byAddress.payBack(address);
        if (!identity.isEmpty()) {
            byBoth.payBack(key(identity, address));
            byIdentity.payBack(key(identity, ""));
        }
    }

    private static String key(String identity, String address) {
        String key = address + " " + identity;
        return key.length() > MAX_KEY ? key.substring(0, MAX_KEY) : key;
    }
}
