package eu.sermas.bus.systemtest.conformance.v5;

import static eu.sermas.bus.systemtest.raw.Property.SESSION_EXPIRY_INTERVAL;
import static eu.sermas.bus.systemtest.raw.Reasons.MALFORMED;
import static eu.sermas.bus.systemtest.raw.Subscribe.NO_RETAINED;
import static eu.sermas.bus.systemtest.raw.Subscribe.RETAIN_AS_PUBLISHED;
import static eu.sermas.bus.systemtest.raw.Subscribe.RETAIN_IF_NEW;
import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.conformance.Mqtt5;
import eu.sermas.bus.systemtest.conformance.Section;
import eu.sermas.bus.systemtest.raw.Connect;
import eu.sermas.bus.systemtest.raw.Publish;
import eu.sermas.bus.systemtest.raw.Type;
import eu.sermas.bus.systemtest.raw.Version;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Section 3.3.1: DUP, QoS and RETAIN of PUBLISH.
class PublishFlagsIT extends Section {

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    @Mqtt5("MQTT-3.3.1-1")
    void whatIsDeliveredAgainHasDup(int qos) {
        var topic = topic();
        var kept = Connect.v5(name("c")).unclean().with(SESSION_EXPIRY_INTERVAL, 60);
        var receiver = connect(kept);
        receiver.subscribe(topic, qos);
        connectV5().publish(Publish.to(topic, "x").qos(qos));
        var first = receiver.expectPublish();
        receiver.drop();

        var again = connect(kept).expectPublish("x");

        assertThat(first.dup()).isFalse();
        assertThat(again.dup()).isTrue();
        assertThat(again.packetId()).isEqualTo(first.packetId());
    }

    @Test
    @Mqtt5("MQTT-3.3.1-2")
    void qos0NeverHasDup() {
        var topic = topic();
        var receiver = connectV5();
        receiver.subscribe(topic, 0);

        connectV5().send(Publish.to(topic, "refused").asDup()).expectDisconnect(MALFORMED);
        connectV5().send(Publish.to(topic, "x").qos(1, 1).asDup()).expectAck(Type.PUBACK, 1);

        assertThat(receiver.expectPublish("x").dup()).isFalse();
        receiver.expectNothing();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    @Mqtt5("MQTT-3.3.1-3")
    void dupOfThePublisherIsNotPassedOn(int qos) {
        var topic = topic();
        var receiver = connectV5();
        receiver.subscribe(topic, qos);

        connectV5()
                .send(Publish.to(topic, "x").qos(qos, 7).asDup())
                .expectAck(qos == 1 ? Type.PUBACK : Type.PUBREC, 7);

        assertThat(receiver.expectPublish("x").dup()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {0b0110, 0b0111, 0b1110, 0b1111})
    @Mqtt5("MQTT-3.3.1-4")
    void qos3IsMalformed(int flags) {
        var packet = Publish.to(topic(), "x").qos(1, 1).bytes(Version.V5);
        packet[0] = (byte) Type.PUBLISH.firstByte(flags);

        connectV5().send(packet).expectDisconnect(MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    @Mqtt5("MQTT-3.3.1-5")
    void theLastRetainedMessageIsKept(int qos) {
        var topic = topic();
        var publisher = connectV5();
        publisher.publish(Publish.to(topic, "old").qos(2 - qos).retained());
        publisher.publish(Publish.to(topic, "new").qos(qos).retained());

        var receiver = connectV5();
        receiver.subscribe(topic, 2);

        var message = receiver.expectPublish("new");
        assertThat(message.retain()).isTrue();
        assertThat(message.qos()).isEqualTo(qos);
        assertThat(message.topic()).isEqualTo(topic);
        receiver.expectNothing();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    @Mqtt5({"MQTT-3.3.1-6", "MQTT-3.3.1-7"})
    void anEmptyRetainedMessageRemovesAndIsNotStored(int qos) {
        var base = name("t");
        var publisher = connectV5();
        publisher.publish(Publish.to(base + "/a", "a").qos(1).retained());
        publisher.publish(Publish.to(base + "/b", "b").qos(1).retained());

        publisher.publish(Publish.to(base + "/a", "").qos(qos).retained());
        publisher.publish(Publish.to(base + "/never", "").qos(qos).retained());

        var receiver = connectV5();
        receiver.subscribe(base + "/#", 2);
        receiver.expectPublish("b");
        receiver.expectNothing();
    }

    @ParameterizedTest
    @ValueSource(strings = {"passing", ""})
    @Mqtt5("MQTT-3.3.1-8")
    void aMessageWithoutRetainLeavesTheRetainedOneAlone(String payload) {
        var base = name("t");
        var publisher = connectV5();
        publisher.publish(Publish.to(base + "/kept", "kept").qos(1).retained());

        publisher.publish(Publish.to(base + "/kept", payload).qos(1));
        publisher.publish(Publish.to(base + "/none", payload).qos(1));

        var receiver = connectV5();
        receiver.subscribe(base + "/#", 1);
        receiver.expectPublish("kept");
        receiver.expectNothing();
    }

    @Test
    @Mqtt5("MQTT-3.3.1-9")
    void retainHandling0SendsAtEverySubscribe() {
        var topic = retained();
        var receiver = connectV5();

        for (int i = 0; i < 3; i++) {
            receiver.subscribe(topic, 1);
            assertThat(receiver.expectPublish("retained").retain()).isTrue();
        }
        receiver.expectNothing();
    }

    @Test
    @Mqtt5("MQTT-3.3.1-10")
    void retainHandling1SendsForANewSubscriptionOnly() {
        var topic = retained();
        var kept = Connect.v5(name("c")).unclean().with(SESSION_EXPIRY_INTERVAL, 60);
        var receiver = connect(kept);

        receiver.subscribe(topic, RETAIN_IF_NEW);
        receiver.expectPublish("retained");
        receiver.subscribe(topic, RETAIN_IF_NEW | 1);
        receiver.expectNothing();

        receiver.unsubscribe(topic);
        receiver.subscribe(topic, RETAIN_IF_NEW);
        receiver.expectPublish("retained");

        receiver.disconnect();
        var resumed = connect(kept);
        resumed.subscribe(topic, RETAIN_IF_NEW);
        resumed.expectNothing();
    }

    @Test
    @Mqtt5("MQTT-3.3.1-11")
    void retainHandling2SendsNothing() {
        var topic = retained();
        var receiver = connectV5();

        receiver.subscribe(topic, NO_RETAINED);
        receiver.subscribe(topic, NO_RETAINED | 1);

        receiver.expectNothing();
    }

    /// @return a topic with a retained message
    private String retained() {
        var topic = topic();
        connectV5().publish(Publish.to(topic, "retained").qos(1).retained());
        return topic;
    }

    @ParameterizedTest
    @CsvSource({"0, false", "1, false", "2, false", "0, true", "1, true", "2, true"})
    @Mqtt5({"MQTT-3.3.1-12", "MQTT-3.3.1-13"})
    void retainIsKeptForThoseWhoAskForIt(int qos, boolean asPublished) {
        var topic = topic();
        var receiver = connectV5();
        receiver.subscribe(topic, qos | (asPublished ? RETAIN_AS_PUBLISHED : 0));
        var publisher = connectV5();

        publisher.publish(Publish.to(topic, "with").qos(qos).retained());
        publisher.publish(Publish.to(topic, "without").qos(qos));

        assertThat(receiver.expectPublish("with").retain()).isEqualTo(asPublished);
        assertThat(receiver.expectPublish("without").retain()).isFalse();
    }
}
