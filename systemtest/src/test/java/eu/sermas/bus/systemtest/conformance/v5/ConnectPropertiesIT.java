package eu.sermas.bus.systemtest.conformance.v5;

import static eu.sermas.bus.systemtest.raw.Property.MAXIMUM_PACKET_SIZE;
import static eu.sermas.bus.systemtest.raw.Property.PAYLOAD_FORMAT_INDICATOR;
import static eu.sermas.bus.systemtest.raw.Property.REASON_STRING;
import static eu.sermas.bus.systemtest.raw.Property.RECEIVE_MAXIMUM;
import static eu.sermas.bus.systemtest.raw.Property.REQUEST_PROBLEM_INFORMATION;
import static eu.sermas.bus.systemtest.raw.Property.REQUEST_RESPONSE_INFORMATION;
import static eu.sermas.bus.systemtest.raw.Property.RESPONSE_INFORMATION;
import static eu.sermas.bus.systemtest.raw.Property.SERVER_KEEP_ALIVE;
import static eu.sermas.bus.systemtest.raw.Property.SESSION_EXPIRY_INTERVAL;
import static eu.sermas.bus.systemtest.raw.Property.TOPIC_ALIAS;
import static eu.sermas.bus.systemtest.raw.Property.TOPIC_ALIAS_MAXIMUM;
import static eu.sermas.bus.systemtest.raw.Property.USER_PROPERTY;
import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.conformance.ConformanceBus.Kind;
import eu.sermas.bus.systemtest.conformance.Mqtt5;
import eu.sermas.bus.systemtest.conformance.Section;
import eu.sermas.bus.systemtest.raw.Connect;
import eu.sermas.bus.systemtest.raw.Packet.Ack;
import eu.sermas.bus.systemtest.raw.Packet.SubAck;
import eu.sermas.bus.systemtest.raw.Properties;
import eu.sermas.bus.systemtest.raw.Publish;
import eu.sermas.bus.systemtest.raw.Subscribe;
import eu.sermas.bus.systemtest.raw.Type;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Section 3.1: keep alive, and what the client says it can take.
class ConnectPropertiesIT extends Section {

    private static final int KEEP_ALIVE_TIMEOUT = 0x8D;
    private static final int PAYLOAD_FORMAT_INVALID = 0x99;

    private final String clientId = name("c");
    private final String topic = topic();

    @Test
    @Mqtt5({"MQTT-3.1.2-22", "MQTT-3.2.2-22"})
    void aSilentClientIsClosedAfterOneAndAHalfTimesItsKeepAlive() {
        var watcher = connectV5();
        watcher.subscribe(topic, 0);
        var connect = Connect.v5(clientId).keepAlive(1).will(Publish.to(topic, "silent"));
        var client = open();
        assertThat(client.connect(connect).properties().has(SERVER_KEEP_ALIVE)).isFalse();
        client.expectNothing();
        var begin = System.nanoTime();

        client.expectDisconnect(KEEP_ALIVE_TIMEOUT);

        assertThat(Duration.ofNanos(System.nanoTime() - begin))
                .isBetween(Duration.ofMillis(1_400), Duration.ofSeconds(4));
        watcher.expectPublish("silent");
    }

    @Test
    @Mqtt5({"MQTT-3.1.2-24", "MQTT-3.1.2-25"})
    void aMessageThatIsTooLargeForTheClientIsDropped() {
        var client = connect(small().with(RECEIVE_MAXIMUM, 1).with(SESSION_EXPIRY_INTERVAL, 60));
        client.subscribe(topic, 2);
        var sender = connectV5();

        sender.publish(Publish.to(topic, "x".repeat(100)).qos(1));
        sender.publish(Publish.to(topic, "x".repeat(100)).qos(2));
        sender.publish(Publish.to(topic, "x".repeat(100)));
        sender.publish(Publish.to(topic, "x").user("name", "x".repeat(100)).qos(1));
        sender.publish(Publish.to(topic, "fits").qos(1));

        // With a Receive Maximum of 1 it only comes where the others count as delivered.
        int packetId = client.expectPublish("fits").packetId();
        client.send(Type.PUBACK, packetId).expectNothing();
        client.disconnect();
        connect(Connect.v5(clientId).unclean()).expectNothing();
    }

    @Test
    @Mqtt5({"MQTT-3.1.2-24", "MQTT-3.1.2-25"})
    void aRetainedMessageThatIsTooLargeForTheClientIsDropped() {
        connectV5().publish(Publish.to(topic, "x".repeat(100)).retained());
        var client = connect(small());

        client.subscribe(topic, 1);

        client.expectNothing();
    }

    @Test
    @Mqtt5({"MQTT-3.1.2-24", "MQTT-3.1.2-25"})
    void aQueuedMessageThatIsTooLargeForTheNextConnectionIsDropped() {
        var before = connect(Connect.v5(clientId).with(SESSION_EXPIRY_INTERVAL, 60));
        before.subscribe(topic, 1);
        before.disconnect();
        var sender = connectV5();
        sender.publish(Publish.to(topic, "x".repeat(100)).qos(1));
        sender.publish(Publish.to(topic, "fits").qos(1));

        connect(small().unclean()).expectPublish("fits");
    }

    @Test
    @Mqtt5("MQTT-3.1.2-24")
    void aMessageOfExactlyTheLargestSizeIsDelivered() {
        var largest = Publish.to(topic, "x".repeat(64 - 5 - topic.length()));
        var client = connect(small());
        client.subscribe(topic, 0);

        connectV5().publish(largest).publish(Publish.to(topic, largest.text() + "y"));

        client.expectPublish(largest.text());
        client.expectNothing();
    }

    private Connect small() {
        return Connect.v5(clientId).with(MAXIMUM_PACKET_SIZE, 64);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 65_535})
    @Mqtt5("MQTT-3.1.2-26")
    void topicAliasesStayWithinTheMaximumOfTheClient(int maximum) {
        var level = name("t");
        var client = connect(Connect.v5(clientId).with(TOPIC_ALIAS_MAXIMUM, maximum));
        client.subscribe(level + "/#", 0);
        var sender = connectV5();
        var names = new HashMap<Long, String>();

        for (int i = 0; i < 60; i++) {
            var sent = level + "/a-name-that-is-worth-an-alias/" + i % 5;
            sender.send(Publish.to(sent, "x"));
            var message = client.expectPublish();
            assertThat(message.properties().all(TOPIC_ALIAS))
                    .allSatisfy(alias -> assertThat((long) alias).isBetween(1L, (long) maximum));
            assertThat(resolve(message, names)).isEqualTo(sent);
        }
        assertThat(names).as("aliases in use").isNotEmpty().hasSizeLessThanOrEqualTo(maximum);
    }

    private static String resolve(Publish message, Map<Long, String> names) {
        if (!message.properties().has(TOPIC_ALIAS)) {
            return message.topic();
        }
        long alias = message.properties().number(TOPIC_ALIAS);
        if (!message.topic().isEmpty()) {
            names.put(alias, message.topic());
        }
        return names.getOrDefault(alias, "an alias without a topic");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Mqtt5("MQTT-3.1.2-27")
    void withoutATopicAliasMaximumThereAreNoAliases(boolean zero) {
        var connect = Connect.v5(clientId);
        var client = connect(zero ? connect.with(TOPIC_ALIAS_MAXIMUM, 0) : connect);
        client.subscribe(topic, 0);
        var sender = connectV5();

        for (int i = 0; i < 20; i++) {
            sender.send(Publish.to(topic, "x"));
            var message = client.expectPublish();
            assertThat(message.topic()).isEqualTo(topic);
            assertThat(message.properties().has(TOPIC_ALIAS)).isFalse();
        }
    }

    @Test
    @Mqtt5("MQTT-3.1.2-28")
    void responseInformationIsOnlySentOnRequest() {
        assertThat(responseInformation(Properties.NONE)).isFalse();
        assertThat(responseInformation(Properties.NONE.with(REQUEST_RESPONSE_INFORMATION, 0)))
                .isFalse();
        assertThat(responseInformation(Properties.NONE.with(REQUEST_RESPONSE_INFORMATION, 1)))
                .isTrue();
    }

    private boolean responseInformation(Properties properties) {
        var connect = Connect.v5(clientId).with(properties);
        return open(Kind.RESTRICTED).connect(connect).properties().has(RESPONSE_INFORMATION);
    }

    @Test
    @Mqtt5("MQTT-3.1.2-29")
    void withoutProblemInformationAnswersHaveNoReasonStringNorUserProperty() {
        var client = connect(Connect.v5(clientId).with(REQUEST_PROBLEM_INFORMATION, 0));
        var invalid = Publish.to(topic, new byte[] {(byte) 0xFF}).with(PAYLOAD_FORMAT_INDICATOR, 1);

        client.send(invalid.qos(1, 1));
        assertThat(client.expect(Ack.class))
                .returns(Type.PUBACK, Ack::type)
                .returns(PAYLOAD_FORMAT_INVALID, Ack::reason)
                .satisfies(ack -> assertSilent(ack.properties()));
        client.send(invalid.qos(2, 2));
        assertThat(client.expect(Ack.class))
                .returns(Type.PUBREC, Ack::type)
                .returns(PAYLOAD_FORMAT_INVALID, Ack::reason)
                .satisfies(ack -> assertSilent(ack.properties()));
        client.send(Type.PUBREL, 3);
        assertSilent(client.expect(Ack.class).properties());
        assertSilent(client.subscribe(topic, 0).properties());
        client.send(Subscribe.unsubscribe(9).filter(name("t")));
        assertSilent(client.expect(SubAck.class).properties());
    }

    private static void assertSilent(Properties properties) {
        assertThat(properties.has(REASON_STRING) || properties.has(USER_PROPERTY))
                .as("%s", properties)
                .isFalse();
    }
}
