package eu.sermas.bus.systemtest.conformance.v5;

import static eu.sermas.bus.systemtest.raw.Property.RECEIVE_MAXIMUM;
import static eu.sermas.bus.systemtest.raw.Property.TOPIC_ALIAS;
import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.conformance.Mqtt5;
import eu.sermas.bus.systemtest.conformance.Section;
import eu.sermas.bus.systemtest.raw.Connect;
import eu.sermas.bus.systemtest.raw.Packet.ConnAck;
import eu.sermas.bus.systemtest.raw.Packet.Disconnect;
import eu.sermas.bus.systemtest.raw.Publish;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Section 4.13: handling of errors.
class ErrorsIT extends Section {

    private static final int PROTOCOL_ERROR = 0x82;
    private static final int UNSUPPORTED_VERSION = 0x84;
    private static final int KEEP_ALIVE_TIMEOUT = 0x8D;
    private static final int SESSION_TAKEN_OVER = 0x8E;
    private static final int TOPIC_ALIAS_INVALID = 0x94;

    /// What follows the bad packet is not looked at any more.
    private static final String PINGREQ = "c000";

    @ParameterizedTest
    @CsvSource({
        "0000, 0x81, the forbidden packet type",
        "3600000000, 0x81, QoS 3",
        "30ffffffff01, 0x81, a length of five bytes",
        "c10100, 0x81, flags of PINGREQ",
        "c00100, 0x81, PINGREQ with a body",
        "300400017805, 0x81, properties longer than the packet",
        "3006000178022a00, 0x81, an unknown property",
        "820600010000017803, 0x81, SUBSCRIBE cut off",
        "82070001000001787f, 0x81, reserved subscription options",
        "820700010000017803, 0x82, QoS 3 in a subscription",
        "82030001 00, 0x82, SUBSCRIBE without a filter",
        "30090001780401000101, 0x82, a property twice",
        "300600017802 0102, 0x82, a property with a wrong value",
        "100d00044d5154540502003c000000, 0x82, a second CONNECT",
        "20030000 00, 0x82, CONNACK of a client",
        "d000, 0x82, PINGRESP of a client",
        "9004000100 00, 0x82, SUBACK of a client"
    })
    @Mqtt5("MQTT-4.13.1-1")
    void aPacketThatIsWrongEndsTheConnection(String packet, String reason, String what) {
        var disconnect = connectV5().send(packet + PINGREQ).expectClosed();

        // Where the specification leaves open which of the two it is, either will do.
        assertThat(disconnect)
                .as(what)
                .isInstanceOfSatisfying(
                        Disconnect.class,
                        d -> assertThat(d.reason()).isIn(Integer.decode(reason), 0x81, 0x82));
    }

    @Test
    @Mqtt5("MQTT-4.13.1-1")
    void anAliasOutOfRangeEndsTheConnection() {
        connectV5()
                .send(Publish.to(topic(), "x").with(TOPIC_ALIAS, 0xFFFF))
                .expectDisconnect(TOPIC_ALIAS_INVALID);
    }

    @Test
    @Mqtt5("MQTT-4.13.1-1")
    void aWrongConnectIsRefusedOrClosed() {
        var none = open().send(Connect.v5(name("c")).flip(1)).expectClosed();
        assertThat(none == null || none instanceof ConnAck).isTrue();
        open().send(Connect.v5(name("c")).with(RECEIVE_MAXIMUM, 0)).expectRefused(PROTOCOL_ERROR);
    }

    @ParameterizedTest
    @ValueSource(ints = {6, 127})
    @Mqtt5("MQTT-4.13.2-1")
    void aConnectionWhoseConnectIsRefusedIsClosed(int level) {
        open().send(Connect.v5(name("c")).protocol("MQTT", level))
                .expectRefused(UNSUPPORTED_VERSION);
    }

    @Test
    @Mqtt5("MQTT-4.13.2-1")
    void aConnectionIsClosedBehindDisconnect() {
        var name = name("c");
        var before = connect(Connect.v5(name));
        connect(Connect.v5(name));
        before.expectDisconnect(SESSION_TAKEN_OVER);

        connect(Connect.v5(name("c")).keepAlive(1)).expectDisconnect(KEEP_ALIVE_TIMEOUT);
        connectV5().send(Connect.v5(name("c"))).expectDisconnect(PROTOCOL_ERROR);
    }

    @Test
    @Mqtt5("MQTT-4.13.1-1")
    void theOtherClientsDoNotNotice() {
        var topic = topic();
        var other = connectV5();
        other.subscribe(topic, 1);

        connectV5().send("0000").expectClosed();
        connectV5().send("3600000000").expectClosed();

        other.send(Publish.to(topic, "x"));
        other.expectPublish("x");
    }
}
