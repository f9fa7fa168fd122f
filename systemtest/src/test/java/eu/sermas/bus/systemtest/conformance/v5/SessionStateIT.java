package eu.sermas.bus.systemtest.conformance.v5;

import static eu.sermas.bus.systemtest.raw.Property.SESSION_EXPIRY_INTERVAL;
import static eu.sermas.bus.systemtest.raw.Property.WILL_DELAY_INTERVAL;
import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.conformance.Mqtt5;
import eu.sermas.bus.systemtest.conformance.Section;
import eu.sermas.bus.systemtest.raw.Connect;
import eu.sermas.bus.systemtest.raw.Publish;
import eu.sermas.bus.systemtest.raw.Type;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Section 4.1: session state.
class SessionStateIT extends Section {

    @Test
    @Mqtt5("MQTT-4.1.0-1")
    void theStateOutlivesItsExpiryWhileTheConnectionIsOpen() {
        var topic = topic();
        var connect = Connect.v5(name("c")).unclean().with(SESSION_EXPIRY_INTERVAL, 1);
        var before = connect(connect);
        before.subscribe(topic, 1);
        // From here on the session would last a second, were it not taken up again.
        before.disconnect();
        var client = connect(connect);
        connectV5().publish(Publish.to(topic, "in flight").qos(1));
        int packetId = client.expectPublish("in flight").packetId();

        letASecondPass();

        client.send(Type.PUBACK, packetId);
        connectV5().publish(Publish.to(topic, "later").qos(1));
        client.expectPublish("later");
    }

    @Test
    @Mqtt5("MQTT-4.1.0-1")
    void theStateOfASessionWithoutExpiryLastsAsLongAsTheConnection() {
        var topic = topic();
        var client = connectV5();
        client.subscribe(topic, 1);

        letASecondPass();
        connectV5().publish(Publish.to(topic, "x").qos(1));

        client.expectPublish("x");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    @Mqtt5("MQTT-4.1.0-2")
    void theStateIsDiscardedWhenTheConnectionIsClosedAndTheTimeIsOver(int expiry) {
        var topic = topic();
        var ended = topic();
        var watcher = connectV5();
        watcher.subscribe(ended, 0);
        // The end of the session publishes a will that has a longer delay.
        var connect =
                Connect.v5(name("c"))
                        .unclean()
                        .with(SESSION_EXPIRY_INTERVAL, expiry)
                        .will(Publish.to(ended, "ended").with(WILL_DELAY_INTERVAL, 60));
        var before = connect(connect);
        before.subscribe(topic, 1);
        connectV5().publish(Publish.to(topic, "in flight").qos(1));
        before.expectPublish("in flight");

        before.drop();
        watcher.expectPublish("ended");

        var client = open();
        assertThat(client.connect(connect).sessionPresent()).isFalse();
        connectV5().publish(Publish.to(topic, "later").qos(1));
        client.expectNothing();
    }
}
