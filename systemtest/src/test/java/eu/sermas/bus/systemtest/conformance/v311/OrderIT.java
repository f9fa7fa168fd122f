package eu.sermas.bus.systemtest.conformance.v311;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.conformance.Mqtt311;
import eu.sermas.bus.systemtest.conformance.Section;
import eu.sermas.bus.systemtest.raw.Bytes;
import eu.sermas.bus.systemtest.raw.Connect;
import eu.sermas.bus.systemtest.raw.Packet.ConnAck;
import eu.sermas.bus.systemtest.raw.Packet.PingResp;
import eu.sermas.bus.systemtest.raw.Packet.SubAck;
import eu.sermas.bus.systemtest.raw.Publish;
import eu.sermas.bus.systemtest.raw.RawClient;
import eu.sermas.bus.systemtest.raw.Subscribe;
import eu.sermas.bus.systemtest.raw.Type;
import eu.sermas.bus.systemtest.raw.Version;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Sections 4.5, 4.6 and 7.1.1: who receives a message, in which order, over which transport.
class OrderIT extends Section {

    private static final int MESSAGES = 200;

    private final String topic = topic();

    @Test
    @Mqtt311("MQTT-4.5.0-1")
    void everyMatchingSubscriberReceivesTheMessage() {
        var first = name("t");
        var filters = List.of("/a/b", "/+/b", "/a/+", "/#", "/a/#", "/+/+");
        var online = new ArrayList<RawClient>();
        var away = new ArrayList<Connect>();
        for (var filter : filters) {
            var client = connectV311();
            client.subscribe(first + filter, 1);
            online.add(client);
            var unclean = Connect.v311(name("c")).unclean();
            var leaving = connect(unclean);
            leaving.subscribe(first + filter, 2);
            leaving.disconnect();
            away.add(unclean);
        }
        var stranger = connectV311();
        stranger.subscribe(first + "/a", 1);

        connectV311().publish(Publish.to(first + "/a/b", "x").qos(2));

        online.forEach(client -> assertThat(client.expectPublish("x").qos()).isEqualTo(1));
        away.forEach(client -> assertThat(connect(client).expectPublish("x").qos()).isEqualTo(2));
        stranger.expectNothing();
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 1", "2, 2", "1, 2", "2, 1", "1, 0", "2, 0"})
    @Mqtt311({"MQTT-4.6.0-5", "MQTT-4.6.0-6"})
    void messagesOfOneTopicStayInOrder(int published, int subscribed) {
        var receivers = List.of(connectV311(), connectV311(), connectV311());
        receivers.forEach(receiver -> receiver.subscribe(topic, subscribed));
        var sender = connectV311();

        var all = Bytes.bytes();
        for (int i = 0; i < MESSAGES; i++) {
            all.raw(Publish.to(topic, "m" + i).qos(published, i + 1).bytes(Version.V311));
        }
        sender.send(all.toArray());

        for (var receiver : receivers) {
            for (int i = 0; i < MESSAGES; i++) {
                receiver.expectPublish("m" + i);
            }
            receiver.expectNothing();
        }
    }

    /// Messages in flight, messages that wait for a place and messages that come later.
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    @Mqtt311({"MQTT-4.6.0-5", "MQTT-4.6.0-6"})
    void theOrderIsKeptForAClientThatWasAway(int qos) {
        var unclean = Connect.v311(name("c")).unclean();
        var receiver = connect(unclean);
        receiver.subscribe(topic, qos);
        var sender = connectV311();
        publish(sender, qos, 0, 5);
        receiver.expectPublish("m0");
        receiver.drop();
        publish(sender, qos, 5, 10);

        var back = connect(unclean);
        publish(sender, qos, 10, 15);

        for (int i = 0; i < 15; i++) {
            back.expectPublish("m" + i);
        }
        back.expectNothing();
    }

    @Test
    @Mqtt311("MQTT-4.6.0-6")
    void pubRelsComeInTheOrderOfPubRecs() {
        var receiver = connectV311();
        receiver.subscribe(topic, 2);
        publish(connectV311(), 2, 0, 10);
        var ids = new ArrayList<Integer>();
        for (int i = 0; i < 10; i++) {
            ids.add(receiver.expectPublish("m" + i).packetId());
        }

        ids.forEach(packetId -> receiver.send(Type.PUBREC, packetId));

        ids.forEach(packetId -> receiver.expectAck(Type.PUBREL, packetId));
    }

    private void publish(RawClient sender, int qos, int from, int to) {
        for (int i = from; i < to; i++) {
            sender.publish(Publish.to(topic, "m" + i).qos(qos));
        }
    }

    // 7.1.1: TCP

    /// Packets in pieces of any size; the bytes of the stream count alone.
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 1000})
    @Mqtt311("MQTT-7.1.1-1")
    void packetsMayComeInPieces(int longest) {
        long seed = System.nanoTime();
        var random = new Random(seed);
        var payload = new byte[300];
        random.nextBytes(payload);
        var stream =
                Bytes.bytes()
                        .raw(Connect.v311(name("c")).bytes())
                        .raw(Subscribe.subscribe(1).filter(topic, 1).bytes(Version.V311))
                        .raw(Publish.to(topic, payload).qos(1, 2).bytes(Version.V311))
                        .raw(Bytes.hex("c000"))
                        .toArray();
        var client = open().reading(Version.V311);

        for (int at = 0; at < stream.length; ) {
            int length = Math.min(1 + random.nextInt(longest), stream.length - at);
            client.send(Arrays.copyOfRange(stream, at, at + length));
            at += length;
        }

        client.expect(ConnAck.class);
        client.expect(SubAck.class);
        var received = new ArrayList<Type>();
        for (int i = 0; i < 3; i++) {
            var packet = client.next();
            received.add(packet.type());
            if (packet instanceof Publish message) {
                assertThat(message.payload()).as("seed %d", seed).isEqualTo(payload);
            }
        }
        assertThat(received)
                .as("seed %d", seed)
                .containsExactlyInAnyOrder(Type.PUBLISH, Type.PUBACK, Type.PINGRESP);
    }

    /// A megabyte both ways, of which no byte is lost.
    @Test
    @Mqtt311("MQTT-7.1.1-1")
    void noByteIsLost() {
        long seed = System.nanoTime();
        var payload = new byte[200_000];
        new Random(seed).nextBytes(payload);
        var client = connectV311();
        client.subscribe(topic, 0);

        for (int i = 0; i < 5; i++) {
            payload[0] = (byte) i;
            client.send(Publish.to(topic, payload));
            assertThat(client.expectPublish().payload()).as("seed %d", seed).isEqualTo(payload);
        }
        assertThat(client.send("c000").next()).isInstanceOf(PingResp.class);
    }
}
