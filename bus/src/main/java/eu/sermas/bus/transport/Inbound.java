package eu.sermas.bus.transport;

import eu.sermas.bus.codec.MalformedPacketException;
import eu.sermas.bus.codec.PacketDecoder;
import eu.sermas.bus.packet.Packet;
import eu.sermas.bus.packet.ProtocolVersion;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.ByteToMessageDecoder;
import org.jspecify.annotations.Nullable;

/// The bytes of one connection that are not decoded yet, and their decoder; handed from phase to
/// phase. Mostly a read holds whole packets and is decoded in place; only a packet that is not all
/// there is gathered.
final class Inbound {

    /// A rest up to this size is copied, so that a few bytes do not hold a whole read buffer.
    private static final int SMALL_REST = 1024;

    private final PacketDecoder decoder;
    private final ByteBufAllocator allocator;
    private @Nullable ByteBuf bytes;

    Inbound(PacketDecoder decoder, ByteBufAllocator allocator) {
        this.decoder = decoder;
        this.allocator = allocator;
    }

    /// Takes over the buffer.
    void append(ByteBuf more) {
        ByteBuf before = bytes;
        bytes =
                before == null
                        ? more
                        : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(allocator, before, more);
    }

    /// @return null while the next packet is not all there
    @Nullable Packet next() throws MalformedPacketException {
        ByteBuf in = bytes;
        if (in == null) {
            return null;
        }
        Packet packet = decoder.decode(in);
        if (packet == null) {
            keepRest(in);
        }
        return packet;
    }

    /// The version of CONNECT, null where none was read.
    @Nullable ProtocolVersion version() {
        return decoder.version();
    }

    void maxPacketSize(int size) {
        decoder.maxPacketSize(size);
    }

    void release() {
        ByteBuf in = bytes;
        bytes = null;
        if (in != null) {
            in.release();
        }
    }

    private void keepRest(ByteBuf in) {
        int rest = in.readableBytes();
        if (rest == 0) {
            release();
        } else if (rest <= SMALL_REST && in.capacity() > 2 * SMALL_REST) {
            bytes = allocator.buffer(SMALL_REST).writeBytes(in);
            in.release();
        }
    }
}
