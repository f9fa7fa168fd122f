package eu.sermas.bus.journal;

import java.nio.ByteBuffer;
import java.util.Arrays;

/// The keys of records. Numbers are big-endian, so that records are ordered by session and, within
/// it, as the messages came.
public final class Keys {

    private Keys() {}

    static byte[] of(long number) {
        return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
    }

    static byte[] of(long session, long sequence) {
        return ByteBuffer.allocate(2 * Long.BYTES).putLong(session).putLong(sequence).array();
    }

    static byte[] of(long session, byte[] name) {
        return ByteBuffer.allocate(Long.BYTES + name.length).putLong(session).put(name).array();
    }

    static byte[] ofPacketId(long session, int packetId) {
        return ByteBuffer.allocate(Long.BYTES + Short.BYTES)
                .putLong(session)
                .putShort((short) packetId)
                .array();
    }

    /// The number that a key begins with.
    public static long number(byte[] key) {
        if (key.length < Long.BYTES) {
            throw new DamagedRecordException("key of " + key.length + " bytes");
        }
        return ByteBuffer.wrap(key).getLong();
    }

    public static long sequence(byte[] key) {
        if (key.length != 2 * Long.BYTES) {
            throw new DamagedRecordException("key of " + key.length + " bytes (expected: 16)");
        }
        return ByteBuffer.wrap(key).getLong(Long.BYTES);
    }

    public static int packetId(byte[] key) {
        if (key.length != Long.BYTES + Short.BYTES) {
            throw new DamagedRecordException("key of " + key.length + " bytes (expected: 10)");
        }
        return ByteBuffer.wrap(key).getShort(Long.BYTES) & 0xffff;
    }

    /// The name behind the number.
    static byte[] name(byte[] key) {
        return Arrays.copyOfRange(key, Long.BYTES, key.length);
    }
}
