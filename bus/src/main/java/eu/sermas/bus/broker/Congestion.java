package eu.sermas.bus.broker;

import eu.sermas.bus.session.Connection;
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

    private final Shard shard;
    private final Map<Connection, BooleanSupplier> paused = new LinkedHashMap<>();
    private boolean scheduled;

    Congestion(Shard shard) {
        this.shard = shard;
    }

    /// Stops reading from a publisher until the other loops and the disk have caught up. Full
    /// queues only slow it down, by a short pause each time: they may belong to clients that read
    /// nothing or are away for days, and nobody should stand still for those.
    void pause(Connection publisher) {
        pauseWhile(publisher, shard::hasBacklog);
    }

    /// Stops reading from a publisher, for a short pause at least, for as long as this is so.
    void pauseWhile(Connection publisher, BooleanSupplier busy) {
        if (paused.put(publisher, busy) == null) {
            publisher.reading(false);
            schedule();
        }
    }

    private void schedule() {
        if (!scheduled) {
            scheduled = true;
            shard.loop().schedule(this::lookAgain, PAUSE_MILLIS);
        }
    }

    private void lookAgain() {
        scheduled = false;
        List.copyOf(paused.keySet()).forEach(this::lookAgain);
        if (!paused.isEmpty()) {
            schedule();
        }
    }

    /// Reads on, where nothing is in the way any more.
    void lookAgain(Connection publisher) {
        BooleanSupplier busy = paused.get(publisher);
        if (busy != null && !busy.getAsBoolean()) {
            paused.remove(publisher);
            publisher.reading(true);
        }
    }

    int size() {
        return paused.size();
    }
}
