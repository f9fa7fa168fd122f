package eu.sermas.bus.systemtest.conformance.v5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import eu.sermas.bus.systemtest.conformance.Mqtt5;
import eu.sermas.bus.systemtest.conformance.Section;
import eu.sermas.bus.systemtest.raw.Connect;
import eu.sermas.bus.systemtest.raw.Publish;
import eu.sermas.bus.systemtest.raw.RawClient;
import eu.sermas.bus.systemtest.raw.Subscribe;
import eu.sermas.bus.systemtest.raw.Type;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Section 4.8: shared subscriptions.
class SharedSubscriptionsIT extends Section {

    private static final int MALFORMED = 0x81;
    private static final int PROTOCOL_ERROR = 0x82;
    private static final int TOPIC_FILTER_INVALID = 0x8F;

    @ParameterizedTest
    @ValueSource(strings = {"$share//x", "$share//", "$share///x", "$share//#"})
    @Mqtt5("MQTT-4.8.2-1")
    void aShareNameHasAtLeastOneCharacter(String filter) {
        assertRefused(filter);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "$share/g+/x",
                "$share/+/x",
                "$share/+g/x",
                "$share/#/x",
                "$share/g#/x",
                "$share/g", // no slash behind the name
                "$share/g/", // no filter behind the slash
                "$share/g/a#", // no good filter
                "$share/g/#/a",
                "$share/g/a+/b"
            })
    @Mqtt5("MQTT-4.8.2-2")
    void aShareNameHasNoWildcardAndAFilterFollows(String filter) {
        assertRefused(filter);
    }

    private void assertRefused(String filter) {
        var invalid = new Integer[] {MALFORMED, PROTOCOL_ERROR, TOPIC_FILTER_INVALID};
        connectV5().send(Subscribe.subscribe(1).filter(filter)).expectDisconnect(invalid);
        connectV5().send(Subscribe.unsubscribe(1).filter(filter)).expectDisconnect(invalid);
    }

    /// The name ends with the second slash, and what follows is the filter, slashes and all.
    @ParameterizedTest
    @CsvSource({"a, x, x", "g, x/y, x/y", "$, +/y, x/y", "g, x/#, x", "g, /x, /x", "$share, x, x"})
    @Mqtt5({"MQTT-4.8.2-1", "MQTT-4.8.2-2"})
    void theNameOfAShareIsNoPartOfTheFilter(String share, String filter, String topic) {
        var root = name("t");
        var client = connectV5();
        client.subscribe("$share/" + share + "/" + root + "/" + filter, 0);

        connectV5().publish(Publish.to(root + "/" + topic, "x").qos(1));

        assertThat(client.expectPublish("x").topic()).isEqualTo(root + "/" + topic);
        client.expectNothing();
    }

    /// Only `$share/` in front makes a share: these are filters like any other.
    @ParameterizedTest
    @ValueSource(strings = {"$shared/g", "$Share/g", "$SHARE/g", "/$share/g"})
    @Mqtt5("MQTT-4.8.2-1")
    void anyOtherFirstLevelIsNoShare(String prefix) {
        var root = name("t");
        var one = connectV5();
        var other = connectV5();
        one.subscribe(prefix + "/" + root, 0);
        other.subscribe(prefix + "/" + root, 0);
        var sender = connectV5();

        sender.publish(Publish.to(root, "without").qos(1));
        sender.publish(Publish.to(prefix + "/" + root, "with").qos(1));

        one.expectPublish("with");
        other.expectPublish("with");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    @Mqtt5("MQTT-4.8.2-3")
    void eachMemberGetsMessagesWithTheQosThatItWasGranted(int published) {
        var topic = topic();
        var share = "$share/" + name("g") + "/" + topic;
        var members = List.of(connectV5(), connectV5(), connectV5());
        for (int granted = 0; granted < members.size(); granted++) {
            members.get(granted).subscribe(share, granted);
        }
        var sender = connectV5();

        for (int i = 0; i < 12; i++) {
            sender.publish(Publish.to(topic, "m" + i).qos(published));
        }

        var received = members.stream().map(_ -> new ArrayList<Publish>()).toList();
        // Of QoS 0 nobody is told when it has got through.
        await().until(
                        () -> {
                            for (int i = 0; i < members.size(); i++) {
                                received.get(i).addAll(members.get(i).expectPublishes());
                            }
                            return received.stream().mapToInt(List::size).sum() >= 12;
                        });
        for (int granted = 0; granted < members.size(); granted++) {
            assertThat(received.get(granted))
                    .isNotEmpty()
                    .extracting(Publish::qos)
                    .containsOnly(Math.min(granted, published));
        }
        assertThat(received.stream().flatMap(List::stream).map(Publish::text))
                .as("each message once")
                .doesNotHaveDuplicates()
                .hasSize(12);
    }

    /// The member that was chosen, and one that came later.
    private final class Share {

        final String topic = topic();
        final String filter = "$share/" + name("g") + "/" + topic;
        final RawClient chosen;
        final RawClient other = connectV5();
        final int packetId;

        Share(Connect connectOfChosen, int qos) {
            chosen = connect(connectOfChosen);
            chosen.subscribe(filter, qos);
            connectV5().publish(Publish.to(topic, "x").qos(qos));
            packetId = chosen.expectPublish("x").packetId();
            other.subscribe(filter, qos);
        }

        /// Nothing that the sender's connection caused before has reached the other member.
        void assertOtherGotNothing(RawClient sender) {
            sender.publish(Publish.to(topic, "marker").qos(1));
            other.expectPublish("marker");
            other.expectNothing();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Mqtt5("MQTT-4.8.2-4")
    void aQos2DeliveryIsCompletedToTheChosenMemberWhenItComesBack(boolean received) {
        var name = name("c");
        var share = new Share(kept(name), 2);
        if (received) {
            share.chosen.send(Type.PUBREC, share.packetId);
            share.chosen.expectAck(Type.PUBREL, share.packetId);
        }
        share.chosen.drop();
        share.other.expectNothing();

        var again = resume(name);
        if (!received) {
            assertThat(again.expectPublish("x"))
                    .returns(true, Publish::dup)
                    .returns(share.packetId, Publish::packetId);
            again.send(Type.PUBREC, share.packetId);
        }
        again.expectAck(Type.PUBREL, share.packetId);
        again.send(Type.PUBCOMP, share.packetId).expectNothing();
        again.unsubscribe(share.filter);
        share.assertOtherGotNothing(again);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Mqtt5("MQTT-4.8.2-5")
    void aQos2MessageIsGivenToNobodyElseWhenTheSessionOfTheChosenMemberEnds(boolean received) {
        var name = name("c");
        var share = new Share(kept(name), 2);
        if (received) {
            share.chosen.send(Type.PUBREC, share.packetId);
            share.chosen.expectAck(Type.PUBREL, share.packetId);
        }
        share.chosen.drop();

        // A clean start ends the session before anything that this connection publishes.
        var again = connect(Connect.v5(name));

        share.assertOtherGotNothing(again);
        again.expectNothing();
    }

    @ParameterizedTest
    @CsvSource({"1, PUBACK, 0x80", "1, PUBACK, 0x97", "2, PUBREC, 0x80", "2, PUBREC, 0x99"})
    @Mqtt5("MQTT-4.8.2-6")
    void aRefusedMessageIsOfferedToNobodyElse(int qos, Type ack, String reason) {
        var name = name("c");
        var share = new Share(kept(name), qos);

        share.chosen.send(ack, share.packetId, Integer.decode(reason)).expectNothing();
        share.chosen.unsubscribe(share.filter);

        share.assertOtherGotNothing(share.chosen);
        share.chosen.disconnect();
        resume(name).expectNothing();
    }

    @Test
    @Mqtt5("MQTT-4.8.2-1")
    void everyShareAndEverySubscriptionGetsTheMessage() {
        var topic = topic();
        var clients = List.of(connectV5(), connectV5(), connectV5());
        clients.get(0).subscribe("$share/" + name("g") + "/" + topic, 1);
        clients.get(1).subscribe("$share/" + name("g") + "/" + topic, 1);
        clients.get(2).subscribe(topic, 1);

        connectV5().publish(Publish.to(topic, "x").qos(1));

        for (var client : clients) {
            assertThat(client.expectPublishes()).hasSize(1);
        }
    }
}
