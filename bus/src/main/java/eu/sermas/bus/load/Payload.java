package eu.sermas.bus.load;

import io.netty.buffer.ByteBuf;

/// What every message says of itself at the beginning of its payload, by which its receivers check
/// it; the rest is filling.
///
/// | at | bytes | |
/// |---|---|---|
/// | 0 | 4 | number of the run, so that strangers' messages are told apart |
/// | 4 | 4 | publisher |
/// | 8 | 8 | sequence number of the message with its publisher, from 0 |
/// | 16 | 8 | when it was sent, or meant to be, on the clock of [System#nanoTime] |
/// | 24 | 4 | length of the payload |
final class Payload {

    /// The smallest payload, bytes.
    static final int SIZE = 28;

    private Payload() {}

    /// A payload of which sequence number and time are still to be set.
    static byte[] template(int size, int run, int publisher) {
        byte[] bytes = new byte[size];
        for (int i = SIZE; i < size; i++) {
            bytes[i] = (byte) (' ' + i % 95);
        }
        setInt(bytes, 0, run);
        setInt(bytes, 4, publisher);
        setInt(bytes, 24, size);
        return bytes;
    }

    private static void setInt(byte[] bytes, int at, int value) {
        for (int i = 0; i < 4; i++) {
            bytes[at + i] = (byte) (value >>> (24 - 8 * i));
        }
    }

    static void stamp(ByteBuf out, int at, long sequence, long nanoTime) {
        out.setLong(at + 8, sequence);
        out.setLong(at + 16, nanoTime);
    }

    static int run(ByteBuf in, int at) {
        return in.getInt(at);
    }

    static int publisher(ByteBuf in, int at) {
        return in.getInt(at + 4);
    }

    static long sequence(ByteBuf in, int at) {
        return in.getLong(at + 8);
    }

    static long nanoTime(ByteBuf in, int at) {
        return in.getLong(at + 16);
    }

    static int length(ByteBuf in, int at) {
        return in.getInt(at + 24);
    }
}
