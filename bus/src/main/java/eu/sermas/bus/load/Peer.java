package eu.sermas.bus.load;

import io.netty.buffer.ByteBuf;

/// Whose connection a [Link] is. All calls come on the link's loop.
interface Peer {

    /// The connection is accepted and its filter granted.
    default void ready(int receiveMaximum) {}

    /// A message; the payload lies in the buffer from `at` on and is gone after the call.
    default void delivered(ByteBuf in, int at, int length) {}

    /// PUBACK, PUBCOMP, or a PUBREC that refuses.
    default void acknowledged(int packetId, boolean refused) {}

    /// @return whether PUBREL is the answer
    default boolean received(int packetId) {
        return false;
    }

    /// What was written has left, after the connection was congested.
    default void writable() {}

    /// The connection is gone.
    default void closed() {}
}
