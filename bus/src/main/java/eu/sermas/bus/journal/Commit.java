package eu.sermas.bus.journal;

import eu.sermas.bus.packet.Durability;
import eu.sermas.bus.store.Batch;
import eu.sermas.bus.store.Store.Family;
import eu.sermas.bus.store.Store.Safety;
import java.util.ArrayList;
import java.util.List;

/// One batch of a journal on its way to the disk, and what follows when it is there or has failed.
final class Commit {

    private record Taken(SessionLog log, SessionLog.Changes changes) {}

    private final Journal journal;
    private final Batch batch = new Batch();
    private final List<Taken> sessions = new ArrayList<>(1);
    private final List<Kept> written = new ArrayList<>(1);
    private final List<Stored> deleted = new ArrayList<>(0);
    private final RetainedChanges.Taken retained;
    private boolean synced;
    private int spared;

    Commit(Journal journal, RetainedChanges.Taken retained) {
        this.journal = journal;
        this.retained = retained;
        synced = retained.isAwaited();
    }

    Batch batch() {
        return batch;
    }

    Safety safety() {
        return synced ? Safety.SYNCED : Safety.WRITTEN;
    }

    int messages() {
        return written.size();
    }

    /// Messages of which nothing had to be written.
    int spared() {
        return spared;
    }

    void take(SessionLog log, SessionLog.Changes changes) {
        sessions.add(new Taken(log, changes));
        synced |= !changes.waiting().isEmpty();
    }

    void wrote(Kept kept) {
        written.add(kept);
        kept.handedOver();
        synced |= kept.stored().durability() == Durability.FSYNC;
    }

    /// A session needs the message no more.
    void release(Kept kept) {
        spared += kept.onDisk ? 0 : 1;
        if (kept.stored().release()) {
            delete(kept.stored());
        }
    }

    void delete(Stored message) {
        batch.delete(Family.MESSAGE, Keys.of(message.id()));
        deleted.add(message);
    }

    void writeRetained() {
        retained.writeTo(batch);
    }

    /// Whether anything follows from its success but that it is on disk.
    boolean isAwaited() {
        return synced;
    }

    /// On the loop.
    void succeeded() {
        sessions.forEach(taken -> taken.log.committed());
        written.forEach(Kept::committed);
        retained.committed();
        for (Taken taken : sessions) {
            taken.log.run(taken.changes.waiting());
        }
    }

    /// On the loop.
    void failed(String reason) {
        written.forEach(Kept::notCommitted);
        sessions.forEach(taken -> taken.log.notCommitted(taken.changes));
        deleted.forEach(journal::deleteAgain);
        retained.notCommitted(reason);
        for (Kept kept : List.copyOf(written)) {
            Stored stored = kept.stored();
            if (!stored.isSafe() && stored.failed(reason)) {
                List.copyOf(stored.places())
                        .forEach(place -> place.log().session().withdraw(place, journal.now()));
            }
        }
    }
}
