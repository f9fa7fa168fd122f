package eu.sermas.bus.load;

import eu.sermas.bus.codec.FrameDecoder;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/// Packets on their way to the broker: gathered while the turn lasts, flushed at its end. On
/// WebSocket each packet is one masked frame, as clients do it.
final class Outlet {

    private static final int SMALLEST_CHUNK = 256;
    private static final int LARGEST_CHUNK = 64 * 1024;
    private static final int LARGEST_FRAME_HEADER = 14;
    private static final int FINAL_BINARY = 0x82;
    private static final int FINAL_PONG = 0x8A;
    private static final int MASKED = 0x80;

    private final Worker worker;
    private final Channel channel;
    private final boolean webSocket;
    private @Nullable ByteBuf chunk;
    private int chunkSize = SMALLEST_CHUNK;
    private int handedOver;
    private int packetStart;
    private int mask = 0x5DEE_CE6D;
    private boolean dirty;

    Outlet(Worker worker, Channel channel, boolean webSocket) {
        this.worker = worker;
        this.channel = channel;
        this.webSocket = webSocket;
    }

    /// A buffer to write exactly one packet of this size to; [#end] must follow.
    ByteBuf begin(int size) {
        int needed = webSocket ? size + LARGEST_FRAME_HEADER : size;
        ByteBuf current = chunk;
        if (current == null || current.writableBytes() < needed) {
            current = nextChunk(needed);
        }
        if (webSocket) {
            writeFrameHeader(current, FINAL_BINARY, size);
        }
        packetStart = current.writerIndex();
        return current;
    }

    void end() {
        ByteBuf current = chunk;
        if (webSocket && current != null) {
            int length = current.writerIndex() - packetStart;
            FrameDecoder.mask(current, packetStart, packetStart, length, mask);
        }
        if (!dirty) {
            dirty = true;
            worker.flushLater(this);
        }
    }

    /// The answer to a ping of WebSocket.
    void pong(byte[] content) {
        ByteBuf current = nextChunk(LARGEST_FRAME_HEADER + content.length);
        writeFrameHeader(current, FINAL_PONG, content.length);
        packetStart = current.writerIndex();
        current.writeBytes(content);
        end();
    }

    boolean isWritable() {
        return channel.isWritable();
    }

    void flush() {
        dirty = false;
        ByteBuf current = chunk;
        if (current != null) {
            chunk = null;
            // As much as this turn has written, for the next one will write as much.
            chunkSize =
                    Math.clamp(handedOver + current.writerIndex(), SMALLEST_CHUNK, LARGEST_CHUNK);
            handedOver = 0;
            channel.write(current, channel.voidPromise());
        }
        channel.flush();
    }

    private ByteBuf nextChunk(int needed) {
        ByteBuf full = chunk;
        if (full != null) {
            handedOver += full.writerIndex();
            channel.write(full, channel.voidPromise());
            chunkSize = Math.min(2 * chunkSize, LARGEST_CHUNK);
        }
        ByteBuf fresh = channel.alloc().directBuffer(Math.max(chunkSize, needed));
        chunk = fresh;
        return fresh;
    }

    /// RFC 6455 section 5.2.
    private void writeFrameHeader(ByteBuf out, int firstByte, int size) {
        out.writeByte(firstByte);
        if (size < 126) {
            out.writeByte(MASKED | size);
        } else if (size <= 0xFFFF) {
            out.writeByte(MASKED | 126).writeShort(size);
        } else {
            out.writeByte(MASKED | 127).writeLong(size);
        }
        mask ^= mask << 13;
        mask ^= mask >>> 17;
        mask ^= mask << 5;
        out.writeInt(mask);
    }
}
