package eu.sermas.bus.codec;

import io.netty.buffer.ByteBuf;

/// A PUBLISH as bytes, made once and written to every receiver that gets the same variant of it;
/// only packet identifier and DUP differ, and are put in as the bytes are copied. Immutable, so it
/// may cross threads.
///
/// @param head the headers, with packet identifier 0 and DUP 0, and behind them a small payload
/// @param packetIdOffset where the packet identifier's two bytes stand in the head, or -1 for QoS 0
/// @param tail a large payload, shared, so not to be changed; empty where the head has it
public record EncodedPublish(byte[] head, int packetIdOffset, byte[] tail) {

    private static final int DUP = 0x08;

    /// Bytes of the whole packet.
    public int size() {
        return head.length + tail.length;
    }

    /// @param packetId ignored for QoS 0
    public void write(ByteBuf out, int packetId, boolean dup) {
        writeHead(out, packetId, dup);
        if (tail.length > 0) {
            out.writeBytes(tail);
        }
    }

    /// Leaves the tail to the caller, which may send it without a copy.
    public void writeHead(ByteBuf out, int packetId, boolean dup) {
        int start = out.writerIndex();
        out.writeBytes(head);
        if (packetIdOffset >= 0) {
            out.setShort(start + packetIdOffset, packetId);
            if (dup) {
                out.setByte(start, head[0] | DUP);
            }
        }
    }
}
