package eu.sermas.bus.peer;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What a proxy says of a connection in front of the bytes of its client, by the PROXY protocol,
/// version 1 or 2. Of all that only the address of the client is of interest here.
///
/// Written by hand because it is two formats of fixed shape. What is optional in them is passed
/// over without being looked at, so there is nothing in it to be got wrong.
public final class ProxyHeader {

    /// A longer one is refused; what proxies add of certificates and networks stays far below.
    public static final int LONGEST = 4096;

    /// Version 1: one line.
    private static final byte[] TEXT = "PROXY ".getBytes(US_ASCII);

    private static final int LONGEST_TEXT = 107;
    private static final Pattern PORT = Pattern.compile("0|[1-9]\\d{0,4}");
    private static final int HIGHEST_PORT = 65_535;

    /// Version 2: twelve bytes, four of head, addresses, and further fields.
    private static final byte[] BINARY = {
        0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A
    };

    private static final int HEAD = BINARY.length + 4;
    private static final int LOCAL = 0;
    private static final int PROXY = 1;
    private static final int TCP_OVER_IPV4 = 0x11;
    private static final int TCP_OVER_IPV6 = 0x21;
    private static final int HIGHEST_FAMILY = 3;
    private static final int HIGHEST_TRANSPORT = 2;
    private static final int IPV4 = 4;
    private static final int IPV6 = 16;
    private static final int PORTS = 4;

    /// What has been made of the bytes so far.
    public sealed interface Reading {}

    /// There are too few of them.
    public record Incomplete() implements Reading {}

    /// They are no such header.
    public record Malformed(String reason) implements Reading {}

    /// They are; what stands behind it is the client's.
    ///
    /// @param client null where the proxy speaks for itself, or of something that is not TCP
    public record Complete(@Nullable InetSocketAddress client) implements Reading {}

    private static final Reading INCOMPLETE = new Incomplete();
    private static final Reading OF_PROXY = new Complete(null);

    private ProxyHeader() {}

    /// Reads the header, if it is there as a whole.
    public static Reading read(ByteBuf in) {
        if (beginsAs(in, TEXT)) {
            return in.readableBytes() < TEXT.length ? INCOMPLETE : readText(in);
        }
        if (beginsAs(in, BINARY)) {
            return in.readableBytes() < HEAD ? INCOMPLETE : readBinary(in);
        }
        return malformed("no PROXY header (expected: one from this address)");
    }

    /// Whether what has come may become this.
    private static boolean beginsAs(ByteBuf in, byte[] signature) {
        int there = Math.min(in.readableBytes(), signature.length);
        for (int i = 0; i < there; i++) {
            if (in.getByte(in.readerIndex() + i) != signature[i]) {
                return false;
            }
        }
        return true;
    }

    /// Whether these bytes begin with a header, for where none is expected.
    public static boolean isBegunIn(ByteBuf in) {
        return (in.readableBytes() >= TEXT.length && beginsAs(in, TEXT))
                || (in.readableBytes() >= BINARY.length && beginsAs(in, BINARY));
    }

    private static Reading malformed(String reason) {
        return new Malformed(reason);
    }

    private static Reading readText(ByteBuf in) {
        int most = Math.min(in.readableBytes(), LONGEST_TEXT);
        int length = in.bytesBefore(most, (byte) '\n');
        if (length < 0) {
            return most < LONGEST_TEXT
                    ? INCOMPLETE
                    : malformed("PROXY header: no end of line in " + LONGEST_TEXT + " bytes");
        }
        String line = in.readString(length + 1, US_ASCII);
        if (!line.endsWith("\r\n")) {
            return malformed("PROXY header: a line end of one byte (expected: CR LF)");
        }
        String[] words = line.substring(0, line.length() - 2).split(" ", -1);
        if (words[1].equals("UNKNOWN")) {
            return OF_PROXY;
        }
        int size =
                switch (words[1]) {
                    case "TCP4" -> IPV4;
                    case "TCP6" -> IPV6;
                    default -> 0;
                };
        if (size == 0 || words.length != 6 || !isPort(words[4]) || !isPort(words[5])) {
            return malformed("PROXY header: expected TCP4, TCP6 or UNKNOWN, addresses and ports");
        }
        InetAddress client = addressIn(words[2], size);
        return client == null || addressIn(words[3], size) == null
                ? malformed("PROXY header: no address of " + words[1])
                : new Complete(new InetSocketAddress(client, Integer.parseInt(words[4])));
    }

    private static boolean isPort(String text) {
        return PORT.matcher(text).matches() && Integer.parseInt(text) <= HIGHEST_PORT;
    }

    /// IPv4 may be written as IPv6, and is IPv4 then.
    private static @Nullable InetAddress addressIn(String text, int size) {
        return text.indexOf(':') >= 0 == (size == IPV6) ? Networks.addressIn(text) : null;
    }

    private static Reading readBinary(ByteBuf in) {
        int at = in.readerIndex() + BINARY.length;
        int command = in.getByte(at) & 0x0F;
        int family = in.getUnsignedByte(at + 1);
        int length = in.getUnsignedShort(at + 2);
        if (in.getUnsignedByte(at) >> 4 != 2 || command > PROXY) {
            return malformed("PROXY header: version and command 0x%02X".formatted(in.getByte(at)));
        }
        if (family >> 4 > HIGHEST_FAMILY || (family & 0x0F) > HIGHEST_TRANSPORT) {
            return malformed("PROXY header: address family 0x%02X".formatted(family));
        }
        if (HEAD + length > LONGEST) {
            return malformed(
                    "PROXY header: %d bytes (expected: at most %d)"
                            .formatted(HEAD + length, LONGEST));
        }
        if (in.readableBytes() < HEAD + length) {
            return INCOMPLETE;
        }
        ByteBuf body = in.skipBytes(HEAD).readSlice(length);
        int size = family == TCP_OVER_IPV4 ? IPV4 : family == TCP_OVER_IPV6 ? IPV6 : 0;
        if (command == LOCAL || size == 0) {
            return OF_PROXY;
        }
        return length < 2 * size + PORTS
                ? malformed("PROXY header: too short for its addresses")
                : new Complete(clientIn(body, size));
    }

    private static InetSocketAddress clientIn(ByteBuf body, int size) {
        byte[] client = new byte[size];
        body.getBytes(body.readerIndex(), client);
        int port = body.getUnsignedShort(body.readerIndex() + 2 * size);
        try {
            return new InetSocketAddress(InetAddress.getByAddress(client), port);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e); // the size is right
        }
    }
}
