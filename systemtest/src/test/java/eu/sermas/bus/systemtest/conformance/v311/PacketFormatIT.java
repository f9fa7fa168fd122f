package eu.sermas.bus.systemtest.conformance.v311;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.conformance.Mqtt311;
import eu.sermas.bus.systemtest.conformance.Section;
import eu.sermas.bus.systemtest.raw.Connect;
import eu.sermas.bus.systemtest.raw.Packet.SubAck;
import eu.sermas.bus.systemtest.raw.Publish;
import eu.sermas.bus.systemtest.raw.Subscribe;
import eu.sermas.bus.systemtest.raw.Type;
import java.util.HashSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Chapter 2: the format of packets.
class PacketFormatIT extends Section {

    /// The reader of these tests fails on any other flags than those that are fixed.
    @Test
    @Mqtt311("MQTT-2.2.2-1")
    void theBusSetsTheFixedFlags() {
        var topic = topic();
        var client = connectV311(); // CONNACK

        client.subscribe(topic, 2); // SUBACK
        client.publish(Publish.to(name("t"), "x").qos(1)); // PUBACK
        client.publish(Publish.to(name("t"), "x").qos(2)); // PUBREC, PUBCOMP
        connectV311().publish(Publish.to(topic, "x").qos(2));
        client.acknowledge(client.expectPublish()); // PUBREL
        client.unsubscribe(topic); // UNSUBACK
        client.expectNothing(); // PINGRESP
    }

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
                "8006000100017800", // SUBSCRIBE
                "8306000100017800",
                "a0050001000178", // UNSUBSCRIBE
                "a6050001000178",
                "c100", // PINGREQ
                "c800",
                "e100", // DISCONNECT
                "0000", // the reserved packet types
                "f000"
            })
    @Mqtt311("MQTT-2.2.2-2")
    void otherFlagsCloseTheConnection(String packet) {
        connectV311().send(packet).expectEnd();
    }

    @Test
    @Mqtt311("MQTT-2.2.2-2")
    void otherFlagsInConnectCloseTheConnection() {
        var connect = Connect.v311(name("c")).bytes();
        connect[0] |= 1;

        open().send(connect).expectEnd();
    }

    @ParameterizedTest
    @CsvSource({
        "3206000178000079, PUBLISH of QoS 1",
        "3406000178000079, PUBLISH of QoS 2",
        "8206000000017800, SUBSCRIBE",
        "a2050000000178, UNSUBSCRIBE"
    })
    @Mqtt311("MQTT-2.3.1-1")
    void thePacketIdentifierIsNotZero(String packet, String what) {
        var client = connectV311();

        assertThat(client.send(packet).expectClosed()).as(what).isNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    @Mqtt311("MQTT-2.3.1-4")
    void theBusUsesPacketIdentifiersThatAreFree(int qos) {
        var topic = topic();
        var receiver = connectV311();
        receiver.subscribe(topic, qos);
        var sender = connectV311();
        var inFlight = new HashSet<Integer>();

        for (int i = 0; i < 30; i++) {
            sender.publish(Publish.to(topic, "m" + i).qos(qos));
            var message = receiver.expectPublish("m" + i);
            assertThat(message.packetId()).isPositive();
            assertThat(inFlight.add(message.packetId())).as("%s is free", message).isTrue();
            if (i % 3 == 0) {
                inFlight.remove(message.packetId());
                receiver.acknowledge(message);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    @Mqtt311("MQTT-2.3.1-4")
    void sentAgainAMessageKeepsItsPacketIdentifier(int qos) {
        var topic = topic();
        var name = name("c");
        var receiver = connect(Connect.v311(name).unclean());
        receiver.subscribe(topic, qos);
        connectV311().publish(Publish.to(topic, "x").qos(qos));
        int packetId = receiver.expectPublish().packetId();
        receiver.drop();

        assertThat(connect(Connect.v311(name).unclean()).expectPublish().packetId())
                .isEqualTo(packetId);
    }

    @Test
    @Mqtt311("MQTT-2.3.1-5")
    void qos0HasNoPacketIdentifier() {
        var topic = topic();
        var client = connectV311();
        client.subscribe(topic, 2);

        client.send(Publish.to(topic, new byte[] {0, 7}));

        var message = client.expectPublish();
        assertThat(message.qos()).isZero();
        assertThat(message.payload()).containsExactly(0, 7);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 0xFF, 0x100, 0xFFFF})
    @Mqtt311("MQTT-2.3.1-6")
    void acknowledgementsRepeatThePacketIdentifier(int packetId) {
        var client = connectV311();

        client.send(Publish.to(topic(), "x").qos(1, packetId));
        client.expectAck(Type.PUBACK, packetId);
        client.send(Publish.to(topic(), "x").qos(2, packetId));
        client.expectAck(Type.PUBREC, packetId);
        client.send(Type.PUBREL, packetId).expectAck(Type.PUBCOMP, packetId);
    }

    @Test
    @Mqtt311("MQTT-2.3.1-6")
    void pubRelRepeatsThePacketIdentifier() {
        var topic = topic();
        var client = connectV311();
        client.subscribe(topic, 2);
        connectV311().publish(Publish.to(topic, "x").qos(2)).publish(Publish.to(topic, "y").qos(2));
        int first = client.expectPublish("x").packetId();
        int second = client.expectPublish("y").packetId();

        client.send(Type.PUBREC, second).expectAck(Type.PUBREL, second);
        client.send(Type.PUBREC, first).expectAck(Type.PUBREL, first);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 0xFF, 0x100, 0xFFFF})
    @Mqtt311({"MQTT-2.3.1-7", "MQTT-3.8.4-2", "MQTT-3.10.4-4"})
    void subAckAndUnsubAckRepeatThePacketIdentifier(int packetId) {
        var client = connectV311();

        client.send(Subscribe.subscribe(packetId).filter(topic()));
        assertThat(client.expect(SubAck.class))
                .returns(Type.SUBACK, SubAck::type)
                .returns(packetId, SubAck::packetId);
        client.send(Subscribe.unsubscribe(packetId).filter(topic()));
        assertThat(client.expect(SubAck.class))
                .returns(Type.UNSUBACK, SubAck::type)
                .returns(packetId, SubAck::packetId);
    }
}
