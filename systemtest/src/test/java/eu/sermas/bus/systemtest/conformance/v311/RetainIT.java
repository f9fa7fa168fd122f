package eu.sermas.bus.systemtest.conformance.v311;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.conformance.Mqtt311;
import eu.sermas.bus.systemtest.conformance.Section;
import eu.sermas.bus.systemtest.raw.Connect;
import eu.sermas.bus.systemtest.raw.Publish;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Section 3.3.1.3: retained messages.
class RetainIT extends Section {

    private final String topic = topic();

    @ParameterizedTest
    @CsvSource({"0, 2, 0", "1, 2, 1", "2, 2, 2", "2, 1, 1", "1, 0, 0"})
    @Mqtt311({"MQTT-3.3.1-5", "MQTT-3.3.1-8", "MQTT-3.8.4-6"})
    void aRetainedMessageIsStoredWithItsQos(int published, int subscribed, int delivered) {
        connectV311().publish(Publish.to(topic, "kept").qos(published).retained());
        var later = connectV311();

        later.subscribe(topic, subscribed);

        assertThat(later.expectPublish("kept"))
                .returns(delivered, Publish::qos)
                .returns(true, Publish::retain)
                .returns(false, Publish::dup);
    }

    @Test
    @Mqtt311("MQTT-3.3.1-6")
    void aNewSubscriptionBringsTheLastMessageOfEachTopic() {
        var first = name("t");
        connectV311()
                .publish(Publish.to(first + "/a", "old").qos(1).retained())
                .publish(Publish.to(first + "/a", "a").qos(1).retained())
                .publish(Publish.to(first + "/b", "b").qos(2).retained())
                .publish(Publish.to(first + "/b/c", "c").retained())
                .publish(Publish.to(first + "/not/kept", "x").qos(1))
                .publish(Publish.to(first + "b", "other").qos(1).retained());
        var later = connectV311();

        later.subscribe(first + "/#", 0);

        var received = new HashMap<String, String>();
        for (int i = 0; i < 3; i++) {
            var message = later.expectPublish();
            received.put(message.topic(), message.text());
        }
        assertThat(received)
                .isEqualTo(Map.of(first + "/a", "a", first + "/b", "b", first + "/b/c", "c"));
        later.expectNothing();
    }

    @Test
    @Mqtt311("MQTT-3.3.1-7")
    void qos0ReplacesWhatWasRetained() {
        connectV311()
                .publish(Publish.to(topic, "old").qos(1).retained())
                .publish(Publish.to(topic, "new").retained())
                .publish(Publish.to(name("t"), "x").qos(1));
        var later = connectV311();

        later.subscribe(topic, 1);

        later.expectPublish("new");
        later.expectNothing();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    @Mqtt311("MQTT-3.3.1-9")
    void anEstablishedSubscriptionDoesNotSeeTheFlag(int qos) {
        var client = connectV311();
        client.subscribe(topic, qos);

        connectV311().publish(Publish.to(topic, "x").qos(qos).retained());

        assertThat(client.expectPublish("x").retain()).isFalse();
        client.expectNothing();
    }

    /// A subscription that was there before is an established one, after a reconnect too.
    @Test
    @Mqtt311("MQTT-3.3.1-9")
    void messagesThatWaitedDoNotHaveTheFlag() {
        var unclean = Connect.v311(name("c")).unclean();
        var client = connect(unclean);
        client.subscribe(topic, 1);
        client.disconnect();
        connectV311().publish(Publish.to(topic, "x").qos(1).retained());

        var back = connect(unclean);

        assertThat(back.expectPublish("x").retain()).isFalse();
        back.expectNothing();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    @Mqtt311({"MQTT-3.3.1-10", "MQTT-3.3.1-11", "MQTT-3.3.1-9"})
    void anEmptyMessageRemovesWhatWasRetained(int qos) {
        var established = connectV311();
        established.subscribe(topic, qos);
        var sender = connectV311();
        sender.publish(Publish.to(topic, "kept").qos(1).retained());
        established.acknowledge(established.expectPublish("kept"));

        sender.publish(Publish.to(topic, "").qos(qos).retained());

        assertThat(established.expectPublish("").retain()).isFalse();
        var later = connectV311();
        later.subscribe(topic, 2);
        later.expectNothing();
    }

    @Test
    @Mqtt311("MQTT-3.3.1-11")
    void anEmptyMessageIsNotStored() {
        connectV311().publish(Publish.to(topic, "").qos(1).retained());
        var later = connectV311();

        later.subscribe(topic, 2);

        later.expectNothing();
    }

    @ParameterizedTest
    @ValueSource(strings = {"passing", ""})
    @Mqtt311("MQTT-3.3.1-12")
    void withoutTheFlagNothingIsStoredRemovedOrReplaced(String payload) {
        var other = topic();
        connectV311()
                .publish(Publish.to(topic, "kept").qos(1).retained())
                .publish(Publish.to(topic, payload).qos(1))
                .publish(Publish.to(other, payload).qos(1));
        var later = connectV311();

        later.subscribe(topic, 0);
        later.expectPublish("kept");
        later.subscribe(other, 0);
        later.expectNothing();
    }
}
