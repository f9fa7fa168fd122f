package eu.sermas.bus.systemtest.conformance.v5;

import static eu.sermas.bus.systemtest.raw.Property.MESSAGE_EXPIRY_INTERVAL;
import static eu.sermas.bus.systemtest.raw.Property.PAYLOAD_FORMAT_INDICATOR;
import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.conformance.Mqtt5;
import eu.sermas.bus.systemtest.conformance.Section;
import eu.sermas.bus.systemtest.raw.Packet.Ack;
import eu.sermas.bus.systemtest.raw.Publish;
import eu.sermas.bus.systemtest.raw.RawClient;
import eu.sermas.bus.systemtest.raw.Type;
import java.util.HashSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Section 4.3: quality of service, with the bus as the receiver and as the sender.
class QualityOfServiceIT extends Section {

    private static final int PAYLOAD_FORMAT_INVALID = 0x99;
    private static final int ANY_ERROR = 0x80;

    // The bus as the sender

    @ParameterizedTest
    @CsvSource({"0, 0", "0, 2", "1, 0", "2, 0"})
    @Mqtt5("MQTT-4.3.1-1")
    void qos0LeavesWithQos0AndWithoutDup(int published, int granted) {
        var topic = topic();
        var receiver = connectV5();
        receiver.subscribe(topic, granted);
        var message = Publish.to(topic, "x").qos(published, 1);

        connectV5().send(published == 0 ? message : message.asDup());

        assertThat(receiver.expectPublish("x"))
                .returns(0, Publish::qos)
                .returns(false, Publish::dup);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "1, 2", "2, 1"})
    @Mqtt5({"MQTT-4.3.2-1", "MQTT-4.3.2-2"})
    void qos1LeavesWithAnIdentifierOfItsOwnAndWithoutDup(int published, int granted) {
        assertOwnIdentifiersWithoutDup(published, granted, 1);
    }

    @Test
    @Mqtt5({"MQTT-4.3.3-1", "MQTT-4.3.3-2"})
    void qos2LeavesWithAnIdentifierOfItsOwnAndWithoutDup() {
        assertOwnIdentifiersWithoutDup(2, 2, 2);
    }

    private void assertOwnIdentifiersWithoutDup(int published, int granted, int expected) {
        var topic = topic();
        var receiver = connectV5();
        receiver.subscribe(topic, granted);
        var sender = connectV5();
        var inFlight = new HashSet<Integer>();

        for (int i = 1; i <= 40; i++) {
            // The identifier and the DUP flag of the publisher are its own business.
            sender.send(Publish.to(topic, "m" + i).qos(published, 1000 + i).asDup());
            sender.expect(Ack.class);
            var message = receiver.expectPublish("m" + i);
            assertThat(message).returns(expected, Publish::qos).returns(false, Publish::dup);
            assertThat(message.packetId()).isPositive();
            assertThat(inFlight.add(message.packetId())).as("%s is free", message).isTrue();
            if (i % 2 == 0) {
                inFlight.remove(message.packetId());
                complete(receiver, message);
            }
        }
    }

    private static void complete(RawClient receiver, Publish message) {
        int packetId = message.packetId();
        if (message.qos() == 1) {
            receiver.send(Type.PUBACK, packetId);
        } else {
            receiver.send(Type.PUBREC, packetId).expectAck(Type.PUBREL, packetId);
            receiver.send(Type.PUBCOMP, packetId);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    @Mqtt5({"MQTT-4.3.2-3", "MQTT-4.3.3-3"})
    void aMessageIsUnacknowledgedUntilItsAnswerComes(int qos) {
        var name = name("c");
        int packetId = publishTo(name, Publish.to(topic(), "x").qos(qos));

        for (int i = 0; i < 2; i++) {
            var again = resume(name);
            assertThat(again.expectPublish("x"))
                    .returns(true, Publish::dup)
                    .returns(qos, Publish::qos)
                    .returns(packetId, Publish::packetId);
            again.drop();
        }

        var last = resume(name);
        last.expectPublish("x");
        last.send(qos == 1 ? Type.PUBACK : Type.PUBREC, packetId);
        if (qos == 2) {
            last.expectAck(Type.PUBREL, packetId);
            last.send(Type.PUBCOMP, packetId);
        }
        last.disconnect();
        resume(name).expectNothing();
    }

    /// Publishes the message to a client of this name, which vanishes with the message in hand.
    private int publishTo(String clientId, Publish message) {
        var client = resume(clientId);
        client.subscribe(message.topic(), message.qos());
        connectV5().publish(message);
        int packetId = client.expectPublish().packetId();
        client.drop();
        return packetId;
    }

    @ParameterizedTest
    @ValueSource(ints = {0x00, 0x10})
    @Mqtt5("MQTT-4.3.3-4")
    void pubRecIsAnsweredWithPubRelOfTheSameIdentifier(int reason) {
        var topic = topic();
        var client = connectV5();
        client.subscribe(topic, 2);
        connectV5().publish(Publish.to(topic, "x").qos(2));
        int packetId = client.expectPublish("x").packetId();

        client.send(Type.PUBREC, packetId, reason);

        assertThat(client.expectAck(Type.PUBREL, packetId).reason()).isZero();
        client.expectNothing();
    }

    @Test
    @Mqtt5("MQTT-4.3.3-4")
    void aRefusingPubRecIsNotAnswered() {
        var topic = topic();
        var client = connectV5();
        client.subscribe(topic, 2);
        connectV5().publish(Publish.to(topic, "x").qos(2));
        int packetId = client.expectPublish("x").packetId();

        client.send(Type.PUBREC, packetId, ANY_ERROR).expectNothing();
    }

    @Test
    @Mqtt5({"MQTT-4.3.3-5", "MQTT-4.3.3-6"})
    void afterPubRelOnlyPubRelIsSentAgainUntilPubComp() {
        var name = name("c");
        int packetId = publishTo(name, Publish.to(topic(), "x").qos(2));
        var client = resume(name);
        client.expectPublish("x");
        client.send(Type.PUBREC, packetId).expectAck(Type.PUBREL, packetId);
        client.drop();

        for (int i = 0; i < 2; i++) {
            var again = resume(name);
            again.expectAck(Type.PUBREL, packetId);
            again.expectNothing();
            again.drop();
        }

        var last = resume(name);
        last.expectAck(Type.PUBREL, packetId);
        last.send(Type.PUBCOMP, packetId);
        last.disconnect();
        resume(name).expectNothing();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    @Mqtt5("MQTT-4.3.3-7")
    void aMessageThatWasSentOnceDoesNotExpire(int qos) {
        var name = name("c");
        int packetId =
                publishTo(name, Publish.to(topic(), "x").qos(qos).with(MESSAGE_EXPIRY_INTERVAL, 1));

        letASecondPass();

        assertThat(resume(name).expectPublish("x"))
                .returns(true, Publish::dup)
                .returns(packetId, Publish::packetId);
    }

    @Test
    @Mqtt5("MQTT-4.3.3-13")
    void theBusGoesOnWithTheStepsOfAnExpiredMessageAsItsSender() {
        var topic = topic();
        var client = connectV5();
        client.subscribe(topic, 2);
        connectV5().publish(Publish.to(topic, "x").qos(2).with(MESSAGE_EXPIRY_INTERVAL, 1));
        int packetId = client.expectPublish("x").packetId();

        letASecondPass();

        client.send(Type.PUBREC, packetId);
        assertThat(client.expectAck(Type.PUBREL, packetId).reason()).isZero();
    }

    // The bus as the receiver

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 0x7FFF, 0xFFFF})
    @Mqtt5({"MQTT-4.3.2-4", "MQTT-4.3.3-8", "MQTT-4.3.3-11"})
    void theBusAnswersWithTheIdentifier(int packetId) {
        var topic = topic();
        var client = connectV5();

        client.send(Publish.to(topic, "x").qos(1, packetId)).expectAck(Type.PUBACK, packetId);
        client.expectNothing();
        client.send(Publish.to(topic, "x").qos(2, packetId)).expectAck(Type.PUBREC, packetId);
        client.expectNothing();
        client.send(Type.PUBREL, packetId);
        assertThat(client.expectAck(Type.PUBCOMP, packetId).reason()).isZero();
        client.expectNothing();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Mqtt5("MQTT-4.3.2-5")
    void afterPubAckTheSameIdentifierIsANewMessage(boolean dup) {
        var topic = topic();
        var receiver = connectV5();
        receiver.subscribe(topic, 0);
        var sender = connectV5();
        var message = Publish.to(topic, "x").qos(1, 7);

        sender.send(message).expectAck(Type.PUBACK, 7);
        sender.send(dup ? message.asDup() : message).expectAck(Type.PUBACK, 7);

        assertThat(receiver.expectPublishes()).hasSize(2);
    }

    @Test
    @Mqtt5("MQTT-4.3.3-9")
    void afterARefusingPubRecTheIdentifierIsFree() {
        var topic = topic();
        var receiver = connectV5();
        receiver.subscribe(topic, 0);
        var sender = connectV5();
        var refused = Publish.to(topic, new byte[] {(byte) 0xFF}).with(PAYLOAD_FORMAT_INDICATOR, 1);

        sender.send(refused.qos(2, 7));
        assertThat(sender.expect(Ack.class))
                .returns(Type.PUBREC, Ack::type)
                .returns(7, Ack::packetId)
                .returns(PAYLOAD_FORMAT_INVALID, Ack::reason);

        sender.send(Publish.to(topic, "new").qos(2, 7).asDup());
        sender.expectAck(Type.PUBREC, 7);
        receiver.expectPublish("new");
        receiver.expectNothing();
    }

    @Test
    @Mqtt5("MQTT-4.3.3-10")
    void untilPubRelTheSameIdentifierIsTheSameMessage() {
        var topic = topic();
        var name = name("c");
        var receiver = connectV5();
        receiver.subscribe(topic, 2);
        var message = Publish.to(topic, "x").qos(2, 7);
        var sender = resume(name);

        sender.send(message).expectAck(Type.PUBREC, 7);
        sender.send(message.asDup()).expectAck(Type.PUBREC, 7);
        sender.send(message).expectAck(Type.PUBREC, 7);
        sender.drop();
        var again = resume(name);
        again.send(message.asDup()).expectAck(Type.PUBREC, 7);

        again.send(Type.PUBREL, 7);
        assertThat(again.expectAck(Type.PUBCOMP, 7).reason()).isZero();
        assertThat(receiver.expectPublishes()).hasSize(1);
    }

    @Test
    @Mqtt5("MQTT-4.3.3-11")
    void pubRelIsAnsweredAcrossConnections() {
        var name = name("c");
        var sender = resume(name);
        sender.send(Publish.to(topic(), "x").qos(2, 7)).expectAck(Type.PUBREC, 7);
        sender.drop();

        var again = resume(name);
        again.send(Type.PUBREL, 7);
        assertThat(again.expectAck(Type.PUBCOMP, 7).reason()).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Mqtt5("MQTT-4.3.3-12")
    void afterPubCompTheSameIdentifierIsANewMessage(boolean dup) {
        var topic = topic();
        var receiver = connectV5();
        receiver.subscribe(topic, 0);
        var sender = connectV5();
        var message = Publish.to(topic, "x").qos(2, 7);

        sender.send(message).expectAck(Type.PUBREC, 7);
        sender.send(Type.PUBREL, 7).expectAck(Type.PUBCOMP, 7);
        sender.send(dup ? message.asDup() : message).expectAck(Type.PUBREC, 7);

        assertThat(receiver.expectPublishes()).hasSize(2);
    }

    @Test
    @Mqtt5("MQTT-4.3.3-13")
    void theBusGoesOnWithTheStepsOfAnExpiredMessageAsItsReceiver() {
        var sender = connectV5();
        var message = Publish.to(topic(), "x").qos(2, 7).with(MESSAGE_EXPIRY_INTERVAL, 1);
        sender.send(message).expectAck(Type.PUBREC, 7);

        letASecondPass();

        sender.send(message.asDup()).expectAck(Type.PUBREC, 7);
        sender.send(Type.PUBREL, 7);
        assertThat(sender.expectAck(Type.PUBCOMP, 7).reason()).isZero();
    }
}
