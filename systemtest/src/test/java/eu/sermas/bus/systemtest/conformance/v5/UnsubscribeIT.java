package eu.sermas.bus.systemtest.conformance.v5;

import static eu.sermas.bus.systemtest.raw.Bytes.bytes;
import static eu.sermas.bus.systemtest.raw.Property.MAXIMUM_PACKET_SIZE;
import static eu.sermas.bus.systemtest.raw.Property.REASON_STRING;
import static eu.sermas.bus.systemtest.raw.Property.SESSION_EXPIRY_INTERVAL;
import static eu.sermas.bus.systemtest.raw.Property.USER_PROPERTY;
import static eu.sermas.bus.systemtest.raw.Reasons.MALFORMED;
import static eu.sermas.bus.systemtest.raw.Reasons.NO_SUBSCRIPTION_EXISTED;
import static eu.sermas.bus.systemtest.raw.Reasons.PROTOCOL_ERROR;
import static eu.sermas.bus.systemtest.raw.Subscribe.unsubscribe;
import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.conformance.Mqtt5;
import eu.sermas.bus.systemtest.conformance.Section;
import eu.sermas.bus.systemtest.raw.Bytes;
import eu.sermas.bus.systemtest.raw.Connect;
import eu.sermas.bus.systemtest.raw.Packet.SubAck;
import eu.sermas.bus.systemtest.raw.Publish;
import eu.sermas.bus.systemtest.raw.Type;
import eu.sermas.bus.systemtest.raw.Version;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Sections 3.10 and 3.11: UNSUBSCRIBE and UNSUBACK.
class UnsubscribeIT extends Section {

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15})
    @Mqtt5("MQTT-3.10.1-1")
    void otherFlagsAreMalformed(int flags) {
        var packet = unsubscribe(1).filter(topic()).bytes(Version.V5);
        packet[0] = (byte) Type.UNSUBSCRIBE.firstByte(flags);

        connectV5().send(packet).expectDisconnect(MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"61ff62", "eda080", "2f00", "c0af"})
    @Mqtt5("MQTT-3.10.3-1")
    void aFilterThatIsNoTextIsMalformed(String hex) {
        var body = bytes().u16(1).varint(0).text(topic()).binary(Bytes.hex(hex));

        connectV5().send(Bytes.packet(Type.UNSUBSCRIBE, body)).expectDisconnect(MALFORMED);
    }

    @Test
    @Mqtt5("MQTT-3.10.3-2")
    void thereIsAtLeastOneFilter() {
        connectV5().send(unsubscribe(1)).expectDisconnect(PROTOCOL_ERROR);
    }

    @ParameterizedTest
    @CsvSource({
        "/a/b, /a/B",
        "/a/b, /a/b/",
        "/a/b, //a/b",
        "/a/b, /a/+",
        "/a/b, /a/#",
        "/a/b, /#",
        "/a/+, /a/b",
        "/a/+, /+/b",
        "/a/+, /a/#",
        "/a/#, /a/b",
        "/a/#, /a/+",
        "/a/#, /a",
        "/a/b, /a/b\u0301"
    })
    @Mqtt5({"MQTT-3.10.4-1", "MQTT-3.10.4-5"})
    void onlyTheSameFilterIsDeleted(String held, String other) {
        var base = name("t");
        var client = connectV5();
        client.subscribe(base + held, 1);
        var publisher = connectV5();

        assertThat(client.unsubscribe(base + other).reasons())
                .containsExactly(NO_SUBSCRIPTION_EXISTED);
        publisher.publish(Publish.to(base + "/a/b", "still").qos(1));
        client.expectPublish("still");

        assertThat(client.unsubscribe(base + held).reasons()).containsExactly(0);
        publisher.publish(Publish.to(base + "/a/b", "gone").qos(1));
        client.expectNothing();
    }

    @ParameterizedTest
    @CsvSource({"'', 0", "'', 1", "'', 2", "$share/g/, 0", "$share/g/, 1", "$share/g/, 2"})
    @Mqtt5({"MQTT-3.10.4-1", "MQTT-3.10.4-2"})
    void nothingNewComesAfterwards(String share, int qos) {
        var topic = topic();
        var client = connectV5();
        client.subscribe(share + topic, qos);
        var publisher = connectV5();
        publisher.publish(Publish.to(topic, "before").qos(1));
        client.expectPublish("before");

        client.unsubscribe(share + topic);

        publisher.publish(Publish.to(topic, "after").qos(1));
        publisher.publish(Publish.to(topic, "after").qos(2));
        client.expectNothing();
    }

    @Test
    @Mqtt5("MQTT-3.10.4-3")
    void aStartedDeliveryOfQos2IsCompleted() {
        var topic = topic();
        var client = connectV5();
        client.subscribe(topic, 2);
        connectV5().publish(Publish.to(topic, "x").qos(2));
        int packetId = client.expectPublish("x").packetId();

        client.unsubscribe(topic);

        assertThat(client.send(Type.PUBREC, packetId).expectAck(Type.PUBREL, packetId).reason())
                .isZero();
        client.send(Type.PUBCOMP, packetId).expectNothing();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    @Mqtt5("MQTT-3.10.4-3")
    void aStartedDeliveryIsCompletedOnALaterConnection(int qos) {
        var topic = topic();
        var kept = Connect.v5(name("c")).unclean().with(SESSION_EXPIRY_INTERVAL, 60);
        var client = connect(kept);
        client.subscribe(topic, qos);
        connectV5().publish(Publish.to(topic, "x").qos(qos));
        int packetId = client.expectPublish("x").packetId();
        client.unsubscribe(topic);
        client.drop();

        var again = connect(kept);

        assertThat(again.expectPublish("x").packetId()).isEqualTo(packetId);
        again.expectNothing();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 0xFF, 0x100, 0xFFFF})
    @Mqtt5({"MQTT-3.10.4-4", "MQTT-3.10.4-5"})
    void unsubscribeIsAnswered(int packetId) {
        var topic = topic();
        var client = connectV5();
        client.subscribe(topic, 0);

        for (int expected : new int[] {0, NO_SUBSCRIPTION_EXISTED}) {
            var answer = client.send(unsubscribe(packetId).filter(topic)).expect(SubAck.class);
            assertThat(answer.type()).isEqualTo(Type.UNSUBACK);
            assertThat(answer.packetId()).isEqualTo(packetId);
            assertThat(answer.reasons()).containsExactly(expected);
        }
        client.expectNothing();
    }

    @Test
    @Mqtt5({"MQTT-3.10.4-6", "MQTT-3.11.3-1", "MQTT-3.11.3-2"})
    void severalFiltersAreSeveralUnsubscribesWithOneAnswer() {
        var base = name("t");
        var client = connectV5();
        client.subscribe(base + "/a", 1);
        client.subscribe(base + "/b", 1);
        client.subscribe(base + "/c", 1);

        var answer =
                client.send(
                                unsubscribe(4)
                                        .filter(base + "/none")
                                        .filter(base + "/c")
                                        .filter(base + "/c")
                                        .filter(base + "/a"))
                        .expect(SubAck.class);

        assertThat(answer.reasons())
                .containsExactly(NO_SUBSCRIPTION_EXISTED, 0, NO_SUBSCRIPTION_EXISTED, 0);
        var publisher = connectV5();
        for (var level : new String[] {"/a", "/b", "/c"}) {
            publisher.publish(Publish.to(base + level, level).qos(1));
        }
        client.expectPublish("/b");
        client.expectNothing();
    }

    @Test
    @Mqtt5({"MQTT-3.11.2-1", "MQTT-3.11.2-2"})
    void theAnswerIsNoLargerThanTheClientAccepts() {
        int filters = 20;
        var request = unsubscribe(1);
        for (int i = 0; i < filters; i++) {
            request.filter(topic());
        }
        // There is room for the reason codes and for not a single property.
        int size = 2 + 2 + 1 + filters;
        var client = connect(Connect.v5(name("c")).with(MAXIMUM_PACKET_SIZE, size));

        var answer = client.send(request).expect(SubAck.class);

        assertThat(answer.reasons())
                .isEqualTo(Collections.nCopies(filters, NO_SUBSCRIPTION_EXISTED));
        assertThat(answer.properties().has(REASON_STRING)).isFalse();
        assertThat(answer.properties().has(USER_PROPERTY)).isFalse();
    }
}
