package eu.sermas.bus.systemtest.conformance.v5;

import static eu.sermas.bus.systemtest.raw.Property.SESSION_EXPIRY_INTERVAL;
import static eu.sermas.bus.systemtest.raw.Property.WILL_DELAY_INTERVAL;
import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.conformance.Mqtt5;
import eu.sermas.bus.systemtest.conformance.Section;
import eu.sermas.bus.systemtest.raw.Connect;
import eu.sermas.bus.systemtest.raw.Publish;
import org.junit.jupiter.api.Test;

/// Section 3.1: what CONNECT says about the session.
class SessionIT extends Section {

    private final String clientId = name("c");
    private final String topic = topic();

    @Test
    @Mqtt5({"MQTT-3.1.2-4", "MQTT-3.1.4-4", "MQTT-3.2.2-2"})
    void cleanStartDiscardsTheSession() {
        var before = connect(lasting());
        before.subscribe(topic, 1);
        before.disconnect();
        connectV5().publish(Publish.to(topic, "queued").qos(1));

        var client = open();
        assertThat(client.connect(Connect.v5(clientId)).sessionPresent()).isFalse();

        connectV5().publish(Publish.to(topic, "later").qos(1));
        client.expectNothing();
    }

    @Test
    @Mqtt5({"MQTT-3.1.2-4", "MQTT-3.1.4-4"})
    void cleanStartDiscardsTheSessionOfAConnectionThatItTakesOver() {
        connect(lasting()).subscribe(topic, 1);

        var client = open();
        assertThat(client.connect(Connect.v5(clientId)).sessionPresent()).isFalse();

        connectV5().publish(Publish.to(topic, "later").qos(1));
        client.expectNothing();
    }

    @Test
    @Mqtt5({"MQTT-3.1.2-5", "MQTT-3.1.4-4", "MQTT-3.2.2-3"})
    void withoutCleanStartTheSessionGoesOn() {
        var before = connect(lasting());
        before.subscribe(topic, 1);
        before.disconnect();
        connectV5().publish(Publish.to(topic, "queued").qos(1));

        var client = open();
        assertThat(client.connect(lasting().unclean()).sessionPresent()).isTrue();

        client.expectPublish("queued");
        connectV5().publish(Publish.to(topic, "later").qos(1));
        client.expectPublish("later");
    }

    @Test
    @Mqtt5({"MQTT-3.1.2-6", "MQTT-3.1.4-4", "MQTT-3.2.2-3"})
    void withoutCleanStartASessionBeginsWhereThereIsNone() {
        var client = open();
        assertThat(client.connect(lasting().unclean()).sessionPresent()).isFalse();
        client.subscribe(topic, 1);
        client.disconnect();

        assertThat(open().connect(lasting().unclean()).sessionPresent()).isTrue();
    }

    @Test
    @Mqtt5("MQTT-3.1.2-23")
    void theSessionOutlivesItsConnectionHoweverThatEnds() {
        connect(lasting()).drop();
        var again = open();
        assertThat(again.connect(lasting().unclean()).sessionPresent()).isTrue();

        again.disconnect();
        assertThat(open().connect(lasting().unclean()).sessionPresent()).isTrue();
    }

    @Test
    @Mqtt5("MQTT-3.1.2-23")
    void withoutASessionExpiryTheSessionEndsWithItsConnection() {
        connect(Connect.v5(clientId)).disconnect();

        assertThat(open().connect(Connect.v5(clientId).unclean()).sessionPresent()).isFalse();
    }

    /// The will comes when the session ends, for its delay is longer.
    @Test
    @Mqtt5({"MQTT-3.1.2-23", "MQTT-3.1.2-8"})
    void theSessionEndsWithItsExpiry() {
        var watcher = connectV5();
        watcher.subscribe(topic, 0);
        var will = Publish.to(topic, "ended").with(WILL_DELAY_INTERVAL, 600);
        var connect = Connect.v5(clientId).with(SESSION_EXPIRY_INTERVAL, 1).will(will);

        connect(connect).drop();
        watcher.expectNothing();

        watcher.expectPublish("ended");
        assertThat(open().connect(Connect.v5(clientId).unclean()).sessionPresent()).isFalse();
    }

    @Test
    @Mqtt5("MQTT-3.1.3-2")
    void eachClientIdentifierHasItsOwnSession() {
        var one = connect(lasting());
        one.subscribe(topic, 1);
        one.disconnect();
        connectV5().publish(Publish.to(topic, "queued").qos(1));

        var other = open();
        var similar = Connect.v5(clientId + "x").with(SESSION_EXPIRY_INTERVAL, 60).unclean();
        assertThat(other.connect(similar).sessionPresent()).isFalse();
        other.expectNothing();

        connect(lasting().unclean()).expectPublish("queued");
    }

    private Connect lasting() {
        return Connect.v5(clientId).with(SESSION_EXPIRY_INTERVAL, 60);
    }
}
