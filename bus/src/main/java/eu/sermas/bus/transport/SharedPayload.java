package eu.sermas.bus.transport;

import io.netty.buffer.ByteBuf;

/// A large payload in memory that the sockets of all its receivers of one loop are written from. It
/// is there once, so it counts once, for the owner of its first receiver, until the last one has
/// it.
///
/// Owned by the loop.
final class SharedPayload {

    private final ByteBuf bytes;
    private final OutputPurse purse;
    private final int size;
    private int users = 1;

    /// Takes over the reference.
    SharedPayload(ByteBuf bytes, OutputPurse purse) {
        this.bytes = bytes;
        this.purse = purse;
        this.size = bytes.capacity();
        purse.retain();
        purse.take(size);
    }

    /// The bytes for one receiver, with a reference of its own.
    ByteBuf bytes() {
        return bytes.retainedDuplicate();
    }

    int size() {
        return size;
    }

    void retain() {
        users++;
    }

    void release() {
        if (--users == 0) {
            purse.giveBack(size);
            purse.release();
        }
    }

    /// No further receiver comes.
    void close() {
        bytes.release();
        release();
    }
}
