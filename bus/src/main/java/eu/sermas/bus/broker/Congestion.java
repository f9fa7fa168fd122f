package eu.sermas.bus.broker;

import eu.sermas.bus.session.Connection;
import java.util.LinkedHashSet;
import java.util.Set;

/// Keeps publishers from running ahead of the rest. Where too much is on its way to another event
/// loop, or too much waits in the queues of all sessions, the connections of those who go on
/// publishing are not read for a while; TCP then slows the clients down.
///
/// Owned by one event loop.
final class Congestion {

    private static final long PAUSE_MILLIS = 20;

    private final Shard shard;
    private final Set<Connection> paused = new LinkedHashSet<>();

    Congestion(Shard shard) {
        this.shard = shard;
    }

    /// Stops reading from a publisher until the other loops have caught up, which they always do.
    /// Full queues only slow it down, by a short pause each time: they may belong to clients that
    /// read nothing or are away for days, and nobody should stand still for those.
    void pause(Connection publisher) {
        if (paused.add(publisher)) {
            publisher.reading(false);
            if (paused.size() == 1) {
                shard.loop().schedule(this::lookAgain, PAUSE_MILLIS);
            }
        }
    }

    private void lookAgain() {
        if (shard.isAheadOfOthers()) {
            shard.loop().schedule(this::lookAgain, PAUSE_MILLIS);
            return;
        }
        for (Connection publisher : Set.copyOf(paused)) {
            publisher.reading(true);
        }
        paused.clear();
    }

    int size() {
        return paused.size();
    }
}
