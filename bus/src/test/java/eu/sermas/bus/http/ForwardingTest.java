package eu.sermas.bus.http;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.http.Forwarding.Header;
import eu.sermas.bus.peer.Networks;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ForwardingTest {

    private static final Networks PROXIES = Networks.read("10.0.0.0/8, fd00::/8").orElseThrow();
    private static final InetAddress PROXY = InetAddress.ofLiteral("10.0.0.1");

    /// @param lines of one header, separated by `|`
    private static String client(Header header, InetAddress peer, String lines) {
        HttpHeaders headers = new DefaultHttpHeaders();
        for (String line : lines.split("\\|", -1)) {
            headers.add(header == Header.FORWARDED ? "Forwarded" : "X-Forwarded-For", line);
        }
        InetAddress client = new Forwarding(PROXIES, header).clientOf(peer, headers);
        return client == null ? "none" : client.getHostAddress();
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.7, 192.0.2.7",
        "192.0.2.7:4711, 192.0.2.7",
        "2001:db8::7, 2001:db8:0:0:0:0:0:7",
        "[2001:db8::7], 2001:db8:0:0:0:0:0:7",
        "[2001:db8::7]:4711, 2001:db8:0:0:0:0:0:7",
        "::ffff:192.0.2.7, 192.0.2.7",
        // What a client has written before stands to the left.
        "'203.0.113.9, 192.0.2.7', 192.0.2.7",
        "'10.9.9.9, 192.0.2.7', 192.0.2.7",
        "'127.0.0.1,192.0.2.7', 192.0.2.7",
        "203.0.113.9|192.0.2.7, 192.0.2.7",
        // Proxies in a row.
        "'203.0.113.9, 192.0.2.7, 10.0.0.2', 192.0.2.7",
        "'192.0.2.7 , fd00::2 ,10.0.0.2', 192.0.2.7",
        "'192.0.2.7|fd00::2|10.0.0.2', 192.0.2.7",
        // A client inside of the network of the proxies.
        "10.0.0.3, 10.0.0.3",
        "'10.0.0.4, 10.0.0.3', 10.0.0.4",
        // No address is no word.
        "unknown, 10.0.0.1",
        "'192.0.2.7, unknown', 10.0.0.1",
        "'192.0.2.7, host.example, 10.0.0.2', 10.0.0.2",
        "'192.0.2.7,', 10.0.0.1",
        "'', 10.0.0.1",
        "192.0.2.256, 10.0.0.1",
        "192.0.2, 10.0.0.1",
        "7, 10.0.0.1"
    })
    void isTheRightmostThatIsNoProxy(String lines, String client) {
        assertThat(client(Header.X_FORWARDED_FOR, PROXY, lines)).isEqualTo(client);
    }

    @ParameterizedTest
    @CsvSource({
        "for=192.0.2.7, 192.0.2.7",
        "For=192.0.2.7;proto=https;by=10.0.0.1, 192.0.2.7",
        "proto=https ; FOR=\"192.0.2.7:4711\", 192.0.2.7",
        "for=\"[2001:db8::7]:4711\", 2001:db8:0:0:0:0:0:7",
        "for=\"[2001:db8::7]\", 2001:db8:0:0:0:0:0:7",
        "'for=203.0.113.9, for=192.0.2.7;by=fd00::1, for=10.0.0.2', 192.0.2.7",
        // A quote that a client has opened reaches no further than its own element.
        "'for=\"203.0.113.9, for=192.0.2.7', 192.0.2.7",
        "'for=\"|for=192.0.2.7', 192.0.2.7",
        "for=_hidden, 10.0.0.1",
        "for=unknown, 10.0.0.1",
        "proto=https, 10.0.0.1",
        "192.0.2.7, 10.0.0.1"
    })
    void readsTheStandardHeader(String lines, String client) {
        assertThat(client(Header.FORWARDED, PROXY, lines)).isEqualTo(client);
    }

    @Test
    void believesNobodyElse() {
        InetAddress stranger = InetAddress.ofLiteral("203.0.113.1");
        assertThat(client(Header.X_FORWARDED_FOR, stranger, "192.0.2.7")).isEqualTo("203.0.113.1");
        assertThat(client(Header.FORWARDED, stranger, "for=192.0.2.7")).isEqualTo("203.0.113.1");
    }

    /// A proxy that writes one of them passes on what its client says in the other.
    @Test
    void looksAtOneHeaderOnly() {
        HttpHeaders headers = new DefaultHttpHeaders();
        headers.add("Forwarded", "for=203.0.113.9").add("X-Forwarded-For", "192.0.2.7");
        assertThat(new Forwarding(PROXIES, Header.X_FORWARDED_FOR).clientOf(PROXY, headers))
                .isEqualTo(InetAddress.ofLiteral("192.0.2.7"));
        assertThat(new Forwarding(PROXIES, Header.FORWARDED).clientOf(PROXY, headers))
                .isEqualTo(InetAddress.ofLiteral("203.0.113.9"));
    }
}
