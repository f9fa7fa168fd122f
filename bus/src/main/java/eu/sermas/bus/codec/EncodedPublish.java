package eu.sermas.bus.codec;

import io.netty.buffer.ByteBuf;

/// A PUBLISH as bytes, made once and written to every receiver that gets the same variant of it;
/// only packet identifier and DUP differ, and are put in as the header is copied. Immutable, so it
/// may cross threads.
///
/// @param header everything before the payload, with packet identifier 0 and DUP 0
/// @param packetIdOffset where the packet identifier's two bytes stand in the header, or -1 for QoS
///   0
/// @param payload shared, so not to be changed
public record EncodedPublish(byte[] header, int packetIdOffset, byte[] payload) {

    private static final int DUP = 0x08;

    /// Bytes of the whole packet.
    public int size() {
        return header.length + payload.length;
    }

    /// @param packetId ignored for QoS 0
    public void write(ByteBuf out, int packetId, boolean dup) {
        writeHeader(out, packetId, dup);
        out.writeBytes(payload);
    }

    /// Leaves the payload to the caller, which may send it without a copy.
    public void writeHeader(ByteBuf out, int packetId, boolean dup) {
        int start = out.writerIndex();
        out.writeBytes(header);
        if (packetIdOffset >= 0) {
            out.setShort(start + packetIdOffset, packetId);
            if (dup) {
                out.setByte(start, header[0] | DUP);
            }
        }
    }
}
