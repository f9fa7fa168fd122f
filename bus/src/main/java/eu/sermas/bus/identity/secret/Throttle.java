package eu.sermas.bus.identity.secret;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/// Limits failures by key: so many at once, then one per interval.
///
/// Per key it keeps the moment at which all failures so far are paid off (a virtual schedule).
public final class Throttle {

    private static final int MAX_KEYS = 100_000;

    private final int burst;
    private final long interval;
    private final InstantSource clock;
    private final Cache<String, Long> paidOff;

    public Throttle(int burst, Duration interval, InstantSource clock) {
        this.burst = burst;
        this.interval = interval.toMillis();
        this.clock = clock;
        this.paidOff =
                Caffeine.newBuilder()
                        .maximumSize(MAX_KEYS)
                        .expireAfterWrite(interval.multipliedBy(burst + 1L))
                        .build();
    }

    /// @return null where another attempt may be made, else how long to wait
    public @Nullable Duration waitFor(String key) {
        Long due = paidOff.getIfPresent(key);
        long wait = due == null ? 0 : due - clock.millis() - (burst - 1) * interval;
        return wait > 0 ? Duration.ofMillis(wait) : null;
    }

    public void failed(String key) {
        long now = clock.millis();
        paidOff.asMap()
                .compute(key, (_, due) -> (due == null ? now : Math.max(due, now)) + interval);
    }
}
