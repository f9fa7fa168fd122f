package eu.sermas.bus.broker;

import eu.sermas.bus.session.Connection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/// Keeps publishers from running ahead of the rest. Where too much is on its way to another event
/// loop, or too much waits in the queues of all sessions, the connections of those who go on
/// publishing are not read for a while; TCP then slows the clients down.
///
/// Owned by one event loop.
final class Congestion {

    private static final long PAUSE_MILLIS = 20;

    /// Why a connection is not read. It is read again when none is left.
    enum Reason {
        /// Other loops, the disk or full queues.
        BACKLOG,
        /// Its app publishes more than it may.
        QUOTA,
        /// Too many of its own messages are not acknowledged.
        UNACKNOWLEDGED,
        /// Somebody is asked about a packet.
        VERDICT
    }

    private final EventLoop loop;
    private final BooleanSupplier backlog;
    private final Map<Connection, Map<Reason, BooleanSupplier>> paused = new LinkedHashMap<>();
    private boolean scheduled;

    /// @param backlog whether the other loops or the disk are behind
    Congestion(EventLoop loop, BooleanSupplier backlog) {
        this.loop = loop;
        this.backlog = backlog;
    }

    /// Stops reading from a publisher until the other loops and the disk have caught up. Full
    /// queues only slow it down, by a short pause each time: they may belong to clients that read
    /// nothing or are away for days, and nobody should stand still for those.
    void pause(Connection publisher) {
        pauseWhile(publisher, Reason.BACKLOG, backlog);
    }

    /// Stops reading from a publisher, for a short pause at least, for as long as this is so.
    ///
    /// @param busy takes the place of what was said of this reason before, and of no other
    void pauseWhile(Connection publisher, Reason reason, BooleanSupplier busy) {
        Map<Reason, BooleanSupplier> reasons = paused.get(publisher);
        if (reasons == null) {
            reasons = new EnumMap<>(Reason.class);
            paused.put(publisher, reasons);
            publisher.reading(false);
            schedule();
        }
        reasons.put(reason, busy);
    }

    private void schedule() {
        if (!scheduled) {
            scheduled = true;
            loop.schedule(this::lookAgain, PAUSE_MILLIS);
        }
    }

    private void lookAgain() {
        scheduled = false;
        try {
            List.copyOf(paused.keySet()).forEach(this::lookAgainAt);
        } finally { // a fault with one of them does not leave the others where they are
            if (!paused.isEmpty()) {
                schedule();
            }
        }
    }

    private void lookAgainAt(Connection publisher) {
        Map<Reason, BooleanSupplier> reasons = paused.get(publisher);
        if (reasons != null) {
            reasons.values().removeIf(busy -> !busy.getAsBoolean());
            goOn(publisher, reasons);
        }
    }

    /// Looks at one reason without waiting for its time.
    void lookAgain(Connection publisher, Reason reason) {
        Map<Reason, BooleanSupplier> reasons = paused.get(publisher);
        BooleanSupplier busy = reasons == null ? null : reasons.get(reason);
        if (reasons != null && busy != null && !busy.getAsBoolean()) {
            reasons.remove(reason);
            goOn(publisher, reasons);
        }
    }

    private void goOn(Connection publisher, Map<Reason, BooleanSupplier> reasons) {
        if (reasons.isEmpty()) {
            paused.remove(publisher);
            publisher.reading(true);
        }
    }

    int size() {
        return paused.size();
    }
}
