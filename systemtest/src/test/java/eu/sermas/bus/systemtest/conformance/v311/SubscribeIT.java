package eu.sermas.bus.systemtest.conformance.v311;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.conformance.ConformanceBus.Kind;
import eu.sermas.bus.systemtest.conformance.Mqtt311;
import eu.sermas.bus.systemtest.conformance.Section;
import eu.sermas.bus.systemtest.raw.Connect;
import eu.sermas.bus.systemtest.raw.Packet.SubAck;
import eu.sermas.bus.systemtest.raw.Publish;
import eu.sermas.bus.systemtest.raw.RawClient;
import eu.sermas.bus.systemtest.raw.Subscribe;
import eu.sermas.bus.systemtest.raw.Type;
import eu.sermas.bus.systemtest.raw.Version;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Sections 3.8 and 3.9: SUBSCRIBE and SUBACK.
class SubscribeIT extends Section {

    private static final int FAILURE = 0x80;

    private final String topic = topic();

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15})
    @Mqtt311("MQTT-3.8.1-1")
    void otherFlagsCloseTheConnection(int flags) {
        var packet = Subscribe.subscribe(1).filter(topic).bytes(Version.V311);
        packet[0] = (byte) Type.SUBSCRIBE.firstByte(flags);

        connectV311().send(packet).expectEnd();
    }

    @Test
    @Mqtt311("MQTT-3.8.3-3")
    void thereIsAtLeastOneFilterWithItsQos() {
        connectV311().send(Subscribe.subscribe(1)).expectEnd();
        connectV311().send("8205 0001 0001 78").expectEnd(); // no QoS
        connectV311().send("8207 0001 0001 78 00 00").expectEnd(); // half a second filter
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 4, 5, 6, 8, 0x10, 0x20, 0x40, 0x80, 0x83, 0xFF})
    @Mqtt311("MQTT-3-8.3-4")
    void otherBitsThanQos0To2CloseTheConnection(int options) {
        connectV311().send(Subscribe.subscribe(1).filter(topic, options)).expectEnd();
    }

    @Test
    @Mqtt311({"MQTT-3.8.4-1", "MQTT-3.8.4-2"})
    void subscribeIsAnswered() {
        var client = connectV311();

        assertThat(subscribe(client, Subscribe.subscribe(513).filter(topic)).packetId())
                .isEqualTo(513);
        assertThat(subscribe(client, Subscribe.subscribe(514).filter(topic)).packetId())
                .isEqualTo(514);
    }

    // The same filter again

    @Test
    @Mqtt311("MQTT-3.8.4-3")
    void theSameFilterReplacesTheSubscription() {
        var client = connectV311();
        client.subscribe(topic, 2);
        client.subscribe(topic, 0);

        connectV311().publish(Publish.to(topic, "x").qos(2));
        assertThat(client.expectPublish("x").qos()).isZero();
        client.expectNothing();

        client.subscribe(topic, 1);
        connectV311().publish(Publish.to(topic, "y").qos(2));
        assertThat(client.expectPublish("y").qos()).isEqualTo(1);
        client.expectNothing();
    }

    @Test
    @Mqtt311("MQTT-3.8.4-3")
    void theSameFilterBringsRetainedMessagesAgain() {
        connectV311().publish(Publish.to(topic, "kept").qos(1).retained());
        var client = connectV311();

        for (int i = 0; i < 3; i++) {
            client.subscribe(topic, 0);
            assertThat(client.expectPublish("kept").retain()).isTrue();
        }
        client.expectNothing();
    }

    /// Messages of QoS 1 are on their way all the time while the client subscribes again and again.
    @Test
    @Mqtt311("MQTT-3.8.4-3")
    void theFlowIsNotInterrupted() {
        var client = connectV311();
        client.subscribe(topic, 1);
        var sender = connectV311();

        for (int i = 0; i < 50; i++) {
            client.send(Subscribe.subscribe(i + 2).filter(topic, 1));
            sender.send(Publish.to(topic, "m" + i).qos(1, i + 1));
        }

        int messages = 0;
        int answers = 0;
        while (messages + answers < 100) {
            if (client.next() instanceof Publish message) {
                assertThat(message.text()).isEqualTo("m" + messages++);
            } else {
                answers++;
            }
        }
        assertThat(messages).isEqualTo(50);
        client.expectNothing();
    }

    /// The old filter is still there when one that only looks like it is subscribed to.
    @Test
    @Mqtt311("MQTT-3.8.4-3")
    void anotherFilterReplacesNothing() {
        var first = name("t");
        var client = connectV311();
        client.subscribe(first + "/x", 2);
        client.subscribe(first + "/+", 0);

        connectV311().publish(Publish.to(first + "/x", "x").qos(2));

        assertThat(client.expectPublish("x").qos()).isEqualTo(2);
    }

    // Several filters

    @Test
    @Mqtt311({"MQTT-3.8.4-4", "MQTT-3.8.4-5", "MQTT-3.9.3-1"})
    void severalFiltersAreAnsweredInOnePacketInTheirOrder() {
        var topics = List.of(topic(), topic(), topic(), topic());
        var client = connectV311();
        var request =
                Subscribe.subscribe(1)
                        .filter(topics.get(0), 2)
                        .filter(topics.get(1), 0)
                        .filter(topics.get(2), 1)
                        .filter(topics.get(3), 0);

        assertThat(subscribe(client, request).reasons()).containsExactly(2, 0, 1, 0);

        client.expectNothing();
        var sender = connectV311();
        for (var each : topics) {
            sender.publish(Publish.to(each, each).qos(1));
            client.acknowledge(client.expectPublish(each));
        }
    }

    /// As if they came in packets of their own: the same filter twice leaves the later one.
    @Test
    @Mqtt311("MQTT-3.8.4-4")
    void aFilterTwiceInOnePacketIsReplaced() {
        var client = connectV311();
        var request = Subscribe.subscribe(1).filter(topic, 2).filter(topic, 0);

        assertThat(subscribe(client, request).reasons()).containsExactly(2, 0);

        connectV311().publish(Publish.to(topic, "x").qos(2));
        assertThat(client.expectPublish("x").qos()).isZero();
        client.expectNothing();
    }

    /// More filters than the bus takes in one packet (100): those above are refused, each for
    /// itself.
    @Test
    @Mqtt311({"MQTT-3.8.4-5", "MQTT-3.9.3-1", "MQTT-3.9.3-2"})
    void everyFilterHasItsReturnCode() {
        var request = Subscribe.subscribe(1);
        for (int i = 0; i < 2000; i++) {
            request.filter(topic + i, i % 3);
        }

        var client = connect(Kind.FEW_AT_A_TIME, Connect.v311(name("c")));
        var codes = subscribe(client, request).reasons();

        assertThat(codes).hasSize(2000).containsOnly(0, 1, 2, FAILURE);
        int granted = codes.indexOf(FAILURE);
        for (int i = 0; i < codes.size(); i++) {
            assertThat(codes.get(i)).isEqualTo(i < granted ? i % 3 : FAILURE);
        }
    }

    // Delivery

    @ParameterizedTest
    @CsvSource({
        "0, 0, 0", "0, 1, 0", "0, 2, 0", "1, 0, 0", "1, 1, 1", "1, 2, 1", "2, 0, 0", "2, 1, 1",
        "2, 2, 2"
    })
    @Mqtt311("MQTT-3.8.4-6")
    void theLowerQosCounts(int published, int granted, int delivered) {
        var client = connectV311();
        client.subscribe(topic, granted);

        connectV311().publish(Publish.to(topic, "x").qos(published));

        assertThat(client.expectPublish("x").qos()).isEqualTo(delivered);
        client.expectNothing();
    }

    private static SubAck subscribe(RawClient client, Subscribe request) {
        var answer = client.send(request).expect(SubAck.class);
        assertThat(answer.type()).isEqualTo(Type.SUBACK);
        return answer;
    }
}
