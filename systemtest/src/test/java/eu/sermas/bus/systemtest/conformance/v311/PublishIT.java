package eu.sermas.bus.systemtest.conformance.v311;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.conformance.Mqtt311;
import eu.sermas.bus.systemtest.conformance.Section;
import eu.sermas.bus.systemtest.raw.Packet.Ack;
import eu.sermas.bus.systemtest.raw.Publish;
import eu.sermas.bus.systemtest.raw.Type;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Sections 3.3 to 3.7 and 4.3: PUBLISH and the exchange behind it, but for retained messages.
class PublishIT extends Section {

    private final String topic = topic();

    // DUP and QoS

    @ParameterizedTest
    @ValueSource(strings = {"3803000178", "3903000178"})
    @Mqtt311("MQTT-3.3.1-2")
    void qos0WithDupIsRefused(String packet) {
        connectV311().send(packet).expectEnd();
    }

    @ParameterizedTest
    @CsvSource({"1, 0", "2, 0", "1, 1", "2, 1", "1, 2", "2, 2"})
    @Mqtt311({"MQTT-3.3.1-2", "MQTT-3.3.1-3", "MQTT-4.3.1-1", "MQTT-4.3.2-1", "MQTT-4.3.3-1"})
    void dupIsNotHandedOn(int published, int subscribed) {
        var receiver = connectV311();
        receiver.subscribe(topic, subscribed);

        var sender = connectV311();
        sender.send(Publish.to(topic, "x").qos(published, 1).asDup()).expect(Ack.class);

        assertThat(receiver.expectPublish("x"))
                .returns(Math.min(published, subscribed), Publish::qos)
                .returns(false, Publish::dup);
    }

    @ParameterizedTest
    @ValueSource(strings = {"36050001780001", "37050001780001", "3e050001780001"})
    @Mqtt311("MQTT-3.3.1-4")
    void qos3IsRefused(String packet) {
        connectV311().send(packet).expectEnd();
    }

    // Topic name

    @Test
    @Mqtt311("MQTT-3.3.2-1")
    void theTopicNameComesFirst() {
        connectV311().send("30 00").expectEnd();
        connectV311().send("30 01 00").expectEnd();
        connectV311().send("30 03 0002 78").expectEnd();
        connectV311().send("32 04 0001 78 00").expectEnd();
    }

    @ParameterizedTest
    @ValueSource(strings = {"#", "+", "a/#", "a/+", "+/a", "a/+/b", "a#", "a+", "#/a"})
    @Mqtt311({"MQTT-3.3.2-2", "MQTT-4.7.1-1"})
    void aTopicNameHasNoWildcard(String name) {
        for (int qos = 0; qos <= 2; qos++) {
            connectV311().send(Publish.to(name, "x").qos(qos, 1)).expectEnd();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/b/c", "/+/c", "/b/+", "/+/+", "/#", "/b/#", "/b/c/#"})
    @Mqtt311("MQTT-3.3.2-3")
    void aMessageComesWithItsOwnTopic(String filter) {
        var first = name("t");
        var client = connectV311();
        client.subscribe(first + filter, 0);

        client.send(Publish.to(first + "/b/c", "x")).send(Publish.to(first + "c/b/c", "other"));

        assertThat(client.expectPublish("x").topic()).isEqualTo(first + "/b/c");
        client.expectNothing();
    }

    // Answers

    @Test
    @Mqtt311("MQTT-3.3.4-1")
    void aPublishIsAnsweredAsItsQosSays() {
        var client = connectV311();

        client.send(Publish.to(topic, "x")).expectNothing();
        client.send(Publish.to(topic, "x").qos(1, 3)).expectAck(Type.PUBACK, 3);
        client.expectNothing();
        client.send(Publish.to(topic, "x").qos(2, 4)).expectAck(Type.PUBREC, 4);
        client.expectNothing();
    }

    /// MQTT 3.1.1 has no word for it: the message counts as handled and reaches nobody.
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    @Mqtt311("MQTT-3.3.5-2")
    void whatMayNotBePublishedIsAcknowledged(int qos) {
        var forbidden = "$SYS/" + name("t");
        var watcher = connectV311();
        watcher.subscribe(forbidden, 2);
        watcher.subscribe(topic, 2);
        var client = connectV311();

        client.publish(Publish.to(forbidden, "x").qos(qos).retained());
        client.publish(Publish.to(topic, "marker").qos(1));

        watcher.expectPublish("marker");
        var later = connectV311();
        later.subscribe(forbidden, 0);
        later.expectNothing();
    }

    // Overlapping subscriptions

    @ParameterizedTest
    @CsvSource({"0, 1, 2", "2, 1, 0", "1, 2, 0", "0, 0, 1", "1, 0, 0"})
    @Mqtt311("MQTT-3.3.5-1")
    void overlappingSubscriptionsBringTheHighestQos(int one, int two, int three) {
        var first = name("t");
        var receiver = connectV311();
        receiver.subscribe(first + "/b", one);
        receiver.subscribe(first + "/+", two);
        receiver.subscribe(first + "/#", three);

        connectV311().publish(Publish.to(first + "/b", "x").qos(2));

        int highest = Math.max(one, Math.max(two, three));
        assertThat(receiver.expectPublish("x").qos()).isEqualTo(highest);
        receiver.expectNothing();
    }

    // 4.3: the exchanges

    @Test
    @Mqtt311("MQTT-4.3.1-1")
    void qos0IsSentAsSuch() {
        var receiver = connectV311();
        receiver.subscribe(topic, 2);

        connectV311().send(Publish.to(topic, "x"));

        assertThat(receiver.expectPublish("x"))
                .returns(0, Publish::qos)
                .returns(false, Publish::dup);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    @Mqtt311({"MQTT-4.3.2-1", "MQTT-4.3.3-1"})
    void whatIsSentHasAnIdentifierOfItsOwnAndNoDup(int qos) {
        var receiver = connectV311();
        receiver.subscribe(topic, qos);
        var sender = connectV311();
        var ids = new ArrayList<Integer>();

        for (int i = 0; i < 20; i++) {
            sender.publish(Publish.to(topic, "m" + i).qos(qos));
            var message = receiver.expectPublish("m" + i);
            assertThat(message).returns(qos, Publish::qos).returns(false, Publish::dup);
            ids.add(message.packetId());
        }

        assertThat(ids).doesNotHaveDuplicates().doesNotContain(0);
    }

    @Test
    @Mqtt311("MQTT-4.3.2-2")
    void afterPubAckTheIdentifierMeansANewMessage() {
        var receiver = connectV311();
        receiver.subscribe(topic, 0);
        var sender = connectV311();

        sender.send(Publish.to(topic, "one").qos(1, 5)).expectAck(Type.PUBACK, 5);
        sender.send(Publish.to(topic, "two").qos(1, 5).asDup()).expectAck(Type.PUBACK, 5);

        receiver.expectPublish("one");
        receiver.expectPublish("two");
    }

    @Test
    @Mqtt311("MQTT-4.3.3-1")
    void pubRecIsAnsweredWithPubRel() {
        var receiver = connectV311();
        receiver.subscribe(topic, 2);
        connectV311().publish(Publish.to(topic, "x").qos(2));
        int packetId = receiver.expectPublish("x").packetId();

        receiver.expectNothing();
        receiver.send(Type.PUBREC, packetId).expectAck(Type.PUBREL, packetId);
        receiver.send(Type.PUBREC, packetId).expectAck(Type.PUBREL, packetId);
        receiver.send(Type.PUBCOMP, packetId).expectNothing();
    }

    @Test
    @Mqtt311("MQTT-4.3.3-2")
    void untilPubRelTheSameIdentifierMeansTheSameMessage() {
        var receiver = connectV311();
        receiver.subscribe(topic, 1);
        var sender = connectV311();

        sender.send(Publish.to(topic, "one").qos(2, 5)).expectAck(Type.PUBREC, 5);
        sender.send(Publish.to(topic, "one").qos(2, 5).asDup()).expectAck(Type.PUBREC, 5);
        sender.send(Publish.to(topic, "one").qos(2, 5)).expectAck(Type.PUBREC, 5);
        sender.send(Type.PUBREL, 5).expectAck(Type.PUBCOMP, 5);
        sender.send(Publish.to(topic, "two").qos(2, 5)).expectAck(Type.PUBREC, 5);
        sender.send(Type.PUBREL, 5).expectAck(Type.PUBCOMP, 5);

        receiver.expectPublish("one");
        receiver.expectPublish("two");
        receiver.expectNothing();
    }

    @Test
    @Mqtt311("MQTT-4.3.3-2")
    void everyPubRelIsAnsweredWithPubComp() {
        var sender = connectV311();
        sender.send(Publish.to(topic, "x").qos(2, 5)).expectAck(Type.PUBREC, 5);

        sender.send(Type.PUBREL, 5).expectAck(Type.PUBCOMP, 5);
        sender.send(Type.PUBREL, 5).expectAck(Type.PUBCOMP, 5);
    }

    // 3.6

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15})
    @Mqtt311("MQTT-3.6.1-1")
    void otherFlagsInPubRelCloseTheConnection(int flags) {
        var sender = connectV311();
        sender.send(Publish.to(topic, "x").qos(2, 5)).expectAck(Type.PUBREC, 5);

        sender.send(new byte[] {(byte) Type.PUBREL.firstByte(flags), 2, 0, 5}).expectEnd();
    }
}
