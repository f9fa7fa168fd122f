package eu.sermas.bus.transport;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import eu.sermas.bus.budget.AddressOwner;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Slows down clients that come again and again with a credential that is refused: each answer
/// comes later than the one before, 0, 100, 200, 400 ms and so on. Many clients know nothing better
/// than to try again at once, for ever.
///
/// Kept by [AddressOwner] and credential, so that nobody else behind the same address is slowed
/// down; of the credential only a hash is kept. Whoever shows another one each time is no such
/// client, and is limited otherwise. Safe for use by many threads.
final class LoginDelays {

    private static final int REMEMBERED = 100_000;
    private static final int FORGOTTEN_AFTER = 6;

    /// Two credentials of one address that are alike in both are not worth telling apart.
    private record Key(String owner, int hash, int length) {}

    private final LoginDelay limits;
    private final Cache<Key, Integer> refusals;
    private final AtomicInteger waiting = new AtomicInteger();

    LoginDelays(LoginDelay limits, LongSupplier nanoTime) {
        this.limits = limits;
        this.refusals =
                Caffeine.newBuilder()
                        .maximumSize(REMEMBERED)
                        .expireAfterWrite(limits.longest().multipliedBy(FORGOTTEN_AFTER))
                        .ticker(nanoTime::getAsLong)
                        .build();
    }

    /// Counts a refusal. Without a user name there is nothing that could be tried again.
    ///
    /// @return milliseconds until it may be answered
    long refused(String address, @Nullable String userName) {
        if (limits.first() == 0 || userName == null || userName.isEmpty()) {
            return 0;
        }
        int times = refusals.asMap().merge(keyOf(address, userName), 1, Integer::sum);
        int doublings = Math.min(times - 2, Integer.SIZE);
        return doublings < 0
                ? 0
                : Math.min((long) limits.first() << doublings, limits.longest().toMillis());
    }

    /// What is accepted was not refused for good.
    void accepted(String address, @Nullable String userName) {
        if (userName != null && refusals.estimatedSize() > 0) {
            refusals.invalidate(keyOf(address, userName));
        }
    }

    /// Takes a place among those that wait.
    ///
    /// @return false where there is none
    boolean tryWait() {
        if (waiting.incrementAndGet() <= limits.maxWaiting()) {
            return true;
        }
        waiting.decrementAndGet();
        return false;
    }

    /// Gives it back.
    void waited() {
        waiting.decrementAndGet();
    }

    int waiting() {
        return waiting.get();
    }

    private static Key keyOf(String address, String userName) {
        return new Key(AddressOwner.of(address), userName.hashCode(), userName.length());
    }
}
