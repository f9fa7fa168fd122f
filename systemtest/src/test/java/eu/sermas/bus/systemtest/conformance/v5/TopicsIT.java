package eu.sermas.bus.systemtest.conformance.v5;

import static eu.sermas.bus.systemtest.raw.Bytes.bytes;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.conformance.Mqtt5;
import eu.sermas.bus.systemtest.conformance.Section;
import eu.sermas.bus.systemtest.raw.Bytes;
import eu.sermas.bus.systemtest.raw.Connect;
import eu.sermas.bus.systemtest.raw.Publish;
import eu.sermas.bus.systemtest.raw.RawClient;
import eu.sermas.bus.systemtest.raw.Subscribe;
import eu.sermas.bus.systemtest.raw.Type;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Section 4.7: topic names and topic filters.
class TopicsIT extends Section {

    private static final int MALFORMED = 0x81;
    private static final int PROTOCOL_ERROR = 0x82;
    private static final int TOPIC_FILTER_INVALID = 0x8F;
    private static final int TOPIC_NAME_INVALID = 0x90;

    @ParameterizedTest
    @ValueSource(strings = {"+", "#", "a/+", "a/#", "+/a", "a/+/b", "a+", "a#b", "$a/+"})
    @Mqtt5("MQTT-4.7.0-1")
    void aTopicNameWithAWildcardIsRefused(String name) {
        var root = name("t");
        var watcher = connectV5();
        watcher.subscribe(root + "/#", 0);
        var topic = root + "/" + name;

        connectV5()
                .send(Publish.to(topic, "x").qos(1, 1))
                .expectDisconnect(MALFORMED, TOPIC_NAME_INVALID);
        open().send(Connect.v5(name("c")).will(Publish.to(topic, "x")))
                .expectRefused(MALFORMED, TOPIC_NAME_INVALID);

        watcher.expectNothing();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a#", "#a", "a/#b", "a/b#", "#/a", "a/#/b", "##", "a/##", "#/", "+#"})
    @Mqtt5("MQTT-4.7.1-1")
    void theWildcardOfManyLevelsStandsAloneAndLast(String filter) {
        assertRefused(filter);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a+", "+a", "a/b+", "a/+b", "++", "a+/b", "+a/#", "a/++/b"})
    @Mqtt5("MQTT-4.7.1-2")
    void theWildcardOfOneLevelStandsAlone(String filter) {
        assertRefused(filter);
    }

    private void assertRefused(String filter) {
        var invalid = new Integer[] {MALFORMED, PROTOCOL_ERROR, TOPIC_FILTER_INVALID};
        connectV5().send(Subscribe.subscribe(1).filter(filter)).expectDisconnect(invalid);
        connectV5().send(Subscribe.unsubscribe(1).filter(filter)).expectDisconnect(invalid);
        connectV5()
                .send(Subscribe.subscribe(1).filter("good").filter(filter))
                .expectDisconnect(invalid);
    }

    /// What section 4.7.1 says of filters that are right.
    @ParameterizedTest
    @CsvSource({
        "/#, '', true", // the parent level as well
        "/#, /a, true",
        "/#, /a/b, true",
        "/#, a, false",
        "/+, /a, true",
        "/+, '', false",
        "/+, /, true",
        "/+, /a/b, false",
        "/+/b, /a/b, true",
        "/+/b, //b, true",
        "/+/b, /a/c, false",
        "/+/#, /a, true",
        "/+/#, '', false",
        "/+/+, //, true"
    })
    @Mqtt5({"MQTT-4.7.1-1", "MQTT-4.7.1-2"})
    void wildcardsMatchTheLevelsThatTheyStandFor(String filter, String topic, boolean matches) {
        var root = name("t");
        var client = connectV5();
        client.subscribe(root + filter, 0);

        connectV5().publish(Publish.to(root + topic, "x").qos(1));

        assertThat(client.expectPublishes()).hasSize(matches ? 1 : 0);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Mqtt5("MQTT-4.7.2-1")
    void aWildcardInFrontDoesNotMatchATopicThatBeginsWithADollar(boolean retained) {
        var topic = "$" + name("t") + "/x";
        var ordinary = topic();
        var filters = List.of("#", "+/x", "+/#", "+/+");
        var sender = connectV5();
        var before = filters.stream().map(this::subscriber).toList();

        var message = Publish.to(topic, "x").qos(1);
        sender.publish(retained ? message.retained() : message);
        sender.publish(Publish.to(ordinary, "ordinary").qos(1));

        var after = retained ? filters.stream().map(this::subscriber).toList() : before;
        for (var client : before) {
            assertThat(client.expectPublishes())
                    .extracting(Publish::topic)
                    .contains(ordinary)
                    .doesNotContain(topic);
        }
        for (var client : after) {
            assertThat(client.expectPublishes()).extracting(Publish::topic).doesNotContain(topic);
        }
        if (retained) {
            sender.publish(Publish.to(topic, "").qos(1).retained());
        }
    }

    private RawClient subscriber(String filter) {
        var client = connectV5();
        client.subscribe(filter, 0);
        return client;
    }

    @Test
    @Mqtt5("MQTT-4.7.2-1")
    void aFilterThatNamesTheFirstLevelMatchesATopicThatBeginsWithADollar() {
        var root = "$" + name("t");
        var clients = List.of(root + "/x", root + "/+", root + "/#");
        var receivers = clients.stream().map(this::subscriber).toList();

        connectV5().publish(Publish.to(root + "/x", "x").qos(1));

        receivers.forEach(client -> client.expectPublish("x"));
    }

    @Test
    @Mqtt5("MQTT-4.7.3-1")
    void namesAndFiltersHaveAtLeastOneCharacter() {
        var invalid =
                new Integer[] {MALFORMED, PROTOCOL_ERROR, TOPIC_FILTER_INVALID, TOPIC_NAME_INVALID};

        connectV5().send(Publish.to("", "x")).expectDisconnect(invalid);
        connectV5().send(Subscribe.subscribe(1).filter("")).expectDisconnect(invalid);
        connectV5().send(Subscribe.unsubscribe(1).filter("")).expectDisconnect(invalid);
        open().send(Connect.v5(name("c")).will(Publish.to("", "x"))).expectRefused(invalid);
    }

    @Test
    @Mqtt5("MQTT-4.7.3-1")
    void aSpaceAndASlashAreNamesAndFilters() {
        for (var name : List.of(" ", "/")) {
            var client = connectV5();
            client.subscribe(name, 0);
            client.send(Publish.to(name, "x"));
            assertThat(client.expectPublish("x").topic()).isEqualTo(name);
        }
    }

    @Test
    @Mqtt5("MQTT-4.7.3-2")
    void namesAndFiltersHaveNoNullCharacter() {
        for (var text : List.of("\0", "a\0", "\0a", "a/\0/b")) {
            connectV5().send(Publish.to(text, "x")).expectDisconnect(MALFORMED);
            connectV5().send(Subscribe.subscribe(1).filter(text)).expectDisconnect(MALFORMED);
            connectV5().send(Subscribe.unsubscribe(1).filter(text)).expectDisconnect(MALFORMED);
            open().send(Connect.v5(name("c")).will(Publish.to(text, "x"))).expectRefused(MALFORMED);
        }
    }

    /// Two texts for one thing in some eyes, but not in those of MQTT.
    @ParameterizedTest
    @CsvSource({
        "/accounts, /ACCOUNTS", // case
        "/a, /a/", // an empty level at the end
        "/a, //a", // an empty level in the middle
        "/a, '/a '", // a blank
        "/a, /./a", // a path of a file system
        "/a/../b, /b",
        "/a%2Fb, /a/b", // a URL
        "/\u00e9, /e\u0301", // composed and decomposed
        "/\u212b, /\u00c5", // Angstrom sign and A with a ring
        "/\ufb01, /fi", // a ligature
        "/\uff41, /a", // full width
        "/a, /\u200ba", // no width
        "/a\\b, /a/b"
    })
    @Mqtt5("MQTT-4.7.3-4")
    void namesAreComparedAsTheyAre(String one, String other) {
        var root = name("t");
        assertDifferent(root + one, root + other);
        assertDifferent(root + other, root + one);
    }

    private void assertDifferent(String subscribed, String published) {
        var client = connectV5();
        client.subscribe(subscribed, 0);
        var sender = connectV5();

        sender.publish(Publish.to(published, "other").qos(1));
        sender.publish(Publish.to(subscribed, "same").qos(1));

        assertThat(client.expectPublish("same").topic()).isEqualTo(subscribed);
        client.expectNothing();
    }

    @Test
    @Mqtt5("MQTT-4.7.3-4")
    void aNameArrivesByteForByte() {
        var topic = (name("t") + "/ \u00e9/e\u0301//\ufeff/\ud83d\ude80/").getBytes(UTF_8);
        var client = connectV5();
        client.send(Bytes.packet(Type.SUBSCRIBE, bytes().u16(1).varint(0).binary(topic).u8(0)));
        client.next();

        client.send(Bytes.packet(Type.PUBLISH, bytes().binary(topic).varint(0)));

        assertThat(client.expectPublish().topic().getBytes(UTF_8)).isEqualTo(topic);
    }
}
