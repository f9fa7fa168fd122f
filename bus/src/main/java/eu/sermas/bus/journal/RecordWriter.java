package eu.sermas.bus.journal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The bytes of one record, from front to back. Numbers take as many bytes as they need: seven bits
/// each, the lowest first.
final class RecordWriter {

    private byte[] bytes;
    private int length;

    RecordWriter(int expected) {
        bytes = new byte[expected];
    }

    RecordWriter octet(int value) {
        reserve(1);
        bytes[length++] = (byte) value;
        return this;
    }

    /// A number that is not negative.
    RecordWriter number(long value) {
        reserve(10);
        long rest = value;
        while (rest > 0x7f) {
            bytes[length++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[length++] = (byte) rest;
        return this;
    }

    RecordWriter binary(byte[] value) {
        number(value.length);
        reserve(value.length);
        System.arraycopy(value, 0, bytes, length, value.length);
        length += value.length;
        return this;
    }

    RecordWriter text(String value) {
        return binary(value.getBytes(UTF_8));
    }

    /// An empty text stands for null.
    RecordWriter optionalText(@Nullable String value) {
        return text(value == null ? "" : value);
    }

    private void reserve(int more) {
        if (length + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
        }
    }

    byte[] toBytes() {
        return length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
    }
}
