package eu.sermas.bus.metrics;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Faults of the bus itself: exceptions where there should be none. Whoever does something for
/// several clients in one run does it by way of this, so that a fault which one of them brings out
/// is not the loss of the others. Each counts; the log shows a few of them in full. For all
/// threads.
public final class Faults {

    private static final Logger LOG = LoggerFactory.getLogger(Faults.class);

    /// One fault may come back with each message.
    private static final int SHOWN_IN_FULL = 100;

    private static final int SHOWN_AT_ALL = 10_000;

    private final Metrics metrics;
    private final AtomicLong shown = new AtomicLong();

    Faults(Metrics metrics) {
        this.metrics = metrics;
    }

    /// Does something for each of several.
    ///
    /// @param what is done, for the log
    public <T> void each(String what, Iterable<? extends T> all, Consumer<? super T> task) {
        for (T one : all) {
            try {
                task.accept(one);
            } catch (RuntimeException e) {
                note(what, e);
            }
        }
    }

    /// Does something that is not to keep its caller from going on.
    ///
    /// @return whether it was done
    public boolean contain(String what, Runnable task) {
        try {
            task.run();
            return true;
        } catch (RuntimeException e) {
            note(what, e);
            return false;
        }
    }

    public void note(String what, RuntimeException fault) {
        metrics.increment(Count.FAULTS);
        long number = shown.incrementAndGet();
        if (number <= SHOWN_IN_FULL) {
            LOG.error("fault of the bus: {}", what, fault);
        } else if (number <= SHOWN_AT_ALL) {
            LOG.error("fault of the bus: {}: {}", what, fault.toString());
        }
    }
}
