package eu.sermas.bus.systemtest.conformance.v5;

import static eu.sermas.bus.systemtest.raw.Property.RECEIVE_MAXIMUM;
import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.conformance.Mqtt5;
import eu.sermas.bus.systemtest.conformance.Section;
import eu.sermas.bus.systemtest.raw.Bytes;
import eu.sermas.bus.systemtest.raw.Connect;
import eu.sermas.bus.systemtest.raw.Packet.Ack;
import eu.sermas.bus.systemtest.raw.Publish;
import eu.sermas.bus.systemtest.raw.RawClient;
import eu.sermas.bus.systemtest.raw.Type;
import eu.sermas.bus.systemtest.raw.Version;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Sections 4.4 to 4.6: delivery again after a reconnect, receipt and order of messages.
class DeliveryIT extends Section {

    private static final int MESSAGES = 200;

    @Test
    @Mqtt5("MQTT-4.4.0-1")
    void aResumedSessionGetsAgainWhatItHasNotAcknowledgedInItsOrder() {
        var topic = topic();
        var name = name("c");
        var client = resume(name);
        client.subscribe(topic, 2);
        var sender = connectV5();
        for (int i = 0; i < 6; i++) {
            sender.publish(Publish.to(topic, "m" + i).qos(i % 2 + 1));
        }
        var ids = client.expectPublishes().stream().map(Publish::packetId).toList();
        assertThat(ids).hasSize(6);
        client.send(Type.PUBACK, ids.get(2));
        client.send(Type.PUBREC, ids.get(3)).expectAck(Type.PUBREL, ids.get(3));
        client.drop();

        var again = resume(name);

        expectAgain(again, "m0", ids.getFirst());
        expectAgain(again, "m1", ids.get(1));
        again.expectAck(Type.PUBREL, ids.get(3));
        expectAgain(again, "m4", ids.get(4));
        expectAgain(again, "m5", ids.get(5));
        again.expectNothing();
    }

    private static void expectAgain(RawClient client, String payload, int packetId) {
        assertThat(client.expectPublish(payload))
                .returns(true, Publish::dup)
                .returns(packetId, Publish::packetId);
    }

    @Test
    @Mqtt5("MQTT-4.4.0-1")
    void nothingIsSentAgainOnTheSameConnection() {
        var topic = topic();
        var client = connectV5();
        client.subscribe(topic, 2);
        var sender = connectV5();
        sender.publish(Publish.to(topic, "1").qos(1));
        sender.publish(Publish.to(topic, "2").qos(2));
        client.expectPublish("1");
        int packetId = client.expectPublish("2").packetId();
        client.send(Type.PUBREC, packetId).expectAck(Type.PUBREL, packetId);

        letASecondPass();

        client.expectNothing();
    }

    @Test
    @Mqtt5("MQTT-4.4.0-1")
    void nothingIsSentAgainAfterACleanStart() {
        var topic = topic();
        var name = name("c");
        var client = resume(name);
        client.subscribe(topic, 1);
        connectV5().publish(Publish.to(topic, "x").qos(1));
        client.expectPublish("x");
        client.drop();

        connect(Connect.v5(name)).expectNothing();
    }

    @ParameterizedTest
    @CsvSource({
        "1, PUBACK, 0x80", "1, PUBACK, 0x83", "1, PUBACK, 0x97", //
        "2, PUBREC, 0x80", "2, PUBREC, 0x87", "2, PUBREC, 0x99"
    })
    @Mqtt5("MQTT-4.4.0-2")
    void aRefusedMessageCountsAsAcknowledged(int qos, Type ack, String reason) {
        var topic = topic();
        var name = name("c");
        var client = resume(name);
        client.subscribe(topic, qos);
        connectV5().publish(Publish.to(topic, "x").qos(qos));

        client.send(ack, client.expectPublish("x").packetId(), Integer.decode(reason));
        client.disconnect();

        resume(name).expectNothing();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    @Mqtt5("MQTT-4.5.0-1")
    void everyMatchingSubscriberGetsTheMessageOnce(int qos) {
        var root = name("t");
        var matching = List.of(root + "/a/b", root + "/+/b", root + "/#", root + "/a/+");
        var other = List.of(root, root + "/a", root + "/a/b/c", root + "/+/c", root + "/b/+");
        var receivers = subscribed(matching, qos);
        var strangers = subscribed(other, qos);

        connectV5().publish(Publish.to(root + "/a/b", "x").qos(qos));

        receivers.forEach(client -> client.expectPublish("x"));
        receivers.forEach(RawClient::expectNothing);
        strangers.forEach(RawClient::expectNothing);
    }

    private List<RawClient> subscribed(List<String> filters, int qos) {
        var clients = new ArrayList<RawClient>();
        for (var filter : filters) {
            var client = connectV5();
            client.subscribe(filter, qos);
            clients.add(client);
        }
        return clients;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    @Mqtt5("MQTT-4.5.0-1")
    void theMessageIsAddedToTheSessionOfASubscriberThatIsAway(int qos) {
        var topic = topic();
        var names = List.of(name("c"), name("c"), name("c"));
        for (var name : names) {
            var client = resume(name);
            client.subscribe(topic, qos);
            client.disconnect();
        }

        connectV5().publish(Publish.to(topic, "x").qos(qos));

        for (var name : names) {
            var client = resume(name);
            assertThat(client.expectPublish("x"))
                    .returns(qos, Publish::qos)
                    .returns(false, Publish::dup);
            client.expectNothing();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    @Mqtt5({"MQTT-4.6.0-5", "MQTT-4.6.0-6"})
    void theMessagesOfAPublisherStayInOrder(int qos) {
        var topic = topic();
        var receivers = subscribed(List.of(topic, topic, topic.replace("/x", "/+")), qos);

        publishInOneGo(topic, qos);

        receivers.forEach(receiver -> expectAllInOrder(receiver, qos));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    @Mqtt5({"MQTT-4.6.0-5", "MQTT-4.6.0-6"})
    void theMessagesThatHaveWaitedStayInOrder(int qos) {
        var topic = topic();
        var name = name("c");
        var before = resume(name);
        before.subscribe(topic, qos);
        before.disconnect();

        publishInOneGo(topic, qos);

        expectAllInOrder(resume(name), qos);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    @Mqtt5({"MQTT-4.6.0-5", "MQTT-4.6.0-6"})
    void theMessagesStayInOrderWhereFewMayBeUnderWay(int qos) {
        var topic = topic();
        var receiver = connect(Connect.v5(name("c")).with(RECEIVE_MAXIMUM, 3));
        receiver.subscribe(topic, qos);

        publishInOneGo(topic, qos);

        expectAllInOrder(receiver, qos);
    }

    /// As many at a time as the bus lets a client have under way.
    private void publishInOneGo(String topic, int qos) {
        var sender = connectV5();
        int step = 50;
        for (int first = 0; first < MESSAGES; first += step) {
            var bytes = Bytes.bytes();
            for (int i = first; i < first + step; i++) {
                bytes.raw(Publish.to(topic, "" + i).qos(qos, i + 1).bytes(Version.V5));
            }
            sender.send(bytes.toArray());
            for (int i = first; i < first + step && qos > 0; i++) {
                sender.expectAck(qos == 1 ? Type.PUBACK : Type.PUBREC, i + 1);
            }
            for (int i = first; i < first + step && qos == 2; i++) {
                sender.send(Type.PUBREL, i + 1).expectAck(Type.PUBCOMP, i + 1);
            }
        }
    }

    private static void expectAllInOrder(RawClient receiver, int qos) {
        for (int i = 0; i < MESSAGES; i++) {
            var message = expectPublishAmongPubRels(receiver);
            assertThat(message.text()).isEqualTo("" + i);
            if (qos > 0) {
                receiver.send(qos == 1 ? Type.PUBACK : Type.PUBREC, message.packetId());
            }
        }
    }

    private static Publish expectPublishAmongPubRels(RawClient receiver) {
        var packet = receiver.next();
        while (packet instanceof Ack rel) {
            assertThat(rel.type()).isEqualTo(Type.PUBREL);
            receiver.send(Type.PUBCOMP, rel.packetId());
            packet = receiver.next();
        }
        assertThat(packet).isInstanceOf(Publish.class);
        return (Publish) packet;
    }
}
