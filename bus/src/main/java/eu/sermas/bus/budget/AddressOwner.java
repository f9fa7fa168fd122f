package eu.sermas.bus.budget;

import java.net.InetAddress;
import java.util.HexFormat;

/// Who is behind an address, as far as anybody can tell before they log in, by a name that fits as
/// the owner of a [Share] and as a key of counters.
///
/// One host has a whole /64 network of IPv6, and may come from another address of it each time; so
/// that network is the owner. An IPv4 address is one owner, also where it is written as an IPv6 one
/// (`::ffff:192.0.2.1`).
public final class AddressOwner {

    private static final int IPV4 = 4;
    private static final int IPV6 = 16;
    private static final int NETWORK = 8;
    private static final byte[] MAPPED = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1};

    private AddressOwner() {}

    public static String of(InetAddress address) {
        return of(address.getAddress());
    }

    /// @param address as text, with or without the zone of IPv6; what is no address is its own
    ///   owner
    public static String of(String address) {
        try {
            return of(InetAddress.ofLiteral(withoutZone(address)));
        } catch (IllegalArgumentException _) {
            return address;
        }
    }

    /// A zone that this machine does not have is not readable, and says nothing of the owner.
    private static String withoutZone(String address) {
        int percent = address.indexOf('%');
        return percent < 0 ? address : address.substring(0, percent);
    }

    private static String of(byte[] address) {
        if (address.length == IPV6 && !isMapped(address)) {
            return HexFormat.of().formatHex(address, 0, NETWORK) + "/64";
        }
        int from = address.length - IPV4;
        return (address[from] & 0xFF)
                + "."
                + (address[from + 1] & 0xFF)
                + "."
                + (address[from + 2] & 0xFF)
                + "."
                + (address[from + 3] & 0xFF);
    }

    private static boolean isMapped(byte[] address) {
        for (int i = 0; i < MAPPED.length; i++) {
            if (address[i] != MAPPED[i]) {
                return false;
            }
        }
        return true;
    }
}
