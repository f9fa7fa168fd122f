package eu.sermas.bus.transport;

import io.netty.channel.Channel;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;

/// Where a connection comes from: an address, or the /64 network of an IPv6 address, which one host
/// may use all of.
record Source(long high, int version) {

    private static final Source LOCAL = new Source(0, 0);

    static Source of(Channel channel) {
        return channel.remoteAddress() instanceof InetSocketAddress remote
                ? of(remote.getAddress())
                : LOCAL;
    }

    static Source of(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (address instanceof Inet6Address) {
            return new Source(number(Arrays.copyOf(bytes, 8)), 6);
        }
        return new Source(number(bytes), 4);
    }

    private static long number(byte[] bytes) {
        long number = 0;
        for (byte b : bytes) {
            number = (number << 8) | (b & 0xFF);
        }
        return number;
    }

    /// As the owner of a share.
    String owner() {
        return version + ":" + Long.toHexString(high);
    }
}
