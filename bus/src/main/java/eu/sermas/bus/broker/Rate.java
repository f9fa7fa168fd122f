package eu.sermas.bus.broker;

import eu.sermas.bus.broker.Quotas.Quota;
import java.util.concurrent.atomic.AtomicLong;

/// So much per second, and as much at once, for all event loops together. It keeps the moment at
/// which all that was taken is paid off (a virtual schedule), so it is one number to compare and
/// set.
final class Rate {

    private static final long SECOND_NANOS = 1_000_000_000L;
    private static final long NANOS_PER_MILLI = 1_000_000L;

    private final double nanosPerUnit;
    private final boolean limited;
    private final AtomicLong paidOff = new AtomicLong();

    Rate(long perSecond) {
        limited = perSecond != Quota.UNLIMITED;
        nanosPerUnit = (double) SECOND_NANOS / perSecond;
    }

    /// Whether something may be taken now.
    ///
    /// @param now milliseconds of the time of the bus
    boolean isOpen(long now) {
        return !limited || paidOff.get() - now * NANOS_PER_MILLI < SECOND_NANOS;
    }

    /// Takes so much, if need be on credit.
    void take(long units, long now) {
        if (limited) {
            long nanos = now * NANOS_PER_MILLI;
            long cost = (long) (units * nanosPerUnit);
            paidOff.accumulateAndGet(cost, (due, price) -> Math.max(due, nanos) + price);
        }
    }
}
