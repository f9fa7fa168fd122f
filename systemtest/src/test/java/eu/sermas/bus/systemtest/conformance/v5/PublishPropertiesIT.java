package eu.sermas.bus.systemtest.conformance.v5;

import static eu.sermas.bus.systemtest.raw.Bytes.bytes;
import static eu.sermas.bus.systemtest.raw.Property.CONTENT_TYPE;
import static eu.sermas.bus.systemtest.raw.Property.CORRELATION_DATA;
import static eu.sermas.bus.systemtest.raw.Property.MESSAGE_EXPIRY_INTERVAL;
import static eu.sermas.bus.systemtest.raw.Property.PAYLOAD_FORMAT_INDICATOR;
import static eu.sermas.bus.systemtest.raw.Property.RESPONSE_TOPIC;
import static eu.sermas.bus.systemtest.raw.Property.SESSION_EXPIRY_INTERVAL;
import static eu.sermas.bus.systemtest.raw.Reasons.MALFORMED;
import static eu.sermas.bus.systemtest.raw.Reasons.PROTOCOL_ERROR;
import static eu.sermas.bus.systemtest.raw.Reasons.TOPIC_NAME_INVALID;
import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.conformance.Mqtt5;
import eu.sermas.bus.systemtest.conformance.Section;
import eu.sermas.bus.systemtest.raw.Bytes;
import eu.sermas.bus.systemtest.raw.Connect;
import eu.sermas.bus.systemtest.raw.Properties;
import eu.sermas.bus.systemtest.raw.Properties.Pair;
import eu.sermas.bus.systemtest.raw.Property;
import eu.sermas.bus.systemtest.raw.Publish;
import eu.sermas.bus.systemtest.raw.RawClient;
import eu.sermas.bus.systemtest.raw.Type;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Section 3.3.2: the topic name and the properties of PUBLISH, but for topic aliases.
class PublishPropertiesIT extends Section {

    @ParameterizedTest
    @ValueSource(strings = {"a", " ", "t\u00E4st/\u20AC", "/", "//a//", "\uD834\uDD1E/x", "A b/c"})
    @Mqtt5("MQTT-3.3.2-1")
    void theTopicNameComesFirst(String level) {
        var topic = name("t") + level;
        var receiver = connectV5();
        receiver.subscribe(topic, 1);

        connectV5().publish(Publish.to(topic, "x").qos(1));

        assertThat(receiver.expectPublish("x").topic()).isEqualTo(topic);
    }

    @ParameterizedTest
    @ValueSource(strings = {"61ff62", "eda080", "6100", "c0af"})
    @Mqtt5("MQTT-3.3.2-1")
    void aTopicNameThatIsNoTextIsMalformed(String hex) {
        var packet = Bytes.packet(Type.PUBLISH, bytes().binary(Bytes.hex(hex)).varint(0));

        connectV5().send(packet).expectDisconnect(MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"#", "+", "a/#", "a/+", "+/a", "a/+/b", "a+", "a#", "#/a"})
    @Mqtt5("MQTT-3.3.2-2")
    void aTopicNameHasNoWildcard(String topic) {
        connectV5()
                .send(Publish.to(topic, "x"))
                .expectDisconnect(MALFORMED, PROTOCOL_ERROR, TOPIC_NAME_INVALID);
    }

    @ParameterizedTest
    @CsvSource({
        "/a, true",
        "/a/b, false",
        "'', false",
        "/+, true",
        "/+/b, false",
        "/#, true",
        "/a/#, true",
        "/b/#, false",
        "/A, false"
    })
    @Mqtt5("MQTT-3.3.2-3")
    void whatIsDeliveredMatchesTheFilter(String filter, boolean matches) {
        var base = name("t");
        var receiver = connectV5();
        receiver.subscribe(base + filter, 1);

        connectV5().publish(Publish.to(base + "/a", "x").qos(1));

        if (matches) {
            assertThat(receiver.expectPublish("x").topic()).isEqualTo(base + "/a");
        }
        receiver.expectNothing();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    @Mqtt5("MQTT-3.3.2-4")
    void thePayloadFormatIndicatorIsPassedOn(int indicator) {
        assertPassedOn(Properties.NONE.with(PAYLOAD_FORMAT_INDICATOR, indicator));
    }

    @ParameterizedTest
    @ValueSource(strings = {"answers/here", "\u00E4/\uFEFF/\uD834\uDD1E", "/"})
    @Mqtt5("MQTT-3.3.2-15")
    void theResponseTopicIsPassedOn(String topic) {
        assertPassedOn(Properties.NONE.with(RESPONSE_TOPIC, topic));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "00", "00ff80c0eda080", "7b7d"})
    @Mqtt5("MQTT-3.3.2-16")
    void theCorrelationDataIsPassedOn(String hex) {
        assertPassedOn(Properties.NONE.with(CORRELATION_DATA, Bytes.hex(hex)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "text/plain", "\u00E4/\uFEFF\uD834\uDD1E"})
    @Mqtt5("MQTT-3.3.2-20")
    void theContentTypeIsPassedOn(String type) {
        assertPassedOn(Properties.NONE.with(CONTENT_TYPE, type));
    }

    @Test
    @Mqtt5({"MQTT-3.3.2-17", "MQTT-3.3.2-18"})
    void userPropertiesArePassedOnInTheirOrder() {
        var properties =
                Properties.NONE
                        .user("b", "1")
                        .user("a", "2")
                        .with(CONTENT_TYPE, "text/plain")
                        .user("b", "1")
                        .user("b", "0")
                        .user("", "")
                        .user("\u00E4", "\uFEFF")
                        .user("a", "2");

        for (var message : everyWay(properties)) {
            assertThat(message.properties().user())
                    .containsExactly(
                            new Pair("b", "1"),
                            new Pair("a", "2"),
                            new Pair("b", "1"),
                            new Pair("b", "0"),
                            new Pair("", ""),
                            new Pair("\u00E4", "\uFEFF"),
                            new Pair("a", "2"));
        }
    }

    private void assertPassedOn(Properties properties) {
        for (var message : everyWay(properties)) {
            assertThat(message.properties()).usingRecursiveComparison().isEqualTo(properties);
        }
    }

    /// One message with these properties as it comes to a client that is connected, to one that
    /// subscribes after it was retained, and to one that was away.
    private List<Publish> everyWay(Properties properties) {
        var topic = topic();
        var kept = Connect.v5(name("c")).unclean().with(SESSION_EXPIRY_INTERVAL, 60);
        var away = connect(kept);
        away.subscribe(topic, 1);
        away.disconnect();
        var live = connectV5();
        live.subscribe(topic, 1);

        connectV5().publish(Publish.to(topic, "x").qos(1).retained().with(properties));

        var late = connectV5();
        late.subscribe(topic, 1);
        return List.of(
                live.expectPublish("x"), late.expectPublish("x"), connect(kept).expectPublish("x"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"61ff62", "eda080", "610062", "c0af"})
    @Mqtt5({"MQTT-3.3.2-13", "MQTT-3.3.2-19"})
    void propertiesThatAreNoTextAreMalformed(String hex) {
        for (var property : List.of(RESPONSE_TOPIC, CONTENT_TYPE)) {
            connectV5()
                    .send(Publish.to(topic(), "x").with(property, Bytes.hex(hex)))
                    .expectDisconnect(MALFORMED);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"#", "+", "a/#", "a/+", "+/a", "a+", "a#"})
    @Mqtt5("MQTT-3.3.2-14")
    void aResponseTopicHasNoWildcard(String topic) {
        connectV5()
                .send(Publish.to(topic(), "x").with(RESPONSE_TOPIC, topic))
                .expectDisconnect(MALFORMED, PROTOCOL_ERROR, TOPIC_NAME_INVALID);
    }

    @Test
    @Mqtt5("MQTT-3.3.2-5")
    void anExpiredMessageIsNotDelivered() {
        var topic = topic();
        var slow = connect(Connect.v5(name("c")).with(Property.RECEIVE_MAXIMUM, 1));
        slow.subscribe(topic, 1);
        var kept = Connect.v5(name("c")).unclean().with(SESSION_EXPIRY_INTERVAL, 60);
        var away = connect(kept);
        away.subscribe(topic, 1);
        away.disconnect();
        var publisher = connectV5();
        publisher.publish(Publish.to(topic, "first").qos(1));
        publisher.publish(lasting(1, topic, "short"));
        publisher.publish(lasting(100, topic, "long"));
        int first = slow.expectPublish("first").packetId();

        letASecondPass();

        slow.send(Type.PUBACK, first).expectPublish("long");
        slow.expectNothing();
        var back = connect(kept);
        back.expectPublish("first");
        back.expectPublish("long");
        back.expectNothing();
    }

    @Test
    @Mqtt5("MQTT-3.3.2-6")
    void theTimeOfWaitingIsTakenFromTheExpiry() {
        var topic = topic();
        var kept = Connect.v5(name("c")).unclean().with(SESSION_EXPIRY_INTERVAL, 60);
        var away = connect(kept);
        away.subscribe(topic, 1);
        away.disconnect();
        var live = connectV5();
        live.subscribe(topic, 1);
        connectV5().publish(lasting(100, topic, "x").retained());

        letASecondPass();

        var late = connectV5();
        late.subscribe(topic, 1);
        assertThat(expiry(live)).isBetween(99L, 100L);
        assertThat(expiry(late)).isBetween(80L, 99L);
        assertThat(expiry(connect(kept))).isBetween(80L, 99L);
    }

    private static long expiry(RawClient receiver) {
        return receiver.expectPublish("x").properties().number(MESSAGE_EXPIRY_INTERVAL);
    }

    private static Publish lasting(int seconds, String topic, String payload) {
        return Publish.to(topic, payload).qos(1).with(MESSAGE_EXPIRY_INTERVAL, seconds);
    }
}
