package eu.sermas.bus.peer;

import eu.sermas.bus.budget.AddressOwner;
import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/// Where the client of a connection is. Mostly that is the other end of it; where that is a proxy
/// which is believed, it is the address that the proxy names. Everything that counts, limits or
/// tells by address asks here, and not the channel.
public final class ClientAddress {

    private static final AttributeKey<InetSocketAddress> NAMED =
            AttributeKey.valueOf(ClientAddress.class, "named by a proxy");

    private static final String LOCAL = "local";

    private ClientAddress() {}

    /// From now on this is where its client is. On the event loop, before anything is counted.
    ///
    /// @param client with port 0 where the proxy does not name it
    public static void isAt(Channel channel, InetSocketAddress client) {
        channel.attr(NAMED).set(client);
    }

    /// @return null where it has no address of IP
    public static @Nullable InetAddress of(Channel channel) {
        return socketOf(channel) instanceof InetSocketAddress remote ? remote.getAddress() : null;
    }

    private static @Nullable SocketAddress socketOf(Channel channel) {
        InetSocketAddress named = channel.attr(NAMED).get();
        return named == null ? channel.remoteAddress() : named;
    }

    /// The address as text, without its port.
    public static String addressOf(Channel channel) {
        return textOf(of(channel));
    }

    /// An address as text.
    public static String textOf(@Nullable InetAddress address) {
        return address == null ? LOCAL : address.getHostAddress();
    }

    /// Its port there, 0 where nobody knows it.
    public static int portOf(Channel channel) {
        return socketOf(channel) instanceof InetSocketAddress remote ? remote.getPort() : 0;
    }

    /// Who is behind it, see [AddressOwner].
    public static String ownerOf(Channel channel) {
        InetAddress address = of(channel);
        return address == null ? LOCAL : AddressOwner.of(address);
    }

    /// The address and its port, as log lines name it.
    public static String nameOf(Channel channel) {
        SocketAddress socket = socketOf(channel);
        return socket instanceof InetSocketAddress remote && remote.getPort() == 0
                ? textOf(remote.getAddress())
                : String.valueOf(socket);
    }
}
