package eu.sermas.bus.identity;

import eu.sermas.bus.budget.AddressOwner;
import eu.sermas.bus.identity.secret.Throttle;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Limits how often somebody may be wrong: from one [AddressOwner], about one identity from one
/// address, and about one identity from anywhere. The last is ten times as generous, so that it
/// takes more than one stranger to keep the owner of an identity out.
///
/// Attempts about one identity are made one after another. So nobody can guess at many places at
/// the same time, and of many services that start together with one secret only the first has to
/// prove it the dear way, see [Secrets].
final class Attempts {

    private static final Duration PER_ADDRESS = Duration.ofMillis(600);
    private static final Duration PER_IDENTITY = Duration.ofSeconds(6);
    private static final int MAX_KEY = 256;

    private static final int LOCKS = 64;

    private final ReentrantLock[] locks = new ReentrantLock[LOCKS];
    private final Throttle byAddress;
    private final Throttle byBoth;
    private final Throttle byIdentity;

    Attempts(IdentitySettings settings, InstantSource clock) {
        Arrays.setAll(locks, _ -> new ReentrantLock());
        byAddress = new Throttle(settings.addressFailures(), PER_ADDRESS, clock);
        byBoth = new Throttle(settings.identityFailures(), PER_IDENTITY, clock);
        byIdentity =
                new Throttle(settings.identityFailures() * 10, PER_IDENTITY.dividedBy(10), clock);
    }

    /// Makes an attempt, unless it is too early for one.
    ///
    /// @param identity who somebody says they are, or the empty string where they do not say
    /// @return null where it succeeded
    @Nullable Refusal make(String identity, String address, BooleanSupplier attempt) {
        String from = AddressOwner.of(address);
        String owner = identity.isEmpty() ? from : identity;
        ReentrantLock lock = locks[Math.floorMod(owner.hashCode(), LOCKS)];
        lock.lock();
        try {
            Duration wait = waitFor(identity, from);
            if (wait != null) {
                return Refusal.tooManyRequests(wait);
            }
            if (attempt.getAsBoolean()) {
                return null;
            }
            failed(identity, from);
            return Refusal.UNAUTHORIZED;
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Duration waitFor(String identity, String address) {
        Duration wait = byAddress.waitFor(address);
        if (wait == null && !identity.isEmpty()) {
            wait = byBoth.waitFor(key(identity, address));
            return wait == null ? byIdentity.waitFor(key(identity, "")) : wait;
        }
        return wait;
    }

    private void failed(String identity, String address) {
        byAddress.failed(address);
        if (!identity.isEmpty()) {
            byBoth.failed(key(identity, address));
            byIdentity.failed(key(identity, ""));
        }
    }

    private static String key(String identity, String address) {
        String key = address + " " + identity;
        return key.length() > MAX_KEY ? key.substring(0, MAX_KEY) : key;
    }
}
