package eu.sermas.bus.client;

import io.netty.buffer.ByteBuf;
import java.io.EOFException;
import java.io.IOException;

/// A connection that carries bytes in both directions. [#send] may be called by two threads.
interface Link extends AutoCloseable {

    static Link open(Endpoint endpoint) throws IOException {
        return endpoint.path() == null
                ? SocketLink.open(endpoint)
                : WebSocketLink.open(endpoint, endpoint.path());
    }

    /// Sends all that is readable.
    void send(ByteBuf bytes) throws IOException;

    /// @param millis how long to wait, at least 1
    /// @return whether any bytes came in that time
    /// @throws EOFException where the other side has ended the connection
    boolean receive(ByteBuf into, int millis) throws IOException;

    @Override
    void close() throws IOException;
}
