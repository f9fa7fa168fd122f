package eu.sermas.bus.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/// The bytes on their way to one client. Small packets are gathered in chunks, which grow up to a
/// limit and are never moved; large payloads go between them by reference, and do not make the
/// chunks of their headers grow. Netty writes all of it with one gathering system call per flush.
///
/// On WebSocket each chunk begins with room for a frame header, so a frame is one chunk with the
/// payload that follows it: MQTT packets may lie across frames in any way [MQTT-6.0.0-2].
final class Outbound {

    private static final int SMALLEST_CHUNK = 512;
    private static final int LARGEST_CHUNK = 64 * 1024;
    private static final int FRAME_HEADER = 10;
    private static final int BINARY_FRAME = 0x82;

    private final Channel channel;
    private final Backlog backlog;
    private final int reserve;
    private @Nullable ByteBuf chunk;
    private int chunkSize = SMALLEST_CHUNK;
    private int copied;
    private int unflushed;

    Outbound(Channel channel, Backlog backlog, boolean webSocket) {
        this.channel = channel;
        this.backlog = backlog;
        this.reserve = webSocket ? FRAME_HEADER : 0;
    }

    /// A buffer to write the next bytes to, with room for so many.
    ByteBuf room(int size) {
        ByteBuf current = chunk;
        if (current != null && current.writableBytes() >= size) {
            return current;
        }
        if (current != null) {
            handOver(current, null);
            chunkSize = Math.min(2 * chunkSize, LARGEST_CHUNK);
        }
        ByteBuf fresh = channel.alloc().directBuffer(Math.max(chunkSize, size + reserve));
        fresh.setIndex(reserve, reserve);
        chunk = fresh;
        backlog.opened(fresh.capacity());
        return fresh;
    }

    /// Writes a payload behind what was written before, without copying it.
    void share(SharedPayload payload) {
        ByteBuf head = room(0);
        chunkSize = Math.clamp(2L * head.readableBytes(), SMALLEST_CHUNK, chunkSize);
        handOver(head, payload);
    }

    /// Bytes handed to the channel since the last flush.
    int unflushed() {
        ByteBuf current = chunk;
        return unflushed + (current == null ? 0 : current.readableBytes());
    }

    void flush() {
        ByteBuf current = chunk;
        if (current != null) {
            handOver(current, null);
        }
        if (unflushed > 0) {
            chunkSize = Math.clamp(copied, SMALLEST_CHUNK, LARGEST_CHUNK);
            copied = 0;
            unflushed = 0;
            channel.flush();
        }
    }

    private void handOver(ByteBuf current, @Nullable SharedPayload payload) {
        chunk = null;
        int size = current.readableBytes() + (payload == null ? 0 : payload.size());
        copied += current.readableBytes();
        unflushed += size;
        backlog.handedOver(size == 0 ? 0 : current.capacity() - current.readableBytes());
        if (size == 0) {
            current.release();
            return;
        }
        if (reserve > 0) {
            frame(current, size);
        }
        channel.write(backlog.isWaiting() ? fitted(current) : current, channel.voidPromise());
        if (payload != null) {
            backlog.write(payload);
        }
    }

    /// What will wait for a while must not hold a chunk that is larger than it.
    private ByteBuf fitted(ByteBuf current) {
        int size = current.readableBytes();
        if (current.capacity() <= 2 * size) {
            return current;
        }
        ByteBuf copy = channel.alloc().directBuffer(size).writeBytes(current);
        current.release();
        return copy;
    }

    /// Puts the header of an unmasked binary frame before the bytes, RFC 6455 section 5.2.
    private static void frame(ByteBuf current, int size) {
        int start;
        if (size < 126) {
            start = FRAME_HEADER - 2;
            current.setByte(start + 1, size);
        } else if (size <= 0xFFFF) {
            start = FRAME_HEADER - 4;
            current.setByte(start + 1, 126).setShort(start + 2, size);
        } else {
            start = FRAME_HEADER - 10;
            current.setByte(start + 1, 127).setLong(start + 2, size);
        }
        current.setByte(start, BINARY_FRAME).readerIndex(start);
    }
}
