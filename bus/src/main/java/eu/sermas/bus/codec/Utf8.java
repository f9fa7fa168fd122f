package eu.sermas.bus.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// The UTF-8 that MQTT allows, in MQTT 3.1.1 [MQTT-1.5.3-1] [MQTT-1.5.3-2] [MQTT-1.5.3-3]:
/// well-formed, no surrogates [MQTT-1.5.4-1] and no U+0000 [MQTT-1.5.4-2]; U+FEFF is a character
/// like any other [MQTT-1.5.4-3]. The decoder of the JDK would put a replacement character in the
/// place of a mistake, so the bytes are looked at first.
final class Utf8 {

    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final long ONES = 0x0101_0101_0101_0101L;
    private static final long HIGH_BITS = 0x8080_8080_8080_8080L;

    private Utf8() {}

    /// @return the index of the first byte that is not allowed, or -1
    static int firstError(byte[] bytes, int from, int to) {
        int i = skipAscii(bytes, from, to);
        while (i < to) {
            int length = bytes[i] > 0 ? 1 : sequenceLength(bytes, i, to);
            if (length == 0) {
                return i;
            }
            i += length;
        }
        return -1;
    }

    /// Passes eight bytes at a time while all of them are 0x01 to 0x7F. The subtraction sets the
    /// high bit of a zero byte; a borrow from one only reaches bytes that would be looked at singly
    /// anyway.
    private static int skipAscii(byte[] bytes, int from, int to) {
        int i = from;
        for (; i <= to - Long.BYTES; i += Long.BYTES) {
            long eight = (long) LONGS.get(bytes, i);
            if (((eight | (eight - ONES)) & HIGH_BITS) != 0) {
                break;
            }
        }
        while (i < to && bytes[i] > 0) {
            i++;
        }
        return i;
    }

    /// The length of the sequence at this place (table 3-7 of the Unicode standard), or 0 where it
    /// is not well-formed. The range of the second byte keeps out overlong forms, surrogates and
    /// what lies beyond U+10FFFF.
    private static int sequenceLength(byte[] bytes, int at, int to) {
        int lead = bytes[at] & 0xFF;
        int length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
        if (lead < 0xC2 || lead > 0xF4 || at + length > to) {
            return 0;
        }
        int second = bytes[at + 1] & 0xFF;
        int lowest = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
        int highest = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
        if (second < lowest || second > highest) {
            return 0;
        }
        for (int i = at + 2; i < at + length; i++) {
            if ((bytes[i] & 0xC0) != 0x80) {
                return 0;
            }
        }
        return length;
    }
}
