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

    // What it has of messages: their records, no more than a new phase, and their end.
    private final List<Kept> written = new ArrayList<>(1);
    private final List<Kept> stepped = new ArrayList<>(0);
    private final List<Kept> leaving = new ArrayList<>(0);

    private final List<Long> deleted = new ArrayList<>(0);
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

    /// Records of messages and of their phases.
    int messages() {
        return written.size() + stepped.size();
    }

    /// Messages of which nothing had to be written.
    int spared() {
        return spared;
    }

    void take(SessionLog log, SessionLog.Changes changes) {
        sessions.add(new Taken(log, changes));
        synced |= !changes.waiting().isEmpty();
    }

    /// Not all of what there was to write of a session could be made: nobody is told that it was.
    void leaveOut(SessionLog log) {
        for (Taken taken : sessions) {
            if (taken.log == log) {
                log.leftOut(taken.changes);
            }
        }
        sessions.removeIf(taken -> taken.log == log);
    }

    void wrote(Kept kept) {
        written.add(kept);
        kept.putHandedOver();
        synced |= kept.stored().durability() == Durability.FSYNC;
    }

    /// The message has taken its next step.
    void stepped(Kept kept) {
        stepped.add(kept);
        kept.stepHandedOver();
        synced |= kept.stored().durability() == Durability.FSYNC;
    }

    /// A session needs the message no more. The message itself may go once nobody can find a record
    /// that refers to it: when this batch is there, with a later one. Other sessions may belong to
    /// other loops, and the batches of two loops, or one that is made again, have no order.
    void leave(Kept kept) {
        if (kept.onDisk) {
            leaving.add(kept);
            return;
        }
        spared += kept.hasLeft() ? 0 : 1;
        if (kept.leave()) {
            journal.deleteLater(kept.stored().id());
        }
    }

    void delete(long message) {
        batch.delete(Family.MESSAGE, Keys.of(message));
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
        journal.each(written, Kept::putCommitted);
        journal.each(stepped, Kept::stepCommitted);
        for (Kept kept : leaving) {
            if (kept.leave()) {
                journal.deleteLater(kept.stored().id());
            }
        }
        retained.committed(journal.faults());
        journal.faults().each("a session", sessions, taken -> taken.log.settled());
        for (Taken taken : sessions) {
            taken.log.run(taken.changes.waiting());
        }
    }

    /// On the loop.
    void failed(String reason) {
        written.forEach(Kept::putFailed);
        stepped.forEach(Kept::stepFailed);
        sessions.forEach(taken -> taken.log.notCommitted(taken.changes));
        // Others may have a record, in another batch, of a message that was in this one.
        for (Kept kept : written) {
            if (kept.stored().isShared()) {
                kept.stored().places().forEach(place -> place.log().again(place));
            }
        }
        deleted.forEach(journal::deleteLater);
        retained.notCommitted(reason);
        for (Kept kept : written) {
            Stored stored = kept.stored();
            if (!stored.isSafe() && stored.failed(reason)) {
                journal.each(
                        stored.places(),
                        place -> place.log().session().withdraw(place, journal.now()));
            }
        }
    }
}
