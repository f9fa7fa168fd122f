package eu.sermas.bus.session;

import eu.sermas.bus.journal.SessionLog;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/// The packet identifiers of QoS 2 messages that a client has sent and not released yet.
final class ReceivedIds {

    /// This object, two sets of bits and their arrays.
    private static final int OBJECTS = 144;

    private final BitSet open = new BitSet();

    /// Those that are on disk too, or will be.
    private final BitSet kept = new BitSet();

    private int count;

    boolean contains(int packetId) {
        return open.get(packetId);
    }

    int count() {
        return count;
    }

    /// About what it takes to remember this identifier, in bytes.
    static long cost(int packetId) {
        return OBJECTS + 2L * (packetId / Byte.SIZE);
    }

    /// What this takes of the heap, in bytes: it grows with the largest identifier.
    long cost() {
        return OBJECTS + ((long) open.size() + kept.size()) / Byte.SIZE;
    }

    void add(int packetId) {
        open.set(packetId);
        count++;
    }

    /// It is on disk, or may be: so its end has to be written too.
    void keep(int packetId) {
        kept.set(packetId);
    }

    /// @return whether the identifier was there
    boolean remove(int packetId, @Nullable SessionLog log) {
        if (!open.get(packetId)) {
            return false;
        }
        open.clear(packetId);
        count--;
        if (kept.get(packetId) && log != null) {
            kept.clear(packetId);
            log.receivedChanged(packetId);
        }
        return true;
    }
}
