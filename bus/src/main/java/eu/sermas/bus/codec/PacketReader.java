package eu.sermas.bus.codec;

import static eu.sermas.bus.codec.MalformedPacketException.malformed;
import static eu.sermas.bus.codec.MalformedPacketException.protocolError;

import eu.sermas.bus.packet.PacketType;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.packet.Topic;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/// Reads the fields of one packet, never past its end: a field that does not fit is a Malformed
/// Packet. One instance per connection, used again for each packet; the buffer's own reader index
/// is left alone.
final class PacketReader {

    private static final byte[] NO_BYTES = {};

    private ByteBuf buffer = Unpooled.EMPTY_BUFFER;
    private int index;
    private int end;

    void open(ByteBuf buffer, int from, int end) {
        this.buffer = buffer;
        this.index = from;
        this.end = end;
    }

    /// Lets go of the buffer, which goes back to its pool after this.
    void close() {
        buffer = Unpooled.EMPTY_BUFFER;
    }

    int remaining() {
        return end - index;
    }

    /// Narrows the packet to its next bytes.
    ///
    /// @return the end to give to [#widen] after they are read
    int narrow(int length, String field) throws MalformedPacketException {
        require(length, field);
        int outer = end;
        end = index + length;
        return outer;
    }

    void widen(int outer) {
        end = outer;
    }

    int unsignedByte(String field) throws MalformedPacketException {
        require(1, field);
        return buffer.getUnsignedByte(index++);
    }

    int unsignedShort(String field) throws MalformedPacketException {
        require(2, field);
        int value = buffer.getUnsignedShort(index);
        index += 2;
        return value;
    }

    long unsignedInt(String field) throws MalformedPacketException {
        require(4, field);
        long value = buffer.getUnsignedInt(index);
        index += 4;
        return value;
    }

    int variableByteInteger(String field) throws MalformedPacketException {
        int value = 0;
        for (int shift = 0; shift <= 21; shift += 7) {
            int digit = unsignedByte(field);
            value |= (digit & 0x7F) << shift;
            if (digit < 0x80) {
                if (digit == 0 && shift > 0) { // [MQTT-1.5.5-1]
                    throw malformed(field + ": a padded length (expected: the fewest bytes)");
                }
                return value;
            }
        }
        throw malformed(field + ": more than 4 bytes (expected: 1..4)");
    }

    int packetId() throws MalformedPacketException {
        int id = unsignedShort("packet identifier");
        // MQTT 3.1.1 [MQTT-2.3.1-1]
        if (id == 0) { // [MQTT-2.2.1-3] [MQTT-2.2.1-4]
            throw protocolError("packet identifier: 0 (expected: 1..65535)");
        }
        return id;
    }

    ReasonCode reasonCode(PacketType type) throws MalformedPacketException {
        int value = unsignedByte("reason code");
        ReasonCode code = ReasonCode.of(value, type);
        // [MQTT-3.4.2-1] [MQTT-3.5.2-1] [MQTT-3.6.2-1] [MQTT-3.7.2-1] [MQTT-3.14.2-1]
        // [MQTT-3.15.2-1]
        if (code == null) {
            throw protocolError(
                    "reason code: 0x%02X (expected: one that %s may carry)".formatted(value, type));
        }
        return code;
    }

    String string(String field) throws MalformedPacketException {
        int length = unsignedShort(field);
        require(length, field);
        if (length == 0) {
            return "";
        }
        if (!buffer.hasArray()) {
            return string(bytes(length), 0, length, field);
        }
        String value = string(buffer.array(), buffer.arrayOffset() + index, length, field);
        index += length;
        return value;
    }

    static String string(byte[] bytes, int from, int length, String field)
            throws MalformedPacketException {
        int error = Utf8.firstError(bytes, from, from + length);
        if (error >= 0) {
            throw malformed(
                    "%s: byte 0x%02X at %d (expected: well-formed UTF-8 without U+0000)"
                            .formatted(field, bytes[error], error - from));
        }
        return new String(bytes, from, length, StandardCharsets.UTF_8);
    }

    /// Binary data with its length before it.
    byte[] binary(String field) throws MalformedPacketException {
        int length = unsignedShort(field);
        require(length, field);
        return bytes(length);
    }

    /// Everything that is left.
    byte[] rest() {
        return bytes(end - index);
    }

    /// The next bytes as they are, by way of a cache that knows most of them.
    Topic topic(int length, TopicCache cache) throws MalformedPacketException {
        require(length, "topic name");
        int from = index;
        index += length;
        return cache.find(buffer, from, length);
    }

    private byte[] bytes(int length) {
        if (length == 0) {
            return NO_BYTES;
        }
        byte[] bytes = new byte[length];
        buffer.getBytes(index, bytes);
        index += length;
        return bytes;
    }

    private void require(int length, String field) throws MalformedPacketException {
        if (length > end - index) {
            throw malformed(
                    "%s: %d bytes left (expected: %d)".formatted(field, end - index, length));
        }
    }
}
