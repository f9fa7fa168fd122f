package eu.sermas.bus.systemtest.conformance.v5;

import static eu.sermas.bus.systemtest.raw.Property.ASSIGNED_CLIENT_IDENTIFIER;
import static eu.sermas.bus.systemtest.raw.Property.AUTHENTICATION_METHOD;
import static eu.sermas.bus.systemtest.raw.Property.MAXIMUM_PACKET_SIZE;
import static eu.sermas.bus.systemtest.raw.Property.MAXIMUM_QOS;
import static eu.sermas.bus.systemtest.raw.Property.REASON_STRING;
import static eu.sermas.bus.systemtest.raw.Property.RECEIVE_MAXIMUM;
import static eu.sermas.bus.systemtest.raw.Property.RETAIN_AVAILABLE;
import static eu.sermas.bus.systemtest.raw.Property.SERVER_KEEP_ALIVE;
import static eu.sermas.bus.systemtest.raw.Property.SESSION_EXPIRY_INTERVAL;
import static eu.sermas.bus.systemtest.raw.Property.TOPIC_ALIAS;
import static eu.sermas.bus.systemtest.raw.Property.TOPIC_ALIAS_MAXIMUM;
import static eu.sermas.bus.systemtest.raw.Property.USER_PROPERTY;
import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.conformance.ConformanceBus.Kind;
import eu.sermas.bus.systemtest.conformance.Mqtt5;
import eu.sermas.bus.systemtest.conformance.Section;
import eu.sermas.bus.systemtest.raw.Bytes;
import eu.sermas.bus.systemtest.raw.Connect;
import eu.sermas.bus.systemtest.raw.Packet.ConnAck;
import eu.sermas.bus.systemtest.raw.Packet.SubAck;
import eu.sermas.bus.systemtest.raw.Properties;
import eu.sermas.bus.systemtest.raw.Publish;
import eu.sermas.bus.systemtest.raw.RawClient;
import eu.sermas.bus.systemtest.raw.Subscribe;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Section 3.2: CONNACK.
class ConnAckIT extends Section {

    /// Table 3-1.
    private static final Set<Integer> REASONS =
            Set.of(
                    0x00, 0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8A, 0x8C,
                    0x90, 0x95, 0x97, 0x99, 0x9A, 0x9B, 0x9C, 0x9D, 0x9F);

    private static final int PROTOCOL_ERROR = 0x82;
    private static final int BAD_AUTHENTICATION_METHOD = 0x8C;
    private static final int TOPIC_ALIAS_INVALID = 0x94;
    private static final int PACKET_TOO_LARGE = 0x95;
    private static final int RETAIN_NOT_SUPPORTED = 0x9A;
    private static final int QOS_NOT_SUPPORTED = 0x9B;

    private final String clientId = name("c");
    private final String topic = topic();

    @Test
    @Mqtt5("MQTT-3.2.0-1")
    void connAckPrecedesTheMessagesOfTheSession() {
        var before = connect(lasting());
        before.subscribe(topic, 1);
        before.disconnect();
        var sender = connectV5();
        for (int i = 0; i < 10; i++) {
            sender.publish(Publish.to(topic, "m" + i).qos(1));
        }

        var client = open().send(lasting().unclean());

        assertThat(client.expect(ConnAck.class).reason()).isZero();
        for (int i = 0; i < 10; i++) {
            client.expectPublish("m" + i);
        }
    }

    /// Requests that come in one piece with CONNECT are answered behind CONNACK.
    @Test
    @Mqtt5("MQTT-3.2.0-1")
    void connAckPrecedesTheAnswersToWhatCameBehindConnect() {
        var subscribe = Bytes.hex("820700010000017800");
        var both = Bytes.bytes().raw(Connect.v5(clientId).bytes()).raw(subscribe).toArray();

        var client = open().send(both);

        client.expect(ConnAck.class);
        client.expect(SubAck.class);
    }

    @Test
    @Mqtt5("MQTT-3.2.0-2")
    void aSecondConnectIsNotAcknowledged() {
        var client = connect(Connect.v5(clientId));
        client.subscribe(topic, 0);
        client.expectNothing();

        client.send(Connect.v5(clientId)).expectDisconnect(PROTOCOL_ERROR);
    }

    @Test
    @Mqtt5({"MQTT-3.2.2-1", "MQTT-3.2.2-3"})
    void theFlagsSayWhetherTheSessionWasPresentAndNothingElse() {
        var first = open();
        assertThat(first.connect(lasting()).flags()).isEqualTo(0);
        first.disconnect();
        var second = open();
        assertThat(second.connect(lasting().unclean()).flags()).isEqualTo(1);
        assertThat(open().connect(Connect.v5(name("c")).unclean()).flags()).isEqualTo(0);
    }

    @Test
    @Mqtt5("MQTT-3.2.2-2")
    void withCleanStartThereIsNoSession() {
        connect(lasting()).disconnect();

        assertThat(open().connect(lasting()).sessionPresent()).isFalse();
    }

    @Test
    @Mqtt5({"MQTT-3.2.2-1", "MQTT-3.2.2-6"})
    void aRefusalSaysNothingOfTheSession() {
        connect(lasting()).disconnect();
        var connect = lasting().unclean().with(AUTHENTICATION_METHOD, "unknown");

        var answer = open().send(connect).expectRefused(BAD_AUTHENTICATION_METHOD);

        assertThat(answer.flags()).isZero();
    }

    private static Stream<Connect> refused() {
        return Stream.of(
                Connect.v5("c").flip(0x01),
                Connect.v5("c").flip(0x04),
                Connect.v5("c").flip(0x80),
                Connect.v5("c").clientId(new byte[] {(byte) 0xFF}),
                Connect.v5("c").with(RECEIVE_MAXIMUM, 0),
                Connect.v5("c").with(TOPIC_ALIAS, 1),
                Connect.v5("c").with(AUTHENTICATION_METHOD, "unknown"),
                Connect.v5("c").will(Publish.to("a/#", "x")),
                Connect.v5("c").will(Publish.to("a", "x").qos(2)),
                Connect.v5("c").will(Publish.to("a", "x").retained()));
    }

    /// With the bus that allows the least, as it has the most reasons to refuse.
    @ParameterizedTest
    @MethodSource("refused")
    @Mqtt5({"MQTT-3.2.2-7", "MQTT-3.2.2-8"})
    void aRefusalHasAListedReasonAndEndsTheConnection(Connect connect) {
        var client = open(Kind.RESTRICTED).send(connect);

        assertThat(client.expectClosed())
                .isInstanceOfSatisfying(
                        ConnAck.class,
                        answer -> {
                            assertThat(REASONS).contains(answer.reason());
                            assertThat(answer.reason()).isGreaterThanOrEqualTo(0x80);
                        });
    }

    @Test
    @Mqtt5("MQTT-3.2.2-9")
    void theMaximumQosIsAnnouncedWhereItIsLow() {
        assertThat(properties(Kind.OPEN).has(MAXIMUM_QOS)).isFalse();
        assertThat(properties(Kind.RESTRICTED).number(MAXIMUM_QOS)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    @Mqtt5("MQTT-3.2.2-10")
    void aSubscriptionMayAskForMoreThanTheMaximumQos(int qos) {
        var client = restricted();

        client.send(Subscribe.subscribe(1).filter(topic, qos));

        assertThat(client.expect(SubAck.class).reasons()).containsExactly(Math.min(qos, 1));
    }

    @Test
    @Mqtt5("MQTT-3.2.2-11")
    void aMessageAboveTheMaximumQosEndsTheConnection() {
        restricted().publish(Publish.to(topic, "x").qos(1));

        restricted().send(Publish.to(topic, "x").qos(2, 1)).expectDisconnect(QOS_NOT_SUPPORTED);
    }

    @Test
    @Mqtt5("MQTT-3.2.2-12")
    void aWillAboveTheMaximumQosIsRefused() {
        var will = Publish.to(topic, "x");

        open(Kind.RESTRICTED)
                .send(Connect.v5(clientId).will(will.qos(2)))
                .expectRefused(QOS_NOT_SUPPORTED);
        open(Kind.RESTRICTED).connect(Connect.v5(clientId).will(will.qos(1)));
    }

    @Test
    @Mqtt5("MQTT-3.2.2-13")
    void aRetainedWillIsRefusedWhereNothingIsRetained() {
        var will = Publish.to(topic, "x").retained();

        open(Kind.RESTRICTED)
                .send(Connect.v5(clientId).will(will))
                .expectRefused(RETAIN_NOT_SUPPORTED);
    }

    @Test
    @Mqtt5("MQTT-3.2.2-14")
    void aRetainedMessageEndsTheConnectionWhereNothingIsRetained() {
        assertThat(properties(Kind.OPEN).has(RETAIN_AVAILABLE)).isFalse();
        assertThat(properties(Kind.RESTRICTED).number(RETAIN_AVAILABLE)).isZero();

        restricted().send(Publish.to(topic, "x").retained()).expectDisconnect(RETAIN_NOT_SUPPORTED);
    }

    @Test
    @Mqtt5("MQTT-3.2.2-15")
    void aPacketAboveTheMaximumPacketSizeEndsTheConnection() {
        int largest = (int) properties(Kind.RESTRICTED).number(MAXIMUM_PACKET_SIZE);
        int payload = largest - 6 - topic.length();

        restricted().publish(Publish.to(topic, new byte[payload]));
        restricted()
                .send(Publish.to(topic, new byte[payload + 1]))
                .expectDisconnect(PACKET_TOO_LARGE);
    }

    @Test
    @Mqtt5("MQTT-3.2.2-15")
    void theLengthAloneIsEnoughToKnowThatAPacketIsTooLarge() {
        restricted().send("30ffffff7f").expectDisconnect(PACKET_TOO_LARGE);
    }

    @Test
    @Mqtt5("MQTT-3.2.2-16")
    void anAssignedClientIdentifierIsUniqueAmongAllSessions() {
        var assigned = new HashSet<String>();

        for (int i = 0; i < 50; i++) {
            var answer = open().connect(Connect.v5("").with(SESSION_EXPIRY_INTERVAL, 5));
            assertThat(answer.sessionPresent()).isFalse();
            assertThat(assigned.add(answer.properties().text(ASSIGNED_CLIENT_IDENTIFIER))).isTrue();
        }
        assertThat(properties(Kind.OPEN).has(ASSIGNED_CLIENT_IDENTIFIER)).isFalse();
    }

    @Test
    @Mqtt5("MQTT-3.2.2-17")
    void topicAliasesOfTheClientStayWithinTheMaximum() {
        int maximum = (int) properties(Kind.OPEN).number(TOPIC_ALIAS_MAXIMUM);
        var message = Publish.to(topic, "x");
        var client = connectV5();
        client.subscribe(topic, 0);

        client.send(message.with(TOPIC_ALIAS, maximum));
        assertThat(client.expectPublish().topic()).isEqualTo(topic);

        client.send(message.with(TOPIC_ALIAS, maximum + 1)).expectDisconnect(TOPIC_ALIAS_INVALID);
        connectV5().send(message.with(TOPIC_ALIAS, 0)).expectDisconnect(TOPIC_ALIAS_INVALID);
    }

    @Test
    @Mqtt5("MQTT-3.2.2-18")
    void withoutATopicAliasMaximumNoneIsAccepted() {
        assertThat(properties(Kind.RESTRICTED).has(TOPIC_ALIAS_MAXIMUM)).isFalse();

        restricted()
                .send(Publish.to(topic, "x").with(TOPIC_ALIAS, 1))
                .expectDisconnect(TOPIC_ALIAS_INVALID);
    }

    @Test
    @Mqtt5({"MQTT-3.2.2-19", "MQTT-3.2.2-20"})
    void aReasonStringOnlyComesWhereItFits() {
        var connect = Connect.v5(clientId).with(AUTHENTICATION_METHOD, "unknown");
        var roomy = open().send(connect).expectRefused(BAD_AUTHENTICATION_METHOD);
        assertThat(roomy.properties().has(REASON_STRING)).isTrue();

        // CONNACK with no properties takes 5 bytes.
        connect.with(MAXIMUM_PACKET_SIZE, 5);
        var tight = open().send(connect).expectRefused(BAD_AUTHENTICATION_METHOD);

        assertThat(tight.properties().has(REASON_STRING)).isFalse();
        assertThat(tight.properties().has(USER_PROPERTY)).isFalse();
    }

    @Test
    @Mqtt5("MQTT-3.2.2-22")
    void theKeepAliveOfTheClientCountsWhereTheBusNamesNone() {
        var less = Connect.v5(clientId).keepAlive(10);
        var more = Connect.v5(clientId).keepAlive(60);

        assertThat(open(Kind.RESTRICTED).connect(less).properties().has(SERVER_KEEP_ALIVE))
                .isFalse();
        assertThat(open(Kind.RESTRICTED).connect(more).properties().number(SERVER_KEEP_ALIVE))
                .isEqualTo(20);
    }

    private Properties properties(Kind bus) {
        return open(bus).connect(Connect.v5(clientId)).properties();
    }

    private RawClient restricted() {
        var client = open(Kind.RESTRICTED);
        client.connect(Connect.v5(name("c")));
        return client;
    }

    private Connect lasting() {
        return Connect.v5(clientId).with(SESSION_EXPIRY_INTERVAL, 60);
    }
}
