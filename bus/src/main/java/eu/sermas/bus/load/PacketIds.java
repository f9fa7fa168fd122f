package eu.sermas.bus.load;

import java.util.Arrays;

/// The packet identifiers of one publisher, and since when each is in use. As many as there may be
/// unacknowledged messages.
final class PacketIds {

    static final long UNKNOWN = Long.MIN_VALUE;

    private final char[] free;
    private final long[] sentAt;
    private final boolean[] received;
    private int available;

    PacketIds(int count) {
        free = new char[count];
        sentAt = new long[count + 1];
        received = new boolean[count + 1];
        limit(count);
    }

    /// Before any is in use: no more than so many.
    void limit(int count) {
        available = Math.min(count, free.length);
        for (int i = 0; i < available; i++) {
            free[i] = (char) (available - i);
        }
        Arrays.fill(sentAt, UNKNOWN);
    }

    boolean anyFree() {
        return available > 0;
    }

    int take(long nanoTime) {
        int id = free[--available];
        sentAt[id] = nanoTime;
        received[id] = false;
        return id;
    }

    /// PUBREC came: from now on only PUBCOMP is right.
    ///
    /// @return false where it should not have come
    boolean markReceived(int id) {
        if (!isInUse(id) || received[id]) {
            return false;
        }
        received[id] = true;
        return true;
    }

    /// @return when the message was sent; [#UNKNOWN] for an identifier that is not in use
    long release(int id) {
        if (!isInUse(id)) {
            return UNKNOWN;
        }
        long since = sentAt[id];
        sentAt[id] = UNKNOWN;
        free[available++] = (char) id;
        return since;
    }

    private boolean isInUse(int id) {
        return id > 0 && id < sentAt.length && sentAt[id] != UNKNOWN;
    }
}
