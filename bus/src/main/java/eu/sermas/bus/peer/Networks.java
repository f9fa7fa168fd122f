package eu.sermas.bus.peer;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Addresses and networks, as CIDR writes them: `10.0.0.7`, `192.168.0.0/16`, `fd00::/8`.
public record Networks(List<Network> all) {

    private static final Pattern PREFIX = Pattern.compile("\\d{1,3}");

    public static final Networks NONE = new Networks(List.of());

    /// The addresses that begin with the same bits.
    ///
    /// @param prefix as many of them
    public record Network(InetAddress address, int prefix) {

        boolean contains(InetAddress other) {
            byte[] own = address.getAddress();
            byte[] bytes = other.getAddress();
            if (own.length != bytes.length) {
                return false;
            }
            int whole = prefix / Byte.SIZE;
            int rest = prefix % Byte.SIZE;
            if (!Arrays.equals(own, 0, whole, bytes, 0, whole)) {
                return false;
            }
            int mask = 0xFF00 >> rest;
            return rest == 0 || (own[whole] & mask) == (bytes[whole] & mask);
        }

        @Override
        public String toString() {
            String text = address.getHostAddress();
            return prefix == address.getAddress().length * Byte.SIZE ? text : text + "/" + prefix;
        }
    }

    public Networks {
        all = List.copyOf(all);
    }

    /// @param text separated by commas
    /// @return empty where one of them is none
    public static Optional<Networks> read(String text) {
        List<Optional<Network>> read =
                Arrays.stream(text.split(",", -1))
                        .map(String::strip)
                        .filter(part -> !part.isEmpty())
                        .map(Networks::readOne)
                        .toList();
        return read.stream().allMatch(Optional::isPresent)
                ? Optional.of(new Networks(read.stream().map(Optional::orElseThrow).toList()))
                : Optional.empty();
    }

    private static Optional<Network> readOne(String text) {
        int slash = text.indexOf('/');
        InetAddress address = addressIn(slash < 0 ? text : text.substring(0, slash));
        if (address == null) {
            return Optional.empty();
        }
        int bits = address.getAddress().length * Byte.SIZE;
        if (slash < 0) {
            return Optional.of(new Network(address, bits));
        }
        String prefix = text.substring(slash + 1);
        return PREFIX.matcher(prefix).matches() && Integer.parseInt(prefix) <= bits
                ? Optional.of(new Network(address, Integer.parseInt(prefix)))
                : Optional.empty();
    }

    /// An address as everybody writes it: of IPv4 in four parts, of IPv6 without a zone.
    ///
    /// @return null where it is none
    public static @Nullable InetAddress addressIn(String text) {
        boolean isUsual = text.indexOf(':') >= 0 ? text.indexOf('%') < 0 : hasFourParts(text);
        try {
            return isUsual ? InetAddress.ofLiteral(text) : null;
        } catch (IllegalArgumentException _) {
            return null;
        }
    }

    private static boolean hasFourParts(String text) {
        return text.chars().filter(c -> c == '.').count() == 3;
    }

    /// Whether this address is one of them, or in one of them.
    public boolean contains(@Nullable InetAddress address) {
        if (address == null) {
            return false;
        }
        for (Network network : all) {
            if (network.contains(address)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public String toString() {
        return all.stream().map(Network::toString).collect(Collectors.joining(", "));
    }
}
