package eu.sermas.bus.systemtest.raw;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.HexFormat;

/// Bytes being put together from MQTT's data types (section 1.5); nothing is checked.
public final class Bytes {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private Bytes() {}

    public static Bytes bytes() {
        return new Bytes();
    }

    /// @param text hexadecimal digits; blanks are for the eye
    public static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replace(" ", ""));
    }

    /// A packet with the remaining length that belongs to the body.
    public static byte[] packet(int firstByte, Bytes body) {
        var rest = body.toArray();
        return bytes().u8(firstByte).varint(rest.length).raw(rest).toArray();
    }

    public static byte[] packet(Type type, Bytes body) {
        return packet(type.firstByte(), body);
    }

    public Bytes u8(int value) {
        out.write(value);
        return this;
    }

    public Bytes u16(int value) {
        return u8(value >> 8).u8(value);
    }

    public Bytes u32(long value) {
        return u16((int) (value >> 16)).u16((int) value);
    }

    /// A variable byte integer in its shortest form.
    public Bytes varint(int value) {
        int rest = value;
        while (rest >= 0x80) {
            u8((rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        return u8(rest);
    }

    public Bytes text(String value) {
        return binary(value.getBytes(UTF_8));
    }

    /// Binary data, and the way to write a text that is no UTF-8.
    public Bytes binary(byte[] value) {
        return u16(value.length).raw(value);
    }

    public Bytes raw(byte[] value) {
        out.writeBytes(value);
        return this;
    }

    public Bytes raw(Bytes value) {
        return raw(value.toArray());
    }

    public byte[] toArray() {
        return out.toByteArray();
    }
}
