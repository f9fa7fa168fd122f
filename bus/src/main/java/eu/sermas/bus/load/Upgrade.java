package eu.sermas.bus.load;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/// The request that opens a WebSocket, and its answer, RFC 6455 section 4.
final class Upgrade {

    private static final byte[] END_OF_HEAD = "\r\n\r\n".getBytes(US_ASCII);

    private Upgrade() {}

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
}
