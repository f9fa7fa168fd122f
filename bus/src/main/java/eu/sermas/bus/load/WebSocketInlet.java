package eu.sermas.bus.load;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/// The broker's side of a WebSocket: the answer to the request, then frames, whose contents are
/// moved together in place so that the packets in them lie in one piece.
final class WebSocketInlet {

    private static final byte[] END_OF_HEAD = "\r\n\r\n".getBytes(US_ASCII);
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int CONTINUATION = 0;

    /// Of the frame that the last bytes belonged to; it may reach into the next read.
    private final byte[] header = new byte[10];

    private int headerLength;
    private long contentLeft;
    private int opcode;
    private boolean pinged;
    private boolean closed;

    static String request(Target target) {
        return """
                GET %s HTTP/1.1\r
                Host: %s:%d\r
                Upgrade: websocket\r
                Connection: Upgrade\r
                Sec-WebSocket-Key: c2VybWFzLWJ1cy1iZW5jaA==\r
                Sec-WebSocket-Protocol: mqtt\r
                Sec-WebSocket-Version: 13\r
                \r
                """
                .formatted(target.path(), target.host(), target.port());
    }

    /// Reads the answer to the request; nothing is consumed while it is not all there.
    ///
    /// @return null while the end is missing, else its first line
    static @Nullable String answer(ByteBuf in) {
        int end = ByteBufUtil.indexOf(Unpooled.wrappedBuffer(END_OF_HEAD), in);
        if (end < 0) {
            return null;
        }
        String head = in.toString(in.readerIndex(), end - in.readerIndex(), US_ASCII);
        in.readerIndex(end + END_OF_HEAD.length);
        return head.lines().findFirst().orElse("");
    }

    /// Replaces the frames from `from` to the end by their contents.
    void unframe(ByteBuf in, int from) {
        int to = from;
        int at = from;
        int end = in.writerIndex();
        while (at < end) {
            if (contentLeft == 0) {
                header[headerLength++] = in.getByte(at++);
                readHeader();
                continue;
            }
            int length = (int) Math.min(contentLeft, end - at);
            if (opcode < CLOSE) {
                in.setBytes(to, in, at, length);
                to += length;
            }
            at += length;
            contentLeft -= length;
        }
        in.writerIndex(to);
    }

    private void readHeader() {
        int needed = headerLength < 2 ? 2 : 2 + extendedLength(header[1] & 0x7F);
        if (headerLength < needed) {
            return;
        }
        headerLength = 0;
        contentLeft = needed == 2 ? header[1] & 0x7F : 0;
        for (int i = 2; i < needed; i++) {
            contentLeft = (contentLeft << 8) | (header[i] & 0xFF);
        }
        int code = header[0] & 0x0F;
        opcode = code == CONTINUATION ? opcode : code;
        pinged |= code == PING;
        closed |= code == CLOSE;
    }

    private static int extendedLength(int length) {
        return switch (length) {
            case 126 -> 2;
            case 127 -> 8;
            default -> 0;
        };
    }

    /// Whether a ping has come since the last call.
    boolean takePing() {
        boolean answer = pinged;
        pinged = false;
        return answer;
    }

    boolean isClosed() {
        return closed;
    }
}
