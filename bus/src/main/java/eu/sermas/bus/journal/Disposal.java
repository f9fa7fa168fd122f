package eu.sermas.bus.journal;

import eu.sermas.bus.store.Batch;
import eu.sermas.bus.store.Store;
import eu.sermas.bus.store.Store.Family;
import java.util.ArrayList;
import java.util.List;

/// Deletes what a session that is over had on disk only: which messages its records refer to has to
/// be read first, bit by bit. Where the process ends in between, the next one finds records of no
/// session and deletes them.
///
/// Owned by the event loop.
final class Disposal {

    /// Records at a time.
    private static final int MANY = 1_000;

    private final Journal journal;
    private final long session;
    private final long to;
    private long from;

    /// @param messages the ids of messages with a record of their own
    /// @param next the sequence number to go on with
    private record Found(List<Long> messages, long next) {}

    Disposal(Journal journal, long session, Extent left) {
        this.journal = journal;
        this.session = session;
        this.from = left.from();
        this.to = left.to();
    }

    void begin() {
        if (from < to) {
            long begin = from;
            journal.read(store -> find(store, begin), this::delete);
        }
    }

    private Found find(Store store, long begin) {
        List<Long> messages = new ArrayList<>();
        long[] found = {0, to};
        store.scan(
                Family.QUEUE,
                Keys.of(session, begin),
                Keys.of(session, to),
                (key, value) -> {
                    if (found[0]++ == MANY) {
                        found[1] = Keys.sequence(key);
                        return false;
                    }
                    long message = Records.referredBy(value);
                    if (message != 0) {
                        messages.add(message);
                    }
                    return true;
                });
        return new Found(messages, found[1]);
    }

    private void delete(Found found) {
        Batch batch = new Batch();
        batch.deleteRange(Family.QUEUE, Keys.of(session, from), Keys.of(session, found.next()));
        journal.delete(
                batch,
                () -> {
                    found.messages().forEach(this::release);
                    from = found.next();
                    begin();
                });
    }

    private void release(long message) {
        if (journal.numbers().references().release(message)) {
            journal.deleteLater(message);
        }
    }
}
