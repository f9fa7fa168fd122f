package eu.sermas.bus.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import org.jspecify.annotations.Nullable;

/// Writes the basic data types, MQTT 5 section 1.5, or only counts their bytes: every length on the
/// wire stands before what it measures, so each packet is described once and gone through twice.
final class FieldWriter {

    static final int MAX_VARIABLE_BYTE_INTEGER = 268_435_455;

    private static final int MAX_LENGTH = 65_535;

    private final @Nullable ByteBuf out;
    private int size;

    private FieldWriter(@Nullable ByteBuf out) {
        this.out = out;
    }

    static FieldWriter to(ByteBuf out) {
        return new FieldWriter(out);
    }

    static FieldWriter counting() {
        return new FieldWriter(null);
    }

    /// Bytes that went through so far.
    int size() {
        return size;
    }

    void unsignedByte(int value) {
        size += Byte.BYTES;
        if (out != null) {
            out.writeByte(value);
        }
    }

    void unsignedShort(int value) {
        size += Short.BYTES;
        if (out != null) {
            out.writeShort(value);
        }
    }

    void unsignedInt(long value) {
        size += Integer.BYTES;
        if (out != null) {
            out.writeInt((int) value);
        }
    }

    /// @throws IllegalArgumentException where the value has no form on the wire
    void variableByteInteger(int value) {
        size += variableByteIntegerSize(value);
        if (out != null) {
            int rest = value;
            while (rest > 0x7F) {
                out.writeByte(rest | 0x80);
                rest >>>= 7;
            }
            out.writeByte(rest);
        }
    }

    static int variableByteIntegerSize(int value) {
        if (value < 0 || value > MAX_VARIABLE_BYTE_INTEGER) {
            throw new IllegalArgumentException("length: " + value + " (expected: 0..268435455)");
        }
        return value < 1 << 7 ? 1 : value < 1 << 14 ? 2 : value < 1 << 21 ? 3 : 4;
    }

    /// @throws IllegalArgumentException where the text is too long
    void string(String text) {
        int length = checkLength(ByteBufUtil.utf8Bytes(text));
        size += Short.BYTES + length;
        if (out != null) {
            out.writeShort(length);
            ByteBufUtil.reserveAndWriteUtf8(out, text, length);
        }
    }

    /// The bytes with their length before them, as binary data and strings have it.
    ///
    /// @throws IllegalArgumentException where there are too many
    void binary(byte[] bytes) {
        unsignedShort(checkLength(bytes.length));
        raw(bytes);
    }

    /// The bytes alone.
    void raw(byte[] bytes) {
        size += bytes.length;
        if (out != null) {
            out.writeBytes(bytes);
        }
    }

    private static int checkLength(int length) {
        if (length > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    "string or binary data: " + length + " bytes (expected: at most 65535)");
        }
        return length;
    }
}
