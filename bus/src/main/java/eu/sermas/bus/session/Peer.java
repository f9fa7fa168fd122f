package eu.sermas.bus.session;

import org.jspecify.annotations.Nullable;

/// The other end of a connection, for people.
///
/// @param address without the port, or null where there is none
/// @param port 0 where there is none
public record Peer(Transport transport, @Nullable String address, int port) {

    /// How its packets come.
    public enum Transport {
        TCP,
        TLS,
        WS,
        WSS,
        /// By calls of REST and their event streams, without a packet on a network.
        HTTP
    }

    /// Somebody who calls from inside of the process, for a caller of REST.
    static final Peer LOCAL = new Peer(Transport.HTTP, null, 0);
}
