package eu.sermas.bus.budget;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

class AddressOwnerTest {

    @Test
    void oneNetworkOfIpv6IsOneOwner() {
        assertThat(AddressOwner.of("2001:db8:1:2::1"))
                .isEqualTo(AddressOwner.of("2001:db8:1:2:ffff:ffff:ffff:ffff"))
                .isEqualTo("20010db800010002/64")
                .isNotEqualTo(AddressOwner.of("2001:db8:1:3::1"));
    }

    @Test
    void anIpv4AddressIsTheSameHoweverItIsWritten() throws UnknownHostException {
        byte[] bytes = {(byte) 192, 0, 2, 1};
        assertThat(AddressOwner.of("192.0.2.1"))
                .isEqualTo(AddressOwner.of("::ffff:192.0.2.1"))
                .isEqualTo(AddressOwner.of(InetAddress.getByAddress(bytes)))
                .isEqualTo("192.0.2.1")
                .isNotEqualTo(AddressOwner.of("192.0.2.2"));
    }

    @Test
    void aZoneDoesNotMatter() {
        assertThat(AddressOwner.of("fe80::1%nowhere")).isEqualTo(AddressOwner.of("fe80::1"));
    }

    @Test
    void whatIsNoAddressIsItsOwnOwner() {
        assertThat(AddressOwner.of("")).isEmpty();
        assertThat(AddressOwner.of("local")).isEqualTo("local");
    }
}
