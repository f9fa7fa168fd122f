package eu.sermas.bus.systemtest.conformance.v5;

import static eu.sermas.bus.systemtest.raw.Property.RECEIVE_MAXIMUM;
import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.conformance.Mqtt5;
import eu.sermas.bus.systemtest.conformance.Section;
import eu.sermas.bus.systemtest.raw.Connect;
import eu.sermas.bus.systemtest.raw.Packet.Ack;
import eu.sermas.bus.systemtest.raw.Packet.PingResp;
import eu.sermas.bus.systemtest.raw.Publish;
import eu.sermas.bus.systemtest.raw.RawClient;
import eu.sermas.bus.systemtest.raw.Type;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Section 4.9: flow control.
class FlowControlIT extends Section {

    private static final int REFUSED = 0x80;

    private final String topic = topic();

    /// A client that takes so many at a time, with as many messages published to it.
    private RawClient receiver(int receiveMaximum, int qos, int messages) {
        var client = connect(Connect.v5(name("c")).with(RECEIVE_MAXIMUM, receiveMaximum));
        client.subscribe(topic, qos);
        var sender = connectV5();
        for (int i = 0; i < messages; i++) {
            sender.publish(Publish.to(topic, "" + i).qos(qos));
        }
        return client;
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 3, 1", "1, 2, 3, 1", "2, 1, 5, 2", "5, 2, 9, 5", "65535, 1, 150, 150"})
    @Mqtt5({"MQTT-4.9.0-1", "MQTT-4.9.0-2"})
    void theBusStartsWithTheReceiveMaximum(int maximum, int qos, int published, int arriving) {
        assertThat(receiver(maximum, qos, published).expectPublishes()).hasSize(arriving);
    }

    @Test
    @Mqtt5("MQTT-4.9.0-1")
    void withoutAReceiveMaximumTheBusStartsWithMany() {
        var client = connectV5();
        client.subscribe(topic, 1);
        var sender = connectV5();
        for (int i = 0; i < 150; i++) {
            sender.publish(Publish.to(topic, "" + i).qos(1));
        }

        assertThat(client.expectPublishes()).hasSize(150);
    }

    @Test
    @Mqtt5("MQTT-4.9.0-1")
    void everyConnectionStartsAnewAndCountsWhatIsSentAgain() {
        var connect = kept(name("c")).with(RECEIVE_MAXIMUM, 2);
        var client = connect(connect);
        client.subscribe(topic, 1);
        var sender = connectV5();
        for (int i = 0; i < 5; i++) {
            sender.publish(Publish.to(topic, "" + i).qos(1));
        }
        assertThat(client.expectPublishes()).hasSize(2);
        client.drop();

        var again = connect(connect);

        assertThat(again.expectPublishes())
                .hasSize(2)
                .allMatch(Publish::dup)
                .extracting(Publish::text)
                .containsExactly("0", "1");
    }

    @Test
    @Mqtt5("MQTT-4.9.0-2")
    void pubAckMakesRoomForOne() {
        var client = receiver(2, 1, 4);
        int first = client.expectPublish("0").packetId();
        client.expectPublish("1");
        client.expectNothing();

        client.send(Type.PUBACK, first).expectPublish("2");
        client.expectNothing();
    }

    @Test
    @Mqtt5("MQTT-4.9.0-2")
    void pubCompMakesRoomAndPubRecDoesNot() {
        var client = receiver(1, 2, 3);
        int first = client.expectPublish("0").packetId();

        client.send(Type.PUBREC, first).expectAck(Type.PUBREL, first);
        client.expectNothing();
        client.send(Type.PUBCOMP, first).expectPublish("1");
        client.expectNothing();
    }

    @Test
    @Mqtt5("MQTT-4.9.0-2")
    void aRefusingPubRecMakesRoom() {
        var client = receiver(1, 2, 3);
        int first = client.expectPublish("0").packetId();

        client.send(Type.PUBREC, first, REFUSED).expectPublish("1");
        client.expectNothing();
    }

    @Test
    @Mqtt5("MQTT-4.9.0-2")
    void anAnswerToNothingMakesNoRoom() {
        var client = receiver(1, 1, 3);
        int first = client.expectPublish("0").packetId();

        client.send(Type.PUBACK, first + 100).send(Type.PUBCOMP, first + 100).expectNothing();
        client.send(Type.PUBACK, first).expectPublish("1");
        // The same answer a second time, and room does not grow above the Receive Maximum.
        client.send(Type.PUBACK, first).expectNothing();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    @Mqtt5("MQTT-4.9.0-3")
    void whereNoRoomIsLeftEverythingElseGoesOn(int qos) {
        var client = receiver(1, qos, 2);
        int first = client.expectPublish("0").packetId();
        var other = topic();

        client.send("c000").expect(PingResp.class);
        client.subscribe(other, 1);
        connectV5().publish(Publish.to(topic, "qos 0"));
        client.expectPublish("qos 0");
        client.publish(Publish.to(topic(), "x").qos(1));
        client.publish(Publish.to(topic(), "x").qos(2));
        client.unsubscribe(other);
        if (qos == 2) {
            client.send(Type.PUBREC, first).expectAck(Type.PUBREL, first);
        }
        client.send(Type.PUBREL, 999);
        client.expect(Ack.class);
        client.disconnect();
    }
}
