package eu.sermas.bus.load;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;

/// Lets each read of a connection land in the one buffer of its loop, behind what was left of a
/// packet that was not complete at the last read. So packets are always in one piece and are read
/// where they lie.
///
/// Netty asks for the buffer before a read and hands it to the connection right after, on the same
/// loop, so that no two connections use it at once.
final class Inlet extends DefaultMaxMessagesRecvByteBufAllocator {

    private static final byte[] NOTHING = {};

    private final ByteBuf buffer;
    private byte[] rest = NOTHING;
    private int restLength;

    Inlet(ByteBuf buffer) {
        super(1);
        this.buffer = buffer;
    }

    @Override
    @SuppressWarnings("deprecation") // the type that Netty asks for
    public Handle newHandle() {
        return new MaxMessageHandle() {
            @Override
            public int guess() {
                return buffer.capacity();
            }

            @Override
            public ByteBuf allocate(ByteBufAllocator alloc) {
                return prepare();
            }
        };
    }

    private ByteBuf prepare() {
        buffer.clear().writeBytes(rest, 0, restLength);
        return buffer.retain();
    }

    /// Bytes at the beginning of the buffer that an earlier read has brought.
    int restLength() {
        return restLength;
    }

    /// Keeps what is still readable for the next time.
    ///
    /// @return false where it is more than the buffer can take besides a read
    boolean keepRest() {
        int length = buffer.readableBytes();
        if (length > buffer.capacity() / 2) {
            return false;
        }
        if (length > rest.length) {
            rest = new byte[Math.max(256, length + length / 4)];
        } else if (length == 0 && rest.length > 4096) {
            rest = NOTHING;
        }
        buffer.readBytes(rest, 0, length);
        restLength = length;
        return true;
    }
}
