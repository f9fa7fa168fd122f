package eu.sermas.bus.systemtest.conformance.v311;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.conformance.Mqtt311;
import eu.sermas.bus.systemtest.conformance.Section;
import eu.sermas.bus.systemtest.raw.Connect;
import eu.sermas.bus.systemtest.raw.Packet.SubAck;
import eu.sermas.bus.systemtest.raw.Publish;
import eu.sermas.bus.systemtest.raw.Subscribe;
import eu.sermas.bus.systemtest.raw.Type;
import eu.sermas.bus.systemtest.raw.Version;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Section 3.10: UNSUBSCRIBE.
class UnsubscribeIT extends Section {

    private final String topic = topic();

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15})
    @Mqtt311("MQTT-3.10.1-1")
    void otherFlagsCloseTheConnection(int flags) {
        var packet = Subscribe.unsubscribe(1).filter(topic).bytes(Version.V311);
        packet[0] = (byte) Type.UNSUBSCRIBE.firstByte(flags);

        connectV311().send(packet).expectEnd();
    }

    @Test
    @Mqtt311("MQTT-3.10.3-2")
    void thereIsAtLeastOneFilter() {
        connectV311().send(Subscribe.unsubscribe(1)).expectEnd();
        connectV311().send("a204 0001 0002").expectEnd(); // half a filter
    }

    /// Each of the others would match the topic or look like the filter to a careless eye.
    @ParameterizedTest
    @CsvSource({"/x", "/X", "/+", "/#", "/x/#", "/x/", "//x"})
    @Mqtt311("MQTT-3.10.4-1")
    void onlyTheSameFilterIsDeleted(String suffix) {
        var first = name("t");
        var client = connectV311();
        client.subscribe(first + "/x", 1);

        client.unsubscribe(first + suffix);

        connectV311().publish(Publish.to(first + "/x", "x").qos(1));
        if (!suffix.equals("/x")) {
            client.expectPublish("x");
        }
        client.expectNothing();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/+", "/#"})
    @Mqtt311({"MQTT-3.10.4-1", "MQTT-3.10.4-2"})
    void aFilterWithWildcardIsDeletedByItself(String suffix) {
        var first = name("t");
        var client = connectV311();
        client.subscribe(first + suffix, 1);

        client.unsubscribe(first + suffix);

        connectV311().publish(Publish.to(first + "/x", "x").qos(1));
        client.expectNothing();
    }

    @Test
    @Mqtt311("MQTT-3.10.4-2")
    void nothingNewComesAfterUnsubscribe() {
        var unclean = Connect.v311(name("c")).unclean();
        var client = connect(unclean);
        client.subscribe(topic, 2);
        var sender = connectV311();
        sender.publish(Publish.to(topic, "before").qos(1));
        client.acknowledge(client.expectPublish("before"));

        client.unsubscribe(topic);

        sender.publish(Publish.to(topic, "after").qos(1).retained());
        client.expectNothing();
        client.drop();
        connect(unclean).expectNothing();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    @Mqtt311("MQTT-3.10.4-3")
    void whatWasSentIsCompleted(int qos) {
        var unclean = Connect.v311(name("c")).unclean();
        var client = connect(unclean);
        client.subscribe(topic, qos);
        connectV311().publish(Publish.to(topic, "started").qos(qos));
        int packetId = client.expectPublish("started").packetId();

        client.unsubscribe(topic);
        client.drop();

        var back = connect(unclean);
        var again = back.expectPublish("started");
        assertThat(again.packetId()).isEqualTo(packetId);
        back.acknowledge(again).expectNothing();
    }

    @Test
    @Mqtt311("MQTT-3.10.4-3")
    void qos2IsCompletedOnTheSameConnection() {
        var client = connectV311();
        client.subscribe(topic, 2);
        connectV311().publish(Publish.to(topic, "started").qos(2));
        var started = client.expectPublish("started");

        client.unsubscribe(topic);

        client.acknowledge(started).expectNothing();
    }

    @Test
    @Mqtt311({"MQTT-3.10.4-4", "MQTT-3.10.4-5"})
    void unsubscribeIsAnsweredWhetherOrNotSomethingIsDeleted() {
        var client = connectV311();
        client.subscribe(topic, 0);

        for (int packetId = 700; packetId < 703; packetId++) {
            var request = Subscribe.unsubscribe(packetId).filter(topic);
            assertThat(client.send(request).expect(SubAck.class))
                    .returns(Type.UNSUBACK, SubAck::type)
                    .returns(packetId, SubAck::packetId);
        }
    }

    @Test
    @Mqtt311("MQTT-3.10.4-6")
    void severalFiltersAreAnsweredInOnePacket() {
        var one = topic();
        var two = topic();
        var three = topic();
        var client = connectV311();
        client.subscribe(one, 1);
        client.subscribe(two, 1);
        client.subscribe(three, 1);

        var request = Subscribe.unsubscribe(9).filter(one).filter(topic).filter(three);
        assertThat(client.send(request).expect(SubAck.class))
                .returns(Type.UNSUBACK, SubAck::type)
                .returns(9, SubAck::packetId);

        client.expectNothing();
        connectV311()
                .publish(Publish.to(one, "one").qos(1))
                .publish(Publish.to(three, "three").qos(1))
                .publish(Publish.to(two, "two").qos(1));
        client.expectPublish("two");
        client.expectNothing();
    }
}
