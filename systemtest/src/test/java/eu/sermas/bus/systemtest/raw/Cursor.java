package eu.sermas.bus.systemtest.raw;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;

/// Reads MQTT's data types and fails the test on anything that the specification forbids in them.
final class Cursor {

    private final ByteBuffer bytes;

    Cursor(byte[] bytes) {
        this.bytes = ByteBuffer.wrap(bytes);
    }

    boolean hasMore() {
        return bytes.hasRemaining();
    }

    int remaining() {
        return bytes.remaining();
    }

    int u8() {
        return bytes.get() & 0xFF;
    }

    int u16() {
        return bytes.getShort() & 0xFFFF;
    }

    long u32() {
        return bytes.getInt() & 0xFFFF_FFFFL;
    }

    /// [MQTT-1.5.5-1]: no byte more than needed.
    int varint() {
        int value = 0;
        for (int shift = 0; shift < 28; shift += 7) {
            int next = u8();
            value |= (next & 0x7F) << shift;
            if (next < 0x80) {
                assertThat(next > 0 || shift == 0).as("shortest variable byte integer").isTrue();
                return value;
            }
        }
        throw new AssertionError("variable byte integer of more than four bytes");
    }

    /// [MQTT-1.5.4-1] and [MQTT-1.5.4-2]: well-formed UTF-8 without U+0000.
    String text() {
        try {
            var text = UTF_8.newDecoder().decode(ByteBuffer.wrap(binary())).toString();
            assertThat(text).doesNotContain("\0");
            return text;
        } catch (CharacterCodingException e) {
            throw new AssertionError("well-formed UTF-8 from the bus", e);
        }
    }

    byte[] binary() {
        return take(u16());
    }

    byte[] rest() {
        return take(remaining());
    }

    byte[] take(int length) {
        var taken = new byte[length];
        bytes.get(taken);
        return taken;
    }
}
