package eu.sermas.bus.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/// Limits attempts by key: so many at once, then one per interval. An attempt is paid for before it
/// is made, so that many at the same time cannot slip through, and paid back where it succeeds.
///
/// Per key it keeps the moment at which all attempts so far are paid off (a virtual schedule).
final class Throttle {

    private static final int MAX_KEYS = 100_000;

    private final int burst;
    private final long interval;
    private final InstantSource clock;
    private final Cache<String, Long> paidOff;

    Throttle(int burst, Duration interval, InstantSource clock) {
        this.burst = burst;
        this.interval = interval.toMillis();
        this.clock = clock;
        this.paidOff =
                Caffeine.newBuilder()
                        .maximumSize(MAX_KEYS)
                        .expireAfterWrite(interval.multipliedBy(burst + 1L))
                        .build();
    }

    /// @return null where the attempt may be made, else how long to wait
    @Nullable Duration attempt(String key) {
        long now = clock.millis();
        long[] wait = {0};
        paidOff.asMap()
                .compute(
                        key,
                        (_, then) -> {
                            long next = (then == null ? now : Math.max(then, now)) + interval;
                            wait[0] = next - (now + burst * interval);
                            return wait[0] > 0 ? then : Long.valueOf(next);
                        });
        return wait[0] > 0 ? Duration.ofMillis(wait[0]) : null;
    }

    void payBack(String key) {
        paidOff.asMap().computeIfPresent(key, (_, then) -> then - interval);
    }
}
