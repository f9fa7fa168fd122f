package eu.sermas.bus.load;

import eu.sermas.bus.packet.Packet;
import org.jspecify.annotations.Nullable;

/// The QoS 2 messages that were received and not yet released: sent again, they are the same.
final class PendingIds {

    private static final int WORDS = (Packet.MAX_PACKET_ID + 1) / Long.SIZE;

    /// One bit each; null while there was none.
    private long @Nullable [] bits;

    /// @return false where it is there already
    boolean add(int packetId) {
        long[] words = bits;
        if (words == null) {
            words = new long[WORDS];
            bits = words;
        }
        long bit = 1L << packetId;
        boolean isNew = (words[packetId / Long.SIZE] & bit) == 0;
        words[packetId / Long.SIZE] |= bit;
        return isNew;
    }

    void remove(int packetId) {
        if (bits != null) {
            bits[packetId / Long.SIZE] &= ~(1L << packetId);
        }
    }
}
