package eu.sermas.bus.peer;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetworksTest {

    @ParameterizedTest
    @CsvSource({
        "10.0.0.7, 10.0.0.7, 10.0.0.8",
        "10.0.0.0/8, 10.255.0.1, 11.0.0.1",
        "10.0.0.0/9, 10.127.0.1, 10.128.0.1",
        "192.0.2.7/31, 192.0.2.6, 192.0.2.8",
        "0.0.0.0/0, 203.0.113.9, ::1",
        "::/0, 2001:db8::1, 127.0.0.1",
        "fd00::/8, fdff::1, fe00::1",
        "2001:db8::/33, 2001:db8:7fff::1, 2001:db8:8000::1",
        "::ffff:10.0.0.7, 10.0.0.7, ::7",
        "'10.0.0.1 ,, 10.0.0.3', 10.0.0.3, 10.0.0.2"
    })
    void holds(String text, String inside, String outside) {
        Networks networks = Networks.read(text).orElseThrow();
        assertThat(networks.contains(InetAddress.ofLiteral(inside))).isTrue();
        assertThat(networks.contains(InetAddress.ofLiteral(outside))).isFalse();
        assertThat(networks.contains(null)).isFalse();
        assertThat(Networks.read(networks.toString())).contains(networks);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.0.0",
                "10.0.0.0/33",
                "10.0.0.0/-1",
                "10.0.0.0/",
                "10.0.0.0/8/8",
                "::/129",
                "localhost",
                "*",
                "10.0.0.1;10.0.0.2",
                "10.0.0.1, nginx"
            })
    void refuses(String text) {
        assertThat(Networks.read(text)).isEmpty();
    }
}
