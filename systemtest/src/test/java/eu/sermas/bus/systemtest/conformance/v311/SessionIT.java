package eu.sermas.bus.systemtest.conformance.v311;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.conformance.Mqtt311;
import eu.sermas.bus.systemtest.conformance.Section;
import eu.sermas.bus.systemtest.raw.Connect;
import eu.sermas.bus.systemtest.raw.Publish;
import eu.sermas.bus.systemtest.raw.RawClient;
import eu.sermas.bus.systemtest.raw.Type;
import java.util.ArrayList;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Sections 3.1.2.4, 3.2.2.2, 4.1 and 4.4: sessions, and what is sent again.
class SessionIT extends Section {

    private final String topic = topic();
    private final String name = name("c");
    private final Connect clean = Connect.v311(name);
    private final Connect unclean = Connect.v311(name).unclean();

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Mqtt311({"MQTT-3.1.2-4", "MQTT-3.1.4-3", "MQTT-4.1.0-1"})
    void aSessionThatIsNotCleanKeepsItsSubscriptions(boolean disconnects) {
        var client = connect(unclean);
        client.subscribe(topic, 1);
        leave(client, disconnects);

        var back = connect(unclean);
        connectV311().publish(Publish.to(topic, "x").qos(1));

        back.expectPublish("x");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    @Mqtt311({"MQTT-3.1.2-5", "MQTT-4.1.0-1"})
    void messagesWaitForAClientThatIsAway(int qos) {
        var client = connect(unclean);
        client.subscribe(topic, qos);
        client.disconnect();
        var sender = connectV311();
        for (int i = 0; i < 5; i++) {
            sender.publish(Publish.to(topic, "m" + i).qos(qos));
        }

        var back = connect(unclean);

        var messages = new ArrayList<Publish>();
        for (int i = 0; i < 5; i++) {
            var message = back.expectPublish("m" + i);
            assertThat(message).returns(qos, Publish::qos).returns(false, Publish::dup);
            messages.add(message);
        }
        messages.forEach(back::acknowledge);
        back.expectNothing();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Mqtt311({"MQTT-3.1.2-6", "MQTT-3.1.4-3"})
    void aCleanSessionBeginsWithNothing(boolean disconnects) {
        var client = connect(unclean);
        client.subscribe(topic, 1);
        leave(client, disconnects);
        connectV311().publish(Publish.to(topic, "kept").qos(1));

        var back = connect(clean);
        connectV311().publish(Publish.to(topic, "x").qos(1));

        back.expectNothing();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Mqtt311({"MQTT-3.1.2-6", "MQTT-3.2.2-3"})
    void aCleanSessionEndsWithItsConnection(boolean disconnects) {
        var client = connect(clean);
        client.subscribe(topic, 1);
        leave(client, disconnects);
        connectV311().publish(Publish.to(topic, "lost").qos(1));

        var back = open();
        assertThat(back.connect(unclean).sessionPresent()).isFalse();
        connectV311().publish(Publish.to(topic, "x").qos(1));

        back.expectNothing();
    }

    @Test
    @Mqtt311("MQTT-3.1.2-7")
    void retainedMessagesOutliveTheSession() {
        var client = connect(clean);
        client.publish(Publish.to(topic, "kept").qos(1).retained());
        client.disconnect();
        connect(clean).disconnect();

        var later = connectV311();
        later.subscribe(topic, 1);

        later.expectPublish("kept");
    }

    @Test
    @Mqtt311({"MQTT-3.1.3-2", "MQTT-3.1.2-4"})
    void eachIdentifierHasItsSession() {
        var other = Connect.v311(name.toUpperCase(Locale.ROOT)).unclean();
        var otherTopic = topic();
        var one = connect(unclean);
        one.subscribe(topic, 1);
        var two = connect(other);
        two.subscribe(otherTopic, 1);
        one.disconnect();
        two.disconnect();
        connectV311()
                .publish(Publish.to(topic, "one").qos(1))
                .publish(Publish.to(otherTopic, "two").qos(1));

        var oneAgain = connect(unclean);
        var twoAgain = connect(other);

        oneAgain.acknowledge(oneAgain.expectPublish("one")).expectNothing();
        twoAgain.acknowledge(twoAgain.expectPublish("two")).expectNothing();
    }

    // Session Present

    @Test
    @Mqtt311({"MQTT-3.2.2-1", "MQTT-3.2.2-2", "MQTT-3.2.2-3"})
    void sessionPresentSaysWhetherTheBusHasKeptOne() {
        assertThat(present(unclean)).isFalse();
        assertThat(present(unclean)).isTrue();
        assertThat(present(unclean)).isTrue();
        assertThat(present(clean)).isFalse();
        assertThat(present(unclean)).isFalse();
        assertThat(present(unclean)).isTrue();
    }

    @Test
    @Mqtt311({"MQTT-3.2.2-1", "MQTT-3.2.2-2"})
    void sessionPresentIsTrueToTheTakeOverOfALiveConnection() {
        connect(unclean);

        assertThat(open().connect(unclean).sessionPresent()).isTrue();
        assertThat(open().connect(clean).sessionPresent()).isFalse();
        assertThat(open().connect(unclean).sessionPresent()).isFalse();
    }

    @Test
    @Mqtt311("MQTT-3.2.2-4")
    void aRefusalSaysNothingOfASession() {
        connect(unclean).disconnect();

        var answer = open().send(Connect.v311(name).unclean().protocol("MQTT", 3)).expectRefused(1);

        assertThat(answer.flags()).isZero();
        assertThat(present(unclean)).isTrue();
    }

    // During the connection and after it

    @Test
    @Mqtt311("MQTT-4.1.0-2")
    void aSessionLastsAsLongAsItsConnection() {
        var client = connect(clean);
        client.subscribe(topic, 1);
        client.send(Publish.to(topic(), "open").qos(2, 9)).expectAck(Type.PUBREC, 9);

        for (int i = 0; i < 50; i++) {
            connectV311().publish(Publish.to(topic, "m" + i).qos(1));
            client.acknowledge(client.expectPublish("m" + i)).expectNothing();
        }

        client.send(Type.PUBREL, 9).expectAck(Type.PUBCOMP, 9);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    @Mqtt311({"MQTT-4.4.0-1", "MQTT-3.3.1-1", "MQTT-4.1.0-1"})
    void whatWasNotAcknowledgedIsSentAgainInItsOrder(int qos) {
        var client = connect(unclean);
        client.subscribe(topic, qos);
        var sender = connectV311();
        var ids = new int[5];
        for (int i = 0; i < ids.length; i++) {
            sender.publish(Publish.to(topic, "m" + i).qos(qos));
            var message = client.expectPublish("m" + i);
            assertThat(message.dup()).isFalse();
            ids[i] = message.packetId();
        }
        client.drop();

        var back = connect(unclean);

        for (int i = 0; i < ids.length; i++) {
            assertThat(back.expectPublish("m" + i))
                    .returns(ids[i], Publish::packetId)
                    .returns(qos, Publish::qos)
                    .returns(true, Publish::dup);
        }
        back.expectNothing();
    }

    @Test
    @Mqtt311({"MQTT-4.4.0-1", "MQTT-4.3.3-1", "MQTT-4.1.0-1"})
    void pubRelIsSentAgainAndNotItsPublish() {
        var client = connect(unclean);
        client.subscribe(topic, 2);
        connectV311().publish(Publish.to(topic, "x").qos(2));
        int packetId = client.expectPublish().packetId();
        client.send(Type.PUBREC, packetId).expectAck(Type.PUBREL, packetId);
        client.drop();

        var back = connect(unclean);

        back.expectAck(Type.PUBREL, packetId);
        back.send(Type.PUBCOMP, packetId).expectNothing();
        back.drop();
        connect(unclean).expectNothing();
    }

    @Test
    @Mqtt311({"MQTT-4.4.0-1", "MQTT-4.3.2-1"})
    void whatWasAcknowledgedIsNotSentAgain() {
        var client = connect(unclean);
        client.subscribe(topic, 2);
        var sender = connectV311();
        sender.publish(Publish.to(topic, "one").qos(1)).publish(Publish.to(topic, "two").qos(2));
        var one = client.expectPublish("one");
        var two = client.expectPublish("two");
        client.acknowledge(one).acknowledge(two).expectNothing();
        client.drop();

        connect(unclean).expectNothing();
    }

    @Test
    @Mqtt311({"MQTT-4.1.0-1", "MQTT-4.3.3-2"})
    void theIdentifiersOfQos2MessagesAreKept() {
        var watcher = connectV311();
        watcher.subscribe(topic, 1);
        var sender = connect(unclean);
        sender.send(Publish.to(topic, "once").qos(2, 7)).expectAck(Type.PUBREC, 7);
        sender.drop();

        var back = connect(unclean);
        back.send(Publish.to(topic, "once").qos(2, 7).asDup()).expectAck(Type.PUBREC, 7);
        back.send(Type.PUBREL, 7).expectAck(Type.PUBCOMP, 7);
        back.publish(Publish.to(topic, "marker").qos(1));

        watcher.expectPublish("once");
        watcher.expectPublish("marker");
    }

    private static void leave(RawClient client, boolean disconnects) {
        if (disconnects) {
            client.disconnect();
        } else {
            client.drop();
        }
    }

    private boolean present(Connect connect) {
        var client = open();
        boolean present = client.connect(connect).sessionPresent();
        client.disconnect();
        return present;
    }
}
