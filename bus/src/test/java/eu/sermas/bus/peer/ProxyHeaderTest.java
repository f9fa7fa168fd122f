package eu.sermas.bus.peer;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.peer.ProxyHeader.Complete;
import eu.sermas.bus.peer.ProxyHeader.Incomplete;
import eu.sermas.bus.peer.ProxyHeader.Malformed;
import eu.sermas.bus.peer.ProxyHeader.Reading;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProxyHeaderTest {

    private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";
    private static final String V4 = "c0000207 c6336401 ddd5 01bb";
    private static final String V6 =
            "20010db8000000000000000000000007 20010db8000000000000000000000001 ddd5 01bb";
    private static final byte[] BEHIND = {0x10, 0x0D, 0x0A};

    private static byte[] text(String header) {
        return header.replace("CRLF", "\r\n").getBytes(ISO_8859_1);
    }

    private static byte[] hex(String header) {
        return HexFormat.of().parseHex(header.replace("SIGNATURE", SIGNATURE).replace(" ", ""));
    }

    /// Reads it with bytes of the client behind it, which stay where they are; and not a byte
    /// sooner than it is there.
    private static Reading read(byte[] header) {
        for (int length = 0; length < header.length; length++) {
            assertThat(ProxyHeader.read(Unpooled.wrappedBuffer(header, 0, length)))
                    .as("%d of %d bytes", length, header.length)
                    .isInstanceOf(Incomplete.class);
        }
        ByteBuf in = Unpooled.wrappedBuffer(header, BEHIND);
        Reading reading = ProxyHeader.read(in);
        assertThat(in.readableBytes()).isEqualTo(BEHIND.length);
        return reading;
    }

    private static void expectClient(Reading reading, String address, int port) {
        assertThat(reading).isInstanceOf(Complete.class);
        var client = Objects.requireNonNull(((Complete) reading).client());
        assertThat(client.getAddress().getHostAddress()).isEqualTo(address);
        assertThat(client.getPort()).isEqualTo(port);
    }

    @ParameterizedTest
    @CsvSource({
        "PROXY TCP4 192.0.2.7 198.51.100.1 56789 443CRLF, 192.0.2.7, 56789",
        "PROXY TCP4 255.255.255.255 255.255.255.255 65535 0CRLF, 255.255.255.255, 65535",
        "PROXY TCP6 2001:db8::7 2001:db8::1 56789 443CRLF, 2001:db8:0:0:0:0:0:7, 56789",
        "PROXY TCP6 ffff:f:f:f:f:f:f:ffff ffff:f:f:f:f:f:f:ffff 65535 65535CRLF,"
                + " ffff:f:f:f:f:f:f:ffff, 65535",
        "PROXY TCP6 ::ffff:192.0.2.7 ::ffff:198.51.100.1 1 2CRLF, 192.0.2.7, 1"
    })
    void readsTheFirstVersion(String header, String address, int port) {
        expectClient(read(text(header)), address, port);
    }

    @ParameterizedTest
    @CsvSource({
        "SIGNATURE 21 11 000c " + V4 + ", 192.0.2.7",
        "SIGNATURE 21 21 0024 " + V6 + ", 2001:db8:0:0:0:0:0:7",
        "SIGNATURE 21 11 0013 " + V4 + " 04 0004 00000000, 192.0.2.7",
        "SIGNATURE 21 11 000f " + V4 + " ff ffff, 192.0.2.7"
    })
    void readsTheSecondVersion(String header, String address) {
        expectClient(read(hex(header)), address, 0xDDD5);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SIGNATURE 20 00 0000", // LOCAL
                "SIGNATURE 20 11 000c " + V4, // LOCAL, whatever else it says
                "SIGNATURE 20 11 0003 010203",
                "SIGNATURE 21 00 0000", // of something unknown
                "SIGNATURE 21 12 000c " + V4, // of UDP
                "SIGNATURE 21 31 0004 01020304" // of a socket of Unix
            })
    void keepsTheAddressOfAProxyThatNamesNoOther(String header) {
        assertThat(read(hex(header))).isEqualTo(new Complete(null));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"PROXY UNKNOWNCRLF", "PROXY UNKNOWN ffff:f::1 whatever it likes to sayCRLF"})
    void soDoesTheFirstVersion(String header) {
        assertThat(read(text(header))).isEqualTo(new Complete(null));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1CRLF",
                "PROXY\tTCP4 192.0.2.7 198.51.100.1 1 2CRLF",
                "PROXY TCP4 192.0.2.7 198.51.100.1 1 2\n",
                "PROXY TCP4 192.0.2.7 198.51.100.1 1CRLF",
                "PROXY TCP4 192.0.2.7 198.51.100.1 1 2 3CRLF",
                "PROXY TCP4  192.0.2.7 198.51.100.1 1 2CRLF",
                "PROXY TCP4 192.0.2.256 198.51.100.1 1 2CRLF",
                "PROXY TCP4 2001:db8::7 2001:db8::1 1 2CRLF",
                "PROXY TCP6 192.0.2.7 198.51.100.1 1 2CRLF",
                "PROXY TCP6 fe80::1%eth0 2001:db8::1 1 2CRLF",
                "PROXY TCP4 host.example 198.51.100.1 1 2CRLF",
                "PROXY TCP4 192.0.2.7 198.51.100.1 65536 2CRLF",
                "PROXY TCP4 192.0.2.7 198.51.100.1 -1 2CRLF",
                "PROXY TCP4 192.0.2.7 198.51.100.1 1 02CRLF",
                "PROXY UDP4 192.0.2.7 198.51.100.1 1 2CRLF",
                "PROXY CRLF"
            })
    void refusesWhatIsNoLine(String header) {
        assertThat(ProxyHeader.read(Unpooled.wrappedBuffer(text(header))))
                .isInstanceOf(Malformed.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "160301", // a hello of TLS
                "0d0a0d0a01",
                "SIGNATURE 11 11 000c " + V4,
                "SIGNATURE 31 11 000c " + V4,
                "SIGNATURE 22 11 000c " + V4,
                "SIGNATURE 21 41 000c " + V4,
                "SIGNATURE 21 13 000c " + V4,
                "SIGNATURE 21 11 000b c0000207 c6336401 ddd5 01",
                "SIGNATURE 21 21 000c " + V4,
                "SIGNATURE 21 11 0ff1",
                "SIGNATURE 21 11 ffff"
            })
    void refusesWhatIsNoBinaryHeader(String header) {
        assertThat(ProxyHeader.read(Unpooled.wrappedBuffer(hex(header))))
                .isInstanceOf(Malformed.class);
    }

    @Test
    void endsWithTheLongestOfEach() {
        byte[] line = new byte[107];
        Arrays.fill(line, (byte) 'x');
        System.arraycopy(text("PROXY UNKNOWN "), 0, line, 0, 14);
        assertThat(ProxyHeader.read(Unpooled.wrappedBuffer(line))).isInstanceOf(Malformed.class);
        line[105] = '\r';
        line[106] = '\n';
        assertThat(read(line)).isEqualTo(new Complete(null));
        byte[] fields = Arrays.copyOf(hex("SIGNATURE 21 11 0ff0 " + V4), ProxyHeader.LONGEST);
        expectClient(read(fields), "192.0.2.7", 0xDDD5);
    }
}
