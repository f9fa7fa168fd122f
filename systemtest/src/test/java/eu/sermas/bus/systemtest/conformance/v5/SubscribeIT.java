package eu.sermas.bus.systemtest.conformance.v5;

import static eu.sermas.bus.systemtest.raw.Bytes.bytes;
import static eu.sermas.bus.systemtest.raw.Property.SESSION_EXPIRY_INTERVAL;
import static eu.sermas.bus.systemtest.raw.Property.SUBSCRIPTION_IDENTIFIER;
import static eu.sermas.bus.systemtest.raw.Reasons.MALFORMED;
import static eu.sermas.bus.systemtest.raw.Reasons.PROTOCOL_ERROR;
import static eu.sermas.bus.systemtest.raw.Reasons.QUOTA_EXCEEDED;
import static eu.sermas.bus.systemtest.raw.Subscribe.NO_LOCAL;
import static eu.sermas.bus.systemtest.raw.Subscribe.NO_RETAINED;
import static eu.sermas.bus.systemtest.raw.Subscribe.subscribe;
import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.conformance.ConformanceBus.Kind;
import eu.sermas.bus.systemtest.conformance.Mqtt5;
import eu.sermas.bus.systemtest.conformance.Section;
import eu.sermas.bus.systemtest.raw.Bytes;
import eu.sermas.bus.systemtest.raw.Connect;
import eu.sermas.bus.systemtest.raw.Packet.SubAck;
import eu.sermas.bus.systemtest.raw.Properties;
import eu.sermas.bus.systemtest.raw.Publish;
import eu.sermas.bus.systemtest.raw.Type;
import eu.sermas.bus.systemtest.raw.Version;
import java.util.ArrayList;
import java.util.Collections;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Section 3.8: SUBSCRIBE.
class SubscribeIT extends Section {

    /// Filters of one packet that the bus grants.
    private static final int MOST_FILTERS = 100;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15})
    @Mqtt5("MQTT-3.8.1-1")
    void otherFlagsAreMalformed(int flags) {
        var packet = subscribe(1).filter(topic()).bytes(Version.V5);
        packet[0] = (byte) Type.SUBSCRIBE.firstByte(flags);

        connectV5().send(packet).expectDisconnect(MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"61ff62", "eda080", "2f00", "c0af"})
    @Mqtt5("MQTT-3.8.3-1")
    void aFilterThatIsNoTextIsMalformed(String hex) {
        var body = bytes().u16(1).varint(0).text(topic()).u8(0).binary(Bytes.hex(hex)).u8(0);

        connectV5().send(Bytes.packet(Type.SUBSCRIBE, body)).expectDisconnect(MALFORMED);
    }

    @Test
    @Mqtt5("MQTT-3.8.3-2")
    void thereIsAtLeastOneFilter() {
        connectV5().send(subscribe(1)).expectDisconnect(PROTOCOL_ERROR);
        connectV5()
                .send(subscribe(1).with(SUBSCRIPTION_IDENTIFIER, 1))
                .expectDisconnect(PROTOCOL_ERROR);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    @Mqtt5("MQTT-3.8.3-3")
    void noLocalKeepsOwnMessagesAway(int qos) {
        var topic = topic();
        var client = connectV5();
        client.subscribe(topic, qos | NO_LOCAL);
        var other = connectV5();
        other.subscribe(topic, 1 | NO_LOCAL);

        client.publish(Publish.to(topic, "mine").qos(1));
        client.expectNothing();
        other.expectPublish("mine");
        other.publish(Publish.to(topic, "theirs").qos(1));
        other.expectNothing();
        client.expectPublish("theirs");
        client.expectNothing();
    }

    @Test
    @Mqtt5("MQTT-3.8.3-3")
    void noLocalKeepsTheWillOfAnEarlierConnectionAway() {
        var topic = topic();
        var connect = Connect.v5(name("c")).unclean().with(SESSION_EXPIRY_INTERVAL, 60);
        var client = connect(connect.will(Publish.to(topic, "will").qos(1)));
        client.subscribe(topic, 1 | NO_LOCAL);
        var other = connectV5();
        other.subscribe(topic, 1);
        client.drop();
        other.expectPublish("will");

        connect(connect).expectNothing();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    @Mqtt5("MQTT-3.8.3-4")
    void noLocalWithASharedSubscriptionIsAProtocolError(int qos) {
        connectV5()
                .send(subscribe(1).filter("$share/" + name("g") + "/x", qos | NO_LOCAL))
                .expectDisconnect(PROTOCOL_ERROR);
    }

    @ParameterizedTest
    @ValueSource(ints = {0x40, 0x80, 0xC0, 0x41, 0x82})
    @Mqtt5("MQTT-3.8.3-5")
    void reservedOptionsAreMalformed(int options) {
        connectV5().send(subscribe(1).filter(topic(), options)).expectDisconnect(MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 0xFF, 0x100, 0xFFFF})
    @Mqtt5({"MQTT-3.8.4-1", "MQTT-3.8.4-2"})
    void subscribeIsAnswered(int packetId) {
        var client = connectV5();

        var answer = client.send(subscribe(packetId).filter(topic(), 1)).expect(SubAck.class);

        assertThat(answer).returns(Type.SUBACK, SubAck::type).returns(packetId, SubAck::packetId);
        client.expectNothing();
    }

    @ParameterizedTest
    @CsvSource({"0, 2", "2, 0", "1, 1"})
    @Mqtt5("MQTT-3.8.4-3")
    void theSameFilterReplacesTheSubscription(int before, int after) {
        var topic = topic();
        var client = connectV5();
        client.subscribe(topic, before, Properties.NONE.with(SUBSCRIPTION_IDENTIFIER, 1));
        client.subscribe(topic, after, Properties.NONE.with(SUBSCRIPTION_IDENTIFIER, 2));

        connectV5().publish(Publish.to(topic, "x").qos(2));

        var message = client.expectPublish("x");
        assertThat(message.qos()).isEqualTo(after);
        assertThat(message.properties().number(SUBSCRIPTION_IDENTIFIER)).isEqualTo(2);
        client.expectNothing();
        client.unsubscribe(topic);
        connectV5().publish(Publish.to(topic, "gone").qos(1));
        client.expectNothing();
    }

    @Test
    @Mqtt5("MQTT-3.8.4-4")
    void aReplacedSubscriptionBringsTheRetainedMessagesAgain() {
        var topic = topic();
        connectV5().publish(Publish.to(topic, "retained").qos(1).retained());
        var client = connectV5();
        client.subscribe(topic, 0);
        client.expectPublish("retained");

        client.subscribe(topic, 1);

        assertThat(client.expectPublish("retained").retain()).isTrue();
        client.expectNothing();
    }

    @Test
    @Mqtt5("MQTT-3.8.4-4")
    void noMessageIsLostWhileASubscriptionIsReplaced() {
        int messages = 100; // the bus takes so many at a time
        var topic = topic();
        var client = connectV5();
        client.subscribe(topic, 1);
        var published = bytes();
        var replaced = bytes();
        for (int i = 0; i < messages; i++) {
            published.raw(Publish.to(topic, "m" + i).qos(1, i + 1).bytes(Version.V5));
            replaced.raw(subscribe(i + 1).filter(topic, 1).bytes(Version.V5));
        }

        connectV5().send(published.toArray());
        client.send(replaced.toArray());

        var received = new ArrayList<String>();
        for (int i = 0; i < 2 * messages; i++) {
            if (client.next() instanceof Publish message) {
                received.add(message.text());
                client.send(Type.PUBACK, message.packetId());
            }
        }
        assertThat(received)
                .containsExactlyElementsOf(
                        IntStream.range(0, messages).mapToObj(i -> "m" + i).toList());
    }

    @Test
    @Mqtt5({"MQTT-3.8.4-5", "MQTT-3.8.4-6"})
    void severalFiltersAreSeveralSubscriptionsWithOneAnswer() {
        var base = name("t");
        var publisher = connectV5();
        for (var level : new String[] {"/a", "/b", "/c"}) {
            publisher.publish(Publish.to(base + level, "old" + level).qos(2).retained());
        }
        var client = connectV5();

        var answer =
                client.send(
                                subscribe(9)
                                        .filter(base + "/a", 2)
                                        .filter(base + "/b", 1 | NO_RETAINED)
                                        .filter(base + "/c", 2)
                                        .filter(base + "/c", 0))
                        .expect(SubAck.class);

        assertThat(answer.reasons()).containsExactly(2, 1, 2, 0);
        assertThat(client.expectPublish("old/a").qos()).isEqualTo(2);
        client.expectPublish("old/c");
        client.expectPublish("old/c");
        client.expectNothing();
        for (var level : new String[] {"/a", "/b", "/c"}) {
            publisher.publish(Publish.to(base + level, "new" + level).qos(2));
        }
        assertThat(client.expectPublish("new/a").qos()).isEqualTo(2);
        assertThat(client.expectPublish("new/b").qos()).isEqualTo(1);
        assertThat(client.expectPublish("new/c").qos()).isZero();
        client.expectNothing();
    }

    @Test
    @Mqtt5({"MQTT-3.8.4-6", "MQTT-3.8.4-7"})
    void eachFilterIsGrantedOrRefused() {
        var base = name("t");
        var request = subscribe(1);
        for (int i = 0; i < MOST_FILTERS; i++) {
            request.filter(base + "/" + i, 1);
        }
        request.filter(base + "/refused", 1).filter(base + "/too", 2);
        var client = connect(Kind.FEW_AT_A_TIME, Connect.v5(name("c")));

        var reasons = client.send(request).expect(SubAck.class).reasons();

        assertThat(reasons).hasSize(MOST_FILTERS + 2);
        assertThat(reasons.subList(0, MOST_FILTERS))
                .isEqualTo(Collections.nCopies(MOST_FILTERS, 1));
        assertThat(reasons.subList(MOST_FILTERS, MOST_FILTERS + 2)).containsOnly(QUOTA_EXCEEDED);
        var publisher = connect(Kind.FEW_AT_A_TIME, Connect.v5(name("c")));
        publisher.publish(Publish.to(base + "/refused", "no").qos(1));
        publisher.publish(Publish.to(base + "/99", "yes").qos(1));
        client.expectPublish("yes");
        client.expectNothing();
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "0, 1", "0, 2", "1, 0", "1, 1", "1, 2", "2, 0", "2, 1", "2, 2"})
    @Mqtt5({"MQTT-3.8.4-7", "MQTT-3.8.4-8"})
    void theLowerOfBothQosIsDelivered(int published, int granted) {
        var topic = topic();
        var client = connectV5();
        client.subscribe(topic, granted); // asserts what is granted

        connectV5().publish(Publish.to(topic, "live").qos(published).retained());
        var late = connectV5();
        late.subscribe(topic, granted);

        assertThat(client.expectPublish("live").qos()).isEqualTo(Math.min(published, granted));
        assertThat(late.expectPublish("live").qos()).isEqualTo(Math.min(published, granted));
    }
}
