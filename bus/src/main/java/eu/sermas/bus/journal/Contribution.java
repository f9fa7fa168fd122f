package eu.sermas.bus.journal;

import eu.sermas.bus.store.Batch;
import java.util.List;

/// What the sessions of one event loop add to the batch of a publisher on another one: a QoS 2
/// message and its packet identifier are on disk together or not at all, or it would be lost or
/// published twice when the publisher sends it again.
public final class Contribution {

    private final Journal journal;
    private final Stored stored;
    private final List<Kept> written;
    private final Batch batch = new Batch();

    /// On the loop of the sessions.
    Contribution(Journal journal, Stored stored) {
        this.journal = journal;
        this.stored = stored;
        this.written = stored.places().stream().filter(kept -> !kept.isGone()).toList();
        for (Kept kept : written) {
            kept.log().put(kept, batch);
            kept.handedOver();
        }
    }

    Batch batch() {
        return batch;
    }

    /// From any loop.
    void succeeded() {
        journal.onLoop(
                () -> {
                    for (Kept kept : stored.places()) {
                        kept.touched = false;
                        if (kept.isGone() || !kept.phaseRecorded) {
                            kept.log().touch(kept, kept.isAwaited());
                        }
                    }
                    written.forEach(Kept::committed);
                });
    }

    /// From any loop: nobody was promised anything, but it may be on disk.
    void withdrawn() {
        journal.onLoop(
                () -> {
                    for (Kept kept : stored.places()) {
                        kept.touched = false;
                        kept.log().session().withdraw(kept, journal.now());
                        if (kept.isGone()) {
                            kept.log().touch(kept, false);
                        } else {
                            kept.log().again(kept);
                        }
                    }
                    written.forEach(Kept::notCommitted);
                });
    }
}
