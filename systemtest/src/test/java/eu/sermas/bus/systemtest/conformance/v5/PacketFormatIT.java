package eu.sermas.bus.systemtest.conformance.v5;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.conformance.Mqtt5;
import eu.sermas.bus.systemtest.conformance.Section;
import eu.sermas.bus.systemtest.raw.Connect;
import eu.sermas.bus.systemtest.raw.Packet.SubAck;
import eu.sermas.bus.systemtest.raw.Properties;
import eu.sermas.bus.systemtest.raw.Publish;
import eu.sermas.bus.systemtest.raw.RawClient;
import eu.sermas.bus.systemtest.raw.Subscribe;
import eu.sermas.bus.systemtest.raw.Type;
import java.util.HashSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Chapter 2: the format of packets.
class PacketFormatIT extends Section {

    private static final int MALFORMED = 0x81;
    private static final int PROTOCOL_ERROR = 0x82;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "41020001", // PUBACK
                "48020001",
                "51020001", // PUBREC
                "60020001", // PUBREL without the bit that it needs
                "63020001",
                "6a020001",
                "71020001", // PUBCOMP
                "800700010000017800", // SUBSCRIBE
                "830700010000017800",
                "a006000100000178", // UNSUBSCRIBE
                "a606000100000178",
                "c100", // PINGREQ
                "c800",
                "e100", // DISCONNECT
                "f100" // AUTH
            })
    @Mqtt5("MQTT-2.1.3-1")
    void otherFlagsThanTheFixedOnesAreMalformed(String packet) {
        connectV5().send(packet).expectDisconnect(MALFORMED);
    }

    @Test
    @Mqtt5("MQTT-2.1.3-1")
    void otherFlagsInConnectAreMalformed() {
        var connect = Connect.v5(name("c")).bytes();
        connect[0] |= 1;

        open().send(connect).expectClosed();
    }

    @Test
    @Mqtt5("MQTT-2.2.1-2")
    void qos0HasNoPacketIdentifier() {
        var topic = topic();
        var client = connectV5();
        client.subscribe(topic, 2);

        client.send(Publish.to(topic, new byte[] {0, 7}));

        var message = client.expectPublish();
        assertThat(message.qos()).isZero();
        assertThat(message.payload()).containsExactly(0, 7);
    }

    @ParameterizedTest
    @CsvSource({
        "320700017800000079, PUBLISH of QoS 1",
        "340700017800000079, PUBLISH of QoS 2",
        "820700000000017800, SUBSCRIBE",
        "a206000000000178, UNSUBSCRIBE"
    })
    @Mqtt5("MQTT-2.2.1-3")
    void thePacketIdentifierIsNotZero(String packet, String what) {
        assertThat(connectV5().send(packet).expectDisconnect(MALFORMED, PROTOCOL_ERROR))
                .as(what)
                .isNotNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    @Mqtt5("MQTT-2.2.1-4")
    void theBusUsesPacketIdentifiersThatAreFree(int qos) {
        var topic = topic();
        var receiver = connectV5();
        receiver.subscribe(topic, qos);
        var sender = connectV5();
        var inFlight = new HashSet<Integer>();

        for (int i = 0; i < 30; i++) {
            sender.publish(Publish.to(topic, "m" + i).qos(qos));
            int packetId = receiver.expectPublish("m" + i).packetId();
            assertThat(packetId).isPositive();
            assertThat(inFlight.add(packetId)).as("%d is free", packetId).isTrue();
            if (i % 3 == 0) {
                inFlight.remove(packetId);
                complete(receiver, qos, packetId);
            }
        }
    }

    private static void complete(RawClient receiver, int qos, int packetId) {
        if (qos == 1) {
            receiver.send(Type.PUBACK, packetId);
        } else {
            receiver.send(Type.PUBREC, packetId).expectAck(Type.PUBREL, packetId);
            receiver.send(Type.PUBCOMP, packetId);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 0xFF, 0x100, 0xFFFF})
    @Mqtt5("MQTT-2.2.1-5")
    void acknowledgementsRepeatThePacketIdentifier(int packetId) {
        var client = connectV5();

        client.send(Publish.to(topic(), "x").qos(1, packetId));
        client.expectAck(Type.PUBACK, packetId);
        client.send(Publish.to(topic(), "x").qos(2, packetId));
        client.expectAck(Type.PUBREC, packetId);
        client.send(Type.PUBREL, packetId).expectAck(Type.PUBCOMP, packetId);
    }

    @Test
    @Mqtt5("MQTT-2.2.1-5")
    void pubRelRepeatsThePacketIdentifier() {
        var topic = topic();
        var client = connectV5();
        client.subscribe(topic, 2);
        connectV5().publish(Publish.to(topic, "x").qos(2));

        int packetId = client.expectPublish().packetId();

        client.send(Type.PUBREC, packetId).expectAck(Type.PUBREL, packetId);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 0xFF, 0x100, 0xFFFF})
    @Mqtt5("MQTT-2.2.1-6")
    void subAckAndUnsubAckRepeatThePacketIdentifier(int packetId) {
        var client = connectV5();

        client.send(Subscribe.subscribe(packetId).filter(topic()));
        assertThat(client.expect(SubAck.class))
                .returns(Type.SUBACK, SubAck::type)
                .returns(packetId, SubAck::packetId);
        client.send(Subscribe.unsubscribe(packetId).filter(topic()));
        assertThat(client.expect(SubAck.class))
                .returns(Type.UNSUBACK, SubAck::type)
                .returns(packetId, SubAck::packetId);
    }

    @Test
    @Mqtt5("MQTT-2.2.2-1")
    void withoutPropertiesTheirLengthIsZero() {
        var topic = topic();
        var client = connectV5();

        // The reader of these tests fails where the length is missing.
        var granted = client.subscribe(topic, 0);
        client.send(Publish.to(topic, "payload"));
        var message = client.expectPublish("payload");

        assertThat(granted.properties()).isEqualTo(Properties.NONE);
        assertThat(message.properties()).isEqualTo(Properties.NONE);
    }

    @ParameterizedTest
    @CsvSource({
        "100a00044d5154540502003c, CONNECT that ends where the length should be",
        "3003000178, PUBLISH that ends where the length should be",
        "82020001, SUBSCRIBE that ends where the length should be",
        "a2020001, UNSUBSCRIBE that ends where the length should be"
    })
    @Mqtt5("MQTT-2.2.2-1")
    void aMissingPropertyLengthIsMalformed(String packet, String what) {
        var client = packet.startsWith("10") ? open() : connectV5();

        assertThat(client.send(packet).expectClosed()).as(what).isNotNull();
    }
}
