package eu.sermas.bus.journal;

/// How many records of queues refer to each message that has a record of its own. Who takes the
/// last one away deletes the message.
///
/// This is not on disk: a start counts anew. It costs some 30 bytes for a message, however many
/// sessions wait for it, and nothing for a session that does.
///
/// For all event loops: after a start with another number of them, sessions that wait for one
/// message are on several. Each of some parts has a lock, so that loops seldom meet.
public final class References {

    private static final int PARTS = 16;

    private final long limit;
    private final LongIntMap[] parts = new LongIntMap[PARTS];

    /// @param limit bytes beyond which no further message should have a record of its own
    public References(long limit) {
        this.limit = limit;
        for (int i = 0; i < PARTS; i++) {
            parts[i] = new LongIntMap();
        }
    }

    /// Whether a message should rather be part of each record that waits for it.
    boolean isFull(long id) {
        LongIntMap part = part(id);
        synchronized (part) {
            return part.cost() > limit / PARTS;
        }
    }

    void add(long id, int records) {
        LongIntMap part = part(id);
        synchronized (part) {
            part.add(id, records);
        }
    }

    /// One record less.
    ///
    /// @return whether it was the last one
    boolean release(long id) {
        LongIntMap part = part(id);
        synchronized (part) {
            return part.get(id) > 0 && part.add(id, -1) == 0;
        }
    }

    boolean has(long id) {
        LongIntMap part = part(id);
        synchronized (part) {
            return part.get(id) > 0;
        }
    }

    private LongIntMap part(long id) {
        return parts[(int) (id & (PARTS - 1))];
    }
}
