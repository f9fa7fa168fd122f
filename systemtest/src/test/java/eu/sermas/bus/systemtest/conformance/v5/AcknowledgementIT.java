package eu.sermas.bus.systemtest.conformance.v5;

import static eu.sermas.bus.systemtest.raw.Bytes.bytes;
import static eu.sermas.bus.systemtest.raw.Property.MAXIMUM_PACKET_SIZE;
import static eu.sermas.bus.systemtest.raw.Property.PAYLOAD_FORMAT_INDICATOR;
import static eu.sermas.bus.systemtest.raw.Property.REASON_STRING;
import static eu.sermas.bus.systemtest.raw.Property.USER_PROPERTY;
import static eu.sermas.bus.systemtest.raw.Reasons.MALFORMED;
import static eu.sermas.bus.systemtest.raw.Reasons.NO_MATCHING_SUBSCRIBERS;
import static eu.sermas.bus.systemtest.raw.Reasons.PACKET_IDENTIFIER_NOT_FOUND;
import static eu.sermas.bus.systemtest.raw.Reasons.PAYLOAD_FORMAT_INVALID;
import static eu.sermas.bus.systemtest.raw.Reasons.PROTOCOL_ERROR;
import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.conformance.Mqtt5;
import eu.sermas.bus.systemtest.conformance.Section;
import eu.sermas.bus.systemtest.raw.Bytes;
import eu.sermas.bus.systemtest.raw.Connect;
import eu.sermas.bus.systemtest.raw.Packet.Ack;
import eu.sermas.bus.systemtest.raw.Publish;
import eu.sermas.bus.systemtest.raw.RawClient;
import eu.sermas.bus.systemtest.raw.Reasons;
import eu.sermas.bus.systemtest.raw.Type;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Sections 3.4 to 3.7: PUBACK, PUBREC, PUBREL and PUBCOMP.
class AcknowledgementIT extends Section {

    /// What the bus needs for its CONNACK and for any acknowledgement without properties.
    private static final int SMALL = 16;

    @ParameterizedTest
    @EnumSource(names = {"PUBACK", "PUBREC", "PUBREL", "PUBCOMP"})
    @Mqtt5({"MQTT-3.4.2-1", "MQTT-3.5.2-1", "MQTT-3.6.2-1", "MQTT-3.7.2-1"})
    void reasonCodesThatAreNotListedAreRefused(Type type) {
        for (int reason : Reasons.notListed(type)) {
            connectV5().send(type, 1, reason).expectDisconnect(MALFORMED, PROTOCOL_ERROR);
        }
    }

    @Test
    @Mqtt5({"MQTT-3.4.2-1", "MQTT-3.5.2-1"})
    void theBusAnswersPublishWithListedReasonCodes() {
        var topic = topic();
        var client = connectV5();
        client.subscribe(topic, 0);

        assertThat(reason(client, Publish.to(topic(), "x").qos(1, 1)))
                .isEqualTo(NO_MATCHING_SUBSCRIBERS);
        assertThat(reason(client, Publish.to(topic(), "x").qos(2, 2)))
                .isEqualTo(NO_MATCHING_SUBSCRIBERS);
        assertThat(reason(client, noText(1))).isEqualTo(PAYLOAD_FORMAT_INVALID);
        assertThat(reason(client, noText(2))).isEqualTo(PAYLOAD_FORMAT_INVALID);
        var other = connectV5();
        assertThat(reason(other, Publish.to(topic, "x").qos(1, 1))).isZero();
        assertThat(reason(other, Publish.to(topic, "x").qos(2, 2))).isZero();
    }

    private static int reason(RawClient client, Publish message) {
        var answer = client.send(message).expect(Ack.class);
        assertThat(answer)
                .returns(message.qos() == 1 ? Type.PUBACK : Type.PUBREC, Ack::type)
                .returns(message.packetId(), Ack::packetId);
        return answer.reason();
    }

    @Test
    @Mqtt5({"MQTT-3.6.2-1", "MQTT-3.7.2-1"})
    void theBusAnswersTheRestOfQos2WithListedReasonCodes() {
        var topic = topic();
        var client = connectV5();
        client.subscribe(topic, 2);
        connectV5().publish(Publish.to(topic, "x").qos(2));
        int packetId = client.expectPublish("x").packetId();

        assertThat(answer(client, Type.PUBREC, packetId, Type.PUBREL)).isZero();
        client.send(Type.PUBCOMP, packetId);
        assertThat(answer(client, Type.PUBREC, packetId, Type.PUBREL))
                .isEqualTo(PACKET_IDENTIFIER_NOT_FOUND);
        client.send(Publish.to(topic(), "x").qos(2, 9)).expectAck(Type.PUBREC, 9);
        assertThat(answer(client, Type.PUBREL, 9, Type.PUBCOMP)).isZero();
        assertThat(answer(client, Type.PUBREL, 9, Type.PUBCOMP))
                .isEqualTo(PACKET_IDENTIFIER_NOT_FOUND);
    }

    private static int answer(RawClient client, Type sent, int packetId, Type expected) {
        var answer = client.send(sent, packetId).expect(Ack.class);
        assertThat(answer).returns(expected, Ack::type).returns(packetId, Ack::packetId);
        return answer.reason();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    @Mqtt5({"MQTT-3.4.2-2", "MQTT-3.4.2-3", "MQTT-3.5.2-2", "MQTT-3.5.2-3"})
    void aRefusalIsNoLargerThanTheClientAccepts(int qos) {
        var full = connectV5().send(noText(qos)).expect(Ack.class);
        int size = 2 + 2 + 1 + full.properties().encoded().toArray().length;

        assertThat(full.properties().text(REASON_STRING)).isNotEmpty();
        assertThat(refusal(qos, size).properties().text(REASON_STRING))
                .isEqualTo(full.properties().text(REASON_STRING));
        for (int tooSmall : new int[] {size - 1, SMALL}) {
            var bare = refusal(qos, tooSmall);
            assertThat(bare.reason()).isEqualTo(PAYLOAD_FORMAT_INVALID);
            assertThat(bare.properties().has(REASON_STRING)).isFalse();
            assertThat(bare.properties().has(USER_PROPERTY)).isFalse();
        }
    }

    private Ack refusal(int qos, int maximumPacketSize) {
        return accepting(maximumPacketSize).send(noText(qos)).expect(Ack.class);
    }

    /// The reader of these tests fails on anything that is larger.
    private RawClient accepting(int maximumPacketSize) {
        return connect(Connect.v5(name("c")).with(MAXIMUM_PACKET_SIZE, maximumPacketSize));
    }

    /// A message that the bus refuses, with a reason in words.
    private static Publish noText(int qos) {
        return Publish.to(topic(), Bytes.hex("ff")).qos(qos, 8).with(PAYLOAD_FORMAT_INDICATOR, 1);
    }

    @Test
    @Mqtt5({"MQTT-3.6.2-2", "MQTT-3.6.2-3", "MQTT-3.7.2-2", "MQTT-3.7.2-3"})
    void theRestOfQos2IsNoLargerThanTheClientAccepts() {
        var client = accepting(SMALL);

        assertThat(answer(client, Type.PUBREC, 1, Type.PUBREL))
                .isEqualTo(PACKET_IDENTIFIER_NOT_FOUND);
        assertThat(answer(client, Type.PUBREL, 1, Type.PUBCOMP))
                .isEqualTo(PACKET_IDENTIFIER_NOT_FOUND);
        client.send(Publish.to(topic(), "x").qos(2, 1)).expectAck(Type.PUBREC, 1);
        assertThat(answer(client, Type.PUBREL, 1, Type.PUBCOMP)).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15})
    @Mqtt5("MQTT-3.6.1-1")
    void otherFlagsOfPubRelAreMalformed(int flags) {
        var client = connectV5();
        client.send(Publish.to(topic(), "x").qos(2, 1)).expectAck(Type.PUBREC, 1);

        client.send(Bytes.packet(Type.PUBREL.firstByte(flags), bytes().u16(1)))
                .expectDisconnect(MALFORMED);
    }
}
