package eu.sermas.bus.codec;

import eu.sermas.bus.packet.Packet;
import eu.sermas.bus.packet.PubAck;
import eu.sermas.bus.packet.PubComp;
import eu.sermas.bus.packet.PubRec;
import eu.sermas.bus.packet.PubRel;
import org.jspecify.annotations.Nullable;

/// The acknowledgements of four bytes, MQTT 5 section 3.4.2.1: a fixed header with the remaining
/// length 2, and the packet identifier. Nearly all acknowledgements are such, and there are as many
/// of them as messages or more; so they are read and written as one number.
final class ShortAck {

    static final int BYTES = Integer.BYTES;

    // Type and flags, and the remaining length; the packet identifier is the other half.
    static final int PUBACK = 0x4002_0000;
    static final int PUBREC = 0x5002_0000;
    static final int PUBREL = 0x6202_0000;
    static final int PUBCOMP = 0x7002_0000;

    private static final int HEADER = 0xFFFF_0000;

    private ShortAck() {}

    /// @param bytes the first four of a packet
    /// @return null where they are something else, or nothing that is well-formed
    static @Nullable Packet read(int bytes) {
        int packetId = bytes & ~HEADER;
        if (packetId == 0) {
            return null;
        }
        return switch (bytes & HEADER) {
            case PUBACK -> PubAck.success(packetId);
            case PUBREC -> PubRec.success(packetId);
            case PUBREL -> PubRel.success(packetId);
            case PUBCOMP -> PubComp.success(packetId);
            default -> null;
        };
    }
}
