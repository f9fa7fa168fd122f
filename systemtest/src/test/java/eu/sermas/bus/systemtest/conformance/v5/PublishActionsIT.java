package eu.sermas.bus.systemtest.conformance.v5;

import static eu.sermas.bus.systemtest.raw.Bytes.bytes;
import static eu.sermas.bus.systemtest.raw.Property.RECEIVE_MAXIMUM;
import static eu.sermas.bus.systemtest.raw.Property.SUBSCRIPTION_IDENTIFIER;
import static eu.sermas.bus.systemtest.raw.Reasons.PROTOCOL_ERROR;
import static eu.sermas.bus.systemtest.raw.Reasons.RECEIVE_MAXIMUM_EXCEEDED;
import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.conformance.ConformanceBus.Kind;
import eu.sermas.bus.systemtest.conformance.Mqtt5;
import eu.sermas.bus.systemtest.conformance.Section;
import eu.sermas.bus.systemtest.raw.Connect;
import eu.sermas.bus.systemtest.raw.Properties;
import eu.sermas.bus.systemtest.raw.Publish;
import eu.sermas.bus.systemtest.raw.RawClient;
import eu.sermas.bus.systemtest.raw.Type;
import eu.sermas.bus.systemtest.raw.Version;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Section 3.3.4: what follows a PUBLISH.
class PublishActionsIT extends Section {

    @Test
    @Mqtt5("MQTT-3.3.4-1")
    void theQosDecidesOnTheAnswer() {
        var client = connectV5();

        client.send(Publish.to(topic(), "x")).expectNothing();
        client.send(Publish.to(topic(), "x").qos(1, 5)).expectAck(Type.PUBACK, 5);
        client.expectNothing();
        client.send(Publish.to(topic(), "x").qos(2, 6)).expectAck(Type.PUBREC, 6);
        client.expectNothing();
    }

    @ParameterizedTest
    @CsvSource({"0, 1, 2", "0, 2, 1", "1, 0, 2", "1, 2, 0", "2, 0, 1", "2, 1, 0"})
    @Mqtt5("MQTT-3.3.4-2")
    void overlappingSubscriptionsGiveTheHighestQos(int exact, int oneLevel, int allLevels) {
        var base = name("t");
        var receiver = connectV5();
        receiver.subscribe(base + "/a", exact);
        receiver.subscribe(base + "/+", oneLevel);
        receiver.subscribe(base + "/#", allLevels);

        connectV5().publish(Publish.to(base + "/a", "x").qos(2));

        assertThat(receiver.expectPublish("x").qos()).isEqualTo(2);
        receiver.expectNothing();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 127, 128, 16_384, 268_435_455})
    @Mqtt5("MQTT-3.3.4-3")
    void theSubscriptionIdentifierComesWithTheMessage(int identifier) {
        var topic = topic();
        connectV5().publish(Publish.to(topic, "retained").qos(1).retained());
        var receiver = connectV5();
        receiver.subscribe(topic, 1, identifier(identifier));

        connectV5().publish(Publish.to(topic, "live").qos(1));

        assertThat(identifiers(receiver.expectPublish("retained"))).containsExactly(identifier);
        assertThat(identifiers(receiver.expectPublish("live"))).containsExactly(identifier);
    }

    @Test
    @Mqtt5({"MQTT-3.3.4-3", "MQTT-3.3.4-4"})
    void oneCopyCarriesTheIdentifiersOfAllThatMatch() {
        var base = name("t");
        var receiver = connectV5();
        receiver.subscribe(base + "/a", 0, identifier(3));
        receiver.subscribe(base + "/+", 1, identifier(268_435_455));
        receiver.subscribe(base + "/b", 1, identifier(7));
        receiver.subscribe(base + "/a/#", 1); // without one
        receiver.subscribe(base + "/#", 1, identifier(200));

        connectV5().publish(Publish.to(base + "/a", "x").qos(1));

        assertThat(identifiers(receiver.expectPublish("x")))
                .containsExactlyInAnyOrder(3, 200, 268_435_455);
        receiver.expectNothing();
    }

    @Test
    @Mqtt5("MQTT-3.3.4-5")
    void eachOfSeveralCopiesCarriesItsOwnIdentifier() {
        var topic = topic();
        var receiver = connectV5();
        receiver.subscribe(topic, 1, identifier(1));
        receiver.subscribe("$share/" + name("g") + "/" + topic, 1, identifier(2));
        receiver.subscribe("$share/" + name("g") + "/" + topic, 1, identifier(3));

        connectV5().publish(Publish.to(topic, "x").qos(1));

        assertThat(
                        List.of(
                                identifiers(receiver.expectPublish("x")),
                                identifiers(receiver.expectPublish("x")),
                                identifiers(receiver.expectPublish("x"))))
                .containsExactlyInAnyOrder(List.of(1), List.of(2), List.of(3));
        receiver.expectNothing();
    }

    @Test
    @Mqtt5("MQTT-3.3.4-6")
    void aClientSendsNoSubscriptionIdentifier() {
        var topic = topic();
        var receiver = connectV5();
        receiver.subscribe(topic, 1);

        connectV5()
                .send(Publish.to(topic, "x").qos(1, 1).with(SUBSCRIPTION_IDENTIFIER, 1))
                .expectDisconnect(PROTOCOL_ERROR);

        receiver.expectNothing();
    }

    private static Properties identifier(int identifier) {
        return Properties.NONE.with(SUBSCRIPTION_IDENTIFIER, identifier);
    }

    private static List<Integer> identifiers(Publish message) {
        return message.properties().all(SUBSCRIPTION_IDENTIFIER).stream()
                .map(identifier -> ((Long) identifier).intValue())
                .toList();
    }

    @Test
    @Mqtt5("MQTT-3.3.4-7")
    void moreThanTheReceiveMaximumOfTheBusIsRefused() {
        var client = open(Kind.FEW_AT_A_TIME);
        int maximum =
                (int) client.connect(Connect.v5(name("c"))).properties().number(RECEIVE_MAXIMUM);
        var topic = topic();
        var packets = bytes();
        for (int i = 1; i <= maximum + 1; i++) {
            packets.raw(Publish.to(topic, "x").qos(2, i).bytes(Version.V5));
        }

        client.send(packets.toArray());

        for (int i = 1; i <= maximum; i++) {
            client.expectAck(Type.PUBREC, i);
        }
        client.expectDisconnect(RECEIVE_MAXIMUM_EXCEEDED);
    }

    /// By default there is none: clients like MQTT.js do not look at it.
    @Test
    void withoutAReceiveMaximumEveryMessageIsTaken() {
        var client = open();
        assertThat(client.connect(Connect.v5(name("c"))).properties().has(RECEIVE_MAXIMUM))
                .isFalse();
        int burst = 2_000;
        var topic = topic();
        var packets = bytes();
        for (int i = 1; i <= burst; i++) {
            packets.raw(Publish.to(topic, "x").qos(2, i).bytes(Version.V5));
        }

        client.send(packets.toArray());

        for (int i = 1; i <= burst; i++) {
            client.expectAck(Type.PUBREC, i);
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "1, 2", "3, 1", "3, 2", "20, 1", "20, 2"})
    @Mqtt5({"MQTT-3.3.4-9", "MQTT-3.3.4-10"})
    void theBusKeepsTheReceiveMaximumOfTheClientAndSendsAllElse(int maximum, int qos) {
        var topic = topic();
        var receiver = connect(Connect.v5(name("c")).with(RECEIVE_MAXIMUM, maximum));
        receiver.subscribe(topic, qos);
        receiver.subscribe(topic + "/0", 0);
        var sender = connectV5();
        for (int i = 0; i < maximum + 2; i++) {
            sender.publish(Publish.to(topic, "m" + i).qos(qos));
        }
        var inFlight = new int[maximum + 2];
        for (int i = 0; i < maximum; i++) {
            inFlight[i] = receiver.expectPublish("m" + i).packetId();
        }

        receiver.expectNothing();
        sender.publish(Publish.to(topic + "/0", "other").qos(1));
        receiver.expectPublish("other");
        receiver.subscribe(topic(), 0);
        receiver.send(Publish.to(topic(), "x").qos(2, 9)).expectAck(Type.PUBREC, 9);
        receiver.send(Type.PUBREL, 9).expectAck(Type.PUBCOMP, 9);

        for (int i = 0; i < 2; i++) {
            complete(receiver, qos, inFlight[i]);
            inFlight[maximum + i] = receiver.expectPublish("m" + (maximum + i)).packetId();
            receiver.expectNothing();
        }
    }

    private static void complete(RawClient receiver, int qos, int packetId) {
        if (qos == 1) {
            receiver.send(Type.PUBACK, packetId);
        } else {
            receiver.send(Type.PUBREC, packetId).expectAck(Type.PUBREL, packetId);
            receiver.expectNothing();
            receiver.send(Type.PUBCOMP, packetId);
        }
    }
}
