package eu.sermas.bus.systemtest.conformance.v5;

import static eu.sermas.bus.systemtest.raw.Property.SESSION_EXPIRY_INTERVAL;
import static eu.sermas.bus.systemtest.raw.Property.TOPIC_ALIAS;
import static eu.sermas.bus.systemtest.raw.Property.TOPIC_ALIAS_MAXIMUM;
import static eu.sermas.bus.systemtest.raw.Reasons.PROTOCOL_ERROR;
import static eu.sermas.bus.systemtest.raw.Reasons.TOPIC_ALIAS_INVALID;
import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.conformance.Mqtt5;
import eu.sermas.bus.systemtest.conformance.Section;
import eu.sermas.bus.systemtest.raw.Connect;
import eu.sermas.bus.systemtest.raw.Publish;
import eu.sermas.bus.systemtest.raw.RawClient;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Section 3.3.2.3.4: topic aliases.
class TopicAliasIT extends Section {

    @Test
    @Mqtt5("MQTT-3.3.2-7")
    void anAliasOfTheClientEndsWithTheConnection() {
        var kept = Connect.v5(name("c")).unclean().with(SESSION_EXPIRY_INTERVAL, 60);
        var sender = connect(kept);
        sender.publish(Publish.to(topic(), "set").with(TOPIC_ALIAS, 1)).disconnect();

        var again = connect(kept);

        again.send(Publish.to("", "x").with(TOPIC_ALIAS, 1)).expectDisconnect(PROTOCOL_ERROR);
    }

    @Test
    @Mqtt5("MQTT-3.3.2-7")
    void anAliasOfTheBusEndsWithTheConnection() {
        var topic = topic();
        var kept =
                Connect.v5(name("c"))
                        .unclean()
                        .with(SESSION_EXPIRY_INTERVAL, 60)
                        .with(TOPIC_ALIAS_MAXIMUM, 10);
        var receiver = connect(kept);
        receiver.subscribe(topic, 1);
        var sender = connectV5();
        sender.publish(Publish.to(topic, "1").qos(1)).publish(Publish.to(topic, "2").qos(1));
        var aliases = new HashMap<Long, String>();
        assertThat(topicOfNext(receiver, aliases)).isEqualTo(topic);
        assertThat(topicOfNext(receiver, aliases)).isEqualTo(topic);
        receiver.disconnect();

        var again = connect(kept);

        assertThat(again.expectPublish("1").topic()).isEqualTo(topic);
    }

    @Test
    @Mqtt5("MQTT-3.3.2-8")
    void anAliasIsNot0() {
        connectV5()
                .send(Publish.to(topic(), "x").with(TOPIC_ALIAS, 0))
                .expectDisconnect(PROTOCOL_ERROR, TOPIC_ALIAS_INVALID);
    }

    @Test
    @Mqtt5("MQTT-3.3.2-9")
    void anAliasAboveTheMaximumOfTheBusIsRefused() {
        int maximum = maximum();

        for (int alias : new int[] {maximum + 1, 0xFFFF}) {
            connectV5()
                    .send(Publish.to(topic(), "x").with(TOPIC_ALIAS, alias))
                    .expectDisconnect(TOPIC_ALIAS_INVALID);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 0xFFFF})
    @Mqtt5({"MQTT-3.3.2-8", "MQTT-3.3.2-11"})
    void theBusStaysWithinTheMaximumOfTheClient(int maximum) {
        var base = name("t");
        var receiver = connect(Connect.v5(name("c")).with(TOPIC_ALIAS_MAXIMUM, maximum));
        receiver.subscribe(base + "/+", 1);
        var sender = connectV5();
        var aliases = new HashMap<Long, String>();

        for (int i = 0; i < 200; i++) {
            var topic = base + "/" + i % 100;
            sender.publish(Publish.to(topic, "x").qos(0));
            assertThat(topicOfNext(receiver, aliases)).isEqualTo(topic);
        }

        assertThat(aliases.keySet())
                .allSatisfy(alias -> assertThat(alias).isBetween(1L, (long) maximum));
    }

    @Test
    @Mqtt5("MQTT-3.3.2-11")
    void withoutAMaximumOfTheClientTheBusUsesNoAlias() {
        var topic = topic();
        var receiver = connectV5();
        receiver.subscribe(topic, 0);
        var sender = connectV5();

        for (int i = 0; i < 3; i++) {
            sender.publish(Publish.to(topic, "x"));
            assertThat(receiver.expectPublish("x"))
                    .returns(topic, Publish::topic)
                    .returns(false, message -> message.properties().has(TOPIC_ALIAS));
        }
    }

    private static String topicOfNext(RawClient receiver, Map<Long, String> aliases) {
        var message = receiver.expectPublish();
        if (!message.properties().has(TOPIC_ALIAS)) {
            return message.topic();
        }
        long alias = message.properties().number(TOPIC_ALIAS);
        if (!message.topic().isEmpty()) {
            aliases.put(alias, message.topic());
        }
        assertThat(aliases).containsKey(alias);
        return aliases.getOrDefault(alias, "");
    }

    @Test
    @Mqtt5("MQTT-3.3.2-12")
    void everyAliasUpToTheMaximumOfTheBusIsAccepted() {
        int maximum = maximum();
        var base = name("t");
        var client = connectV5();
        client.subscribe(base + "/#", 0);

        for (int alias = 1; alias <= maximum; alias++) {
            client.send(Publish.to(base + "/" + alias, "set").with(TOPIC_ALIAS, alias));
            assertThat(client.expectPublish("set").topic()).isEqualTo(base + "/" + alias);
        }
        for (int alias = maximum; alias >= 1; alias--) {
            client.send(Publish.to("", "used").with(TOPIC_ALIAS, alias));
            var message = client.expectPublish("used");
            assertThat(message.topic()).isEqualTo(base + "/" + alias);
            assertThat(message.properties().has(TOPIC_ALIAS)).isFalse();
        }
        client.send(Publish.to(base + "/moved", "set").with(TOPIC_ALIAS, 1)).expectPublish("set");
        client.send(Publish.to("", "used").with(TOPIC_ALIAS, 1));
        assertThat(client.expectPublish("used").topic()).isEqualTo(base + "/moved");
    }

    /// What the bus announces; some, or there would be nothing to see here.
    private int maximum() {
        long maximum =
                open().connect(Connect.v5(name("c"))).properties().number(TOPIC_ALIAS_MAXIMUM);
        assertThat(maximum).isBetween(1L, 0xFFFEL);
        return (int) maximum;
    }
}
