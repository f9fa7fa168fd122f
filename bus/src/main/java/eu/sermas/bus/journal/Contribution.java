package eu.sermas.bus.journal;

import eu.sermas.bus.store.Batch;
import java.util.List;

/// What the sessions of one event loop add to the batch of a publisher on another one: a QoS 2
/// message and its packet identifier are on disk together or not at all, or it would be lost or
/// published twice when the publisher sends it again.
public final class Contribution {

    private final Journal journal;
    private final List<Kept> places;
    private final List<Kept> written;
    private final Batch batch = new Batch();

    /// On the loop of the sessions.
    Contribution(Journal journal, List<Kept> places) {
        this.journal = journal;
        this.places = places;
        this.written = places.stream().filter(kept -> !kept.isGone()).toList();
        for (Kept kept : written) {
            kept.log().put(kept, batch);
            kept.putHandedOver();
        }
    }

    Batch batch() {
        return batch;
    }

    /// From any loop.
    void succeeded() {
        journal.onLoop(
                () -> {
                    for (Kept kept : places) {
                        kept.endHold();
                        if (kept.isGone() || !kept.phaseRecorded) {
                            kept.log().touch(kept, kept.isAwaited());
                        }
                    }
                    journal.each(written, Kept::putCommitted);
                    journal.each(written, kept -> kept.log().settled());
                });
    }

    /// From any loop: nobody was promised anything, and nothing of it is on disk.
    void withdrawn() {
        journal.onLoop(
                () -> {
                    journal.each(
                            places, kept -> kept.log().session().withdraw(kept, journal.now()));
                    leave();
                });
    }

    /// From any loop: the publisher writes nothing, so each session keeps the message by itself.
    public void alone() {
        journal.onLoop(this::leave);
    }

    private void leave() {
        written.forEach(Kept::putFailed);
        for (Kept kept : places) {
            kept.endHold();
            kept.log().again(kept);
        }
    }
}
