package eu.sermas.bus.journal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Reads what [RecordWriter] wrote.
final class RecordReader {

    private final byte[] bytes;
    private int at;

    RecordReader(byte[] bytes) {
        this.bytes = bytes;
    }

    /// The index of the byte that is read next.
    int position() {
        return at;
    }

    /// What was read from this index on.
    byte[] since(int from) {
        return Arrays.copyOfRange(bytes, from, at);
    }

    /// Passes over these bytes where they come next.
    boolean passes(byte[] expected) {
        int end = at + expected.length;
        boolean isNext =
                end <= bytes.length && Arrays.equals(bytes, at, end, expected, 0, expected.length);
        at = isNext ? end : at;
        return isNext;
    }

    int octet() {
        if (at >= bytes.length) {
            throw new DamagedRecordException("ends at byte " + bytes.length);
        }
        return bytes[at++] & 0xff;
    }

    /// Most are of one byte. The loop for others is apart, so that not each reader of a record has
    /// to be compiled with it.
    long number() {
        int first = octet();
        return first <= 0x7f ? first : longNumber(first);
    }

    private long longNumber(int first) {
        long value = first & 0x7f;
        for (int shift = 7; shift < 64; shift += 7) {
            int next = octet();
            value |= (long) (next & 0x7f) << shift;
            if (next <= 0x7f) {
                return value;
            }
        }
        throw new DamagedRecordException("a number of more than 10 bytes at byte " + at);
    }

    /// A number that is the length or the value of something small.
    int smallNumber() {
        long value = number();
        if (value < 0 || value > Integer.MAX_VALUE) {
            throw new DamagedRecordException("number: " + value + " at byte " + at);
        }
        return (int) value;
    }

    byte[] binary() {
        int length = smallNumber();
        if (length > bytes.length - at) {
            throw new DamagedRecordException(
                    "length: " + length + " with " + (bytes.length - at) + " bytes left");
        }
        byte[] value = Arrays.copyOfRange(bytes, at, at + length);
        at += length;
        return value;
    }

    String text() {
        return new String(binary(), UTF_8);
    }

    @Nullable String optionalText() {
        String value = text();
        return value.isEmpty() ? null : value;
    }
}
