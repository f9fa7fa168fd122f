package eu.sermas.bus.systemtest.conformance.v5;

import static eu.sermas.bus.systemtest.raw.Property.CONTENT_TYPE;
import static eu.sermas.bus.systemtest.raw.Property.CORRELATION_DATA;
import static eu.sermas.bus.systemtest.raw.Property.MESSAGE_EXPIRY_INTERVAL;
import static eu.sermas.bus.systemtest.raw.Property.PAYLOAD_FORMAT_INDICATOR;
import static eu.sermas.bus.systemtest.raw.Property.RESPONSE_TOPIC;
import static eu.sermas.bus.systemtest.raw.Property.SESSION_EXPIRY_INTERVAL;
import static eu.sermas.bus.systemtest.raw.Property.WILL_DELAY_INTERVAL;
import static eu.sermas.bus.systemtest.raw.Subscribe.RETAIN_AS_PUBLISHED;
import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.conformance.Mqtt5;
import eu.sermas.bus.systemtest.conformance.Section;
import eu.sermas.bus.systemtest.raw.Connect;
import eu.sermas.bus.systemtest.raw.Properties;
import eu.sermas.bus.systemtest.raw.Properties.Pair;
import eu.sermas.bus.systemtest.raw.Publish;
import eu.sermas.bus.systemtest.raw.RawClient;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Section 3.1: the will.
class WillIT extends Section {

    private static final int DISCONNECT_WITH_WILL = 0x04;

    private final String clientId = name("c");
    private final String topic = topic();
    private final Publish will = Publish.to(topic, "will");
    private final RawClient watcher = connectV5();

    @BeforeEach
    void watch() {
        watcher.subscribe(topic, 2 | RETAIN_AS_PUBLISHED);
    }

    @ParameterizedTest
    @CsvSource({
        "'', the socket closes",
        "c101, a malformed packet",
        "300500012b0078, a topic with a wildcard",
        "e00104, DISCONNECT 0x04"
    })
    @Mqtt5({"MQTT-3.1.2-7", "MQTT-3.1.2-8"})
    void theWillIsPublishedWhereTheConnectionEndsWithoutANormalDisconnect(
            String last, String what) {
        connect(Connect.v5(clientId).will(will)).send(last).drop();

        assertThat(watcher.expectPublish("will").topic()).as(what).isEqualTo(topic);
    }

    @Test
    @Mqtt5({"MQTT-3.1.2-7", "MQTT-3.1.2-8"})
    void theWillIsPublishedWhereTheSessionIsTakenOverAndEnds() {
        connect(Connect.v5(clientId).will(will));

        connect(Connect.v5(clientId));

        watcher.expectPublish("will");
    }

    @Test
    @Mqtt5("MQTT-3.1.2-8")
    void theWillWaitsForItsDelay() {
        var begin = System.nanoTime();

        connect(lasting().will(will.with(WILL_DELAY_INTERVAL, 1))).drop();

        watcher.expectNothing();
        var message = watcher.expectPublish("will");
        assertThat(System.nanoTime() - begin).isGreaterThan(900_000_000);
        assertThat(message.properties()).isEqualTo(Properties.NONE);
    }

    @Test
    @Mqtt5("MQTT-3.1.2-8")
    void theWillDoesNotWaitLongerThanTheSessionLives() {
        connect(Connect.v5(clientId).will(will.with(WILL_DELAY_INTERVAL, 600))).drop();

        watcher.expectPublish("will");
    }

    @Test
    @Mqtt5("MQTT-3.1.2-10")
    void aNormalDisconnectRemovesTheWill() {
        connect(Connect.v5(clientId).will(will)).disconnect();

        assertNoWillBefore("end");
    }

    @Test
    @Mqtt5("MQTT-3.1.2-10")
    void theWillIsPublishedOnce() {
        connect(lasting().will(will)).disconnect(DISCONNECT_WITH_WILL, Properties.NONE);
        watcher.expectPublish("will");

        connect(lasting().unclean()).drop();

        assertNoWillBefore("end");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    @Mqtt5("MQTT-3.1.2-12")
    void theWillHasItsQos(int qos) {
        connect(Connect.v5(clientId).will(will.qos(qos))).drop();

        assertThat(watcher.expectPublish("will").qos()).isEqualTo(qos);
    }

    @Test
    @Mqtt5("MQTT-3.1.2-14")
    void withoutWillRetainTheWillIsNotRetained() {
        connect(Connect.v5(clientId).will(will)).drop();
        assertThat(watcher.expectPublish("will").retain()).isFalse();

        var later = connectV5();
        later.subscribe(topic, 0);
        later.expectNothing();
    }

    @Test
    @Mqtt5("MQTT-3.1.2-15")
    void withWillRetainTheWillIsRetained() {
        connect(Connect.v5(clientId).will(will.retained())).drop();
        assertThat(watcher.expectPublish("will").retain()).isTrue();

        var later = connectV5();
        later.subscribe(topic, 0);
        assertThat(later.expectPublish("will").retain()).isTrue();
    }

    /// The second will says when the delay of the first one would have been over for a second.
    @Test
    @Mqtt5("MQTT-3.1.3-9")
    void aReconnectWithinTheDelaySuppressesTheWill() {
        connect(lasting().will(will.with(WILL_DELAY_INTERVAL, 1))).drop();
        var clock = Publish.to(topic, "two seconds").with(WILL_DELAY_INTERVAL, 2);
        connect(Connect.v5(name("c")).with(SESSION_EXPIRY_INTERVAL, 60).will(clock)).drop();

        connect(lasting().unclean()).expectNothing();

        watcher.expectPublish("two seconds");
    }

    @Test
    @Mqtt5("MQTT-3.1.3-10")
    void theUserPropertiesOfTheWillKeepTheirOrder() {
        var properties = Properties.NONE.user("b", "2").user("a", "1").user("b", "1").user("", "");

        connect(Connect.v5(clientId).will(will.with(properties))).drop();

        assertThat(watcher.expectPublish("will").properties().user())
                .containsExactly(
                        new Pair("b", "2"),
                        new Pair("a", "1"),
                        new Pair("b", "1"),
                        new Pair("", ""));
    }

    @Test
    @Mqtt5("MQTT-3.1.2-9")
    void theWillPropertiesArePublished() {
        var message =
                will.with(PAYLOAD_FORMAT_INDICATOR, 1)
                        .with(MESSAGE_EXPIRY_INTERVAL, 1000)
                        .with(CONTENT_TYPE, "text/plain")
                        .with(RESPONSE_TOPIC, "answers/here")
                        .with(CORRELATION_DATA, new byte[] {1, 2, 3});

        connect(Connect.v5(clientId).will(message)).drop();

        var properties = watcher.expectPublish("will").properties();
        assertThat(properties.number(PAYLOAD_FORMAT_INDICATOR)).isEqualTo(1);
        assertThat(properties.number(MESSAGE_EXPIRY_INTERVAL)).isBetween(990L, 1000L);
        assertThat(properties.text(CONTENT_TYPE)).isEqualTo("text/plain");
        assertThat(properties.text(RESPONSE_TOPIC)).isEqualTo("answers/here");
        assertThat(properties.binary(CORRELATION_DATA)).containsExactly(1, 2, 3);
    }

    private void assertNoWillBefore(String sentinel) {
        connectV5().publish(Publish.to(topic, sentinel));
        watcher.expectPublish(sentinel);
        watcher.expectNothing();
    }

    private Connect lasting() {
        return Connect.v5(clientId).with(SESSION_EXPIRY_INTERVAL, 60);
    }
}
