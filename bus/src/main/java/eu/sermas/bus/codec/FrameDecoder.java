package eu.sermas.bus.codec;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Takes the contents out of the WebSocket frames of one connection, RFC 6455 section 5. The
/// contents of a run of frames are unmasked and moved together in place, so that packets lie in one
/// piece however they were framed [MQTT-6.0.0-2]. Nothing is gathered but the header of a frame and
/// the content of a control frame, at most 125 bytes; so a data frame may have any length.
///
/// Not thread-safe: one instance per connection.
public final class FrameDecoder {

    // Status codes, RFC 6455 section 7.4.1.
    public static final int NORMAL_CLOSURE = 1000;
    public static final int PROTOCOL_ERROR = 1002;
    public static final int UNSUPPORTED_DATA = 1003;

    // Opcodes, RFC 6455 section 5.2.
    public static final int BINARY = 2;
    public static final int CLOSE = 8;
    public static final int PING = 9;
    public static final int PONG = 10;

    private static final int CONTINUATION = 0;
    private static final int TEXT = 1;

    private static final int FINAL = 0x80;
    private static final int RESERVED = 0x70;
    private static final int MASKED = 0x80;
    private static final int LARGEST_CONTROL = 125;
    private static final int LARGEST_HEADER = 14;

    /// The first two bytes of a message in one frame, of which the length is missing.
    private static final int WHOLE = (FINAL | BINARY) << Byte.SIZE;

    // For the life of the connection.
    private final boolean masked;
    private final byte[] header = new byte[LARGEST_HEADER];
    private int status;
    private byte @Nullable [] ping;

    // The message that is being read: in parts, of which more is to come.
    private boolean inParts;

    // The frame that is being read; it may reach into the next read.
    private int headerLength;
    private int headerSize = 2;
    private int opcode;
    private int mask;
    private long left;
    private byte @Nullable [] control;
    private int controlLength;

    /// @param masked whether the frames are a client's, which must be masked, or a server's, which
    ///   must not
    public FrameDecoder(boolean masked) {
        this.masked = masked;
    }

    /// Replaces the frames from this index to the end by the contents of the data frames in them.
    ///
    /// @return the status code to close the connection with; 0 while it goes on. What came behind
    ///   the frame that ended it is dropped.
    public int decode(ByteBuf in, int from) {
        int end = in.writerIndex();
        int at = from;
        int to = from;
        while (at < end && status == 0) {
            if (left == 0) {
                int size = readShortHeader(in, at, end);
                if (size > 0) {
                    at += size;
                    continue;
                }
                header[headerLength++] = in.getByte(at++);
                if (headerLength == headerSize) {
                    readHeader();
                }
                continue;
            }
            int length = (int) Math.min(left, end - at);
            if (opcode < CLOSE) {
                unmask(in, at, to, length);
                to += length;
            } else {
                gather(in, at, length);
            }
            at += length;
            left -= length;
        }
        in.writerIndex(to);
        return status;
    }

    /// The content of the last ping since the last call, null where there was none; it is enough to
    /// answer that one, RFC 6455 section 5.5.3.
    public byte @Nullable [] takePing() {
        byte[] content = ping;
        ping = null;
        return content;
    }

    /// Most frames are messages of their own, of less than 126 bytes, and their header lies in one
    /// piece.
    ///
    /// @return the size of such a header, or 0 where it is another one
    private int readShortHeader(ByteBuf in, int at, int end) {
        int size = masked ? 6 : 2;
        if (headerLength != 0 || inParts || end - at < size) {
            return 0;
        }
        int length = in.getUnsignedShort(at) - WHOLE - (masked ? MASKED : 0);
        if (length <= 0 || length >= 126) {
            return 0;
        }
        begin(FINAL | BINARY, length);
        mask = masked ? in.getInt(at + 2) : 0;
        return size;
    }

    private void readHeader() {
        int length = header[1] & 0x7F;
        if (headerLength == 2) {
            status = violation(header[0] & 0xFF, header[1] & 0xFF);
            int extended = length < 126 ? 0 : length == 126 ? 2 : 8;
            headerSize += extended + (masked ? 4 : 0);
            if (headerSize > 2 || status != 0) {
                return;
            }
        }
        long size = length < 126 ? length : number(2, length == 126 ? 2 : 8);
        if (size < 0 || (length == 126 && size < 126) || (length == 127 && size <= 0xFFFF)) {
            status = PROTOCOL_ERROR; // the first bit set, or not the fewest bytes
            return;
        }
        mask = masked ? (int) number(headerSize - 4, 4) : 0;
        headerLength = 0;
        headerSize = 2;
        begin(header[0] & 0xFF, size);
    }

    private long number(int from, int size) {
        long number = 0;
        for (int i = from; i < from + size; i++) {
            number = (number << 8) | (header[i] & 0xFF);
        }
        return number;
    }

    /// @return the status code to close with, 0 where nothing is wrong
    private int violation(int first, int second) {
        int code = first & 0x0F;
        boolean last = (first & FINAL) != 0;
        if ((first & RESERVED) != 0 || ((second & MASKED) != 0) != masked) {
            return PROTOCOL_ERROR;
        }
        return switch (code) {
            case CONTINUATION -> inParts ? 0 : PROTOCOL_ERROR;
            case BINARY -> inParts ? PROTOCOL_ERROR : 0;
            case TEXT -> UNSUPPORTED_DATA; // [MQTT-6.0.0-1]
            case CLOSE, PING, PONG ->
                    last && (second & 0x7F) <= LARGEST_CONTROL ? 0 : PROTOCOL_ERROR;
            default -> PROTOCOL_ERROR;
        };
    }

    private void begin(int first, long size) {
        opcode = first & 0x0F;
        left = size;
        if (opcode < CLOSE) {
            inParts = (first & FINAL) == 0;
            return;
        }
        control = new byte[(int) size];
        controlLength = 0;
        if (size == 0) {
            endControl(control);
        }
    }

    private void gather(ByteBuf in, int at, int length) {
        byte[] content = control;
        if (content == null) {
            throw new IllegalStateException("no control frame");
        }
        for (int i = 0; i < length; i++) {
            content[controlLength++] = (byte) (in.getByte(at + i) ^ (mask >>> 24));
            mask = Integer.rotateLeft(mask, 8);
        }
        if (controlLength == content.length) {
            endControl(content);
        }
    }

    private void endControl(byte[] content) {
        control = null;
        if (opcode == PING) {
            ping = content;
        } else if (opcode == CLOSE) {
            status = answerTo(content);
        }
    }

    /// The status code of a Close is sent back; which ones there are is RFC 6455 section 7.4.
    private static int answerTo(byte[] close) {
        if (close.length == 0) {
            return NORMAL_CLOSURE;
        }
        int code = close.length == 1 ? 0 : (close[0] & 0xFF) << 8 | (close[1] & 0xFF);
        boolean defined = code >= 1000 && code <= 1014 && (code < 1004 || code > 1006);
        return defined || (code >= 3000 && code <= 4999) ? code : PROTOCOL_ERROR;
    }

    private void unmask(ByteBuf in, int at, int to, int length) {
        if (mask == 0) {
            in.setBytes(to, in, at, length);
        } else {
            mask(in, at, to, length, mask);
            mask = Integer.rotateLeft(mask, Byte.SIZE * (length & 3));
        }
    }

    /// Moves bytes to the front, or leaves them where they are, with a mask, which is its own
    /// inverse.
    ///
    /// @param to at most `at`
    public static void mask(ByteBuf bytes, int at, int to, int length, int mask) {
        // One check for all, where the methods of the buffer would make one for each number.
        ByteBuffer window = bytes.internalNioBuffer(to, at - to + length);
        int target = window.position();
        int source = target + at - to;
        long wide = ((long) mask << 32) | (mask & 0xFFFF_FFFFL);
        int i = 0;
        for (; i <= length - Long.BYTES; i += Long.BYTES) {
            window.putLong(target + i, window.getLong(source + i) ^ wide);
        }
        for (; i < length; i++) {
            byte unmasked = (byte) (window.get(source + i) ^ (mask >>> (24 - 8 * (i & 3))));
            window.put(target + i, unmasked);
        }
    }
}
