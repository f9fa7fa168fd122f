package eu.sermas.bus.systemtest.conformance.v311;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.conformance.Mqtt311;
import eu.sermas.bus.systemtest.conformance.Section;
import eu.sermas.bus.systemtest.raw.Publish;
import eu.sermas.bus.systemtest.raw.Subscribe;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Section 4.7: topic names and topic filters.
class TopicIT extends Section {

    @ParameterizedTest
    @ValueSource(strings = {"a#", "#a", "a/b#", "a/#/b", "#/a", "##", "a/##", "a/#b", "/#/", "#/"})
    @Mqtt311("MQTT-4.7.1-2")
    void theMultiLevelWildcardStandsAloneAndLast(String filter) {
        connectV311().send(Subscribe.subscribe(1).filter(filter)).expectEnd();
        connectV311().send(Subscribe.unsubscribe(1).filter(filter)).expectEnd();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a+", "+a", "a/b+", "a/+b", "a/+b/c", "++", "a/++", "+#", "a/#+"})
    @Mqtt311("MQTT-4.7.1-3")
    void theSingleLevelWildcardFillsItsLevel(String filter) {
        connectV311().send(Subscribe.subscribe(1).filter(filter)).expectEnd();
        connectV311().send(Subscribe.unsubscribe(1).filter(filter)).expectEnd();
    }

    /// Behind a first level that no other test uses.
    @ParameterizedTest
    @CsvSource({
        "/#, '', true",
        "/#, /, true",
        "/#, /a, true",
        "/#, /a/b/c, true",
        "/a/#, /a, true",
        "/a/#, /a/, true",
        "/a/#, /ab, false",
        "/+, '', false",
        "/+, /, true",
        "/+, /a, true",
        "/+, /a/, false",
        "/+, /a/b, false",
        "/+/b, /a/b, true",
        "/+/b, //b, true",
        "/+/b, /b, false",
        "/+/+, /a/b, true",
        "/+/+, /, false",
        "/a/+/c/#, /a/b/c, true",
        "/a/+/c/#, /a/b/c/d/e, true",
        "/a/+/c/#, /a/c, false"
    })
    @Mqtt311({"MQTT-4.7.1-2", "MQTT-4.7.1-3"})
    void wildcardsMatchWholeLevels(String filter, String topic, boolean matches) {
        var first = name("t");
        var client = connectV311();
        client.subscribe(first + filter, 0);

        client.send(Publish.to(first + topic, "x"));

        if (matches) {
            assertThat(client.expectPublish("x").topic()).isEqualTo(first + topic);
        }
        client.expectNothing();
    }

    @Test
    @Mqtt311("MQTT-4.7.2-1")
    void aLeadingWildcardDoesNotMatchADollar() {
        var first = name("t");
        var client = connectV311();
        client.subscribe("+/" + first, 0);
        client.subscribe("#", 0);

        client.send(Publish.to("$" + name("t") + "/" + first, "x").retained());
        client.send(Publish.to("$/" + first, "x"));
        client.send(Publish.to(first, "marker"));

        Publish message;
        do { // whatever else is published on this bus
            message = client.expectPublish();
            assertThat(message.topic()).doesNotStartWith("$");
        } while (!message.topic().equals(first));
        client.unsubscribe("#");
        client.expectNothing();
    }

    @Test
    @Mqtt311("MQTT-4.7.2-1")
    void aLeadingWildcardDoesNotBringARetainedMessageOfADollar() {
        var second = name("t");
        var first = "$" + name("t");
        connectV311().publish(Publish.to(first + "/" + second, "kept").qos(1).retained());
        var client = connectV311();

        client.subscribe("+/" + second, 0);
        client.expectNothing();
        client.subscribe(first + "/+", 0);
        client.expectPublish("kept");
    }

    @Test
    @Mqtt311("MQTT-4.7.2-1")
    void aDollarInTheFilterMatches() {
        var first = "$" + name("t");
        var client = connectV311();
        client.subscribe(first + "/#", 0);

        client.send(Publish.to(first + "/x", "x"));

        client.expectPublish("x");
    }

    @Test
    @Mqtt311("MQTT-4.7.3-1")
    void namesAndFiltersHaveACharacter() {
        connectV311().send(Publish.to("", "x")).expectEnd();
        connectV311().send(Publish.to("", "x").qos(1, 1)).expectEnd();
        connectV311().send(Subscribe.subscribe(1).filter("")).expectEnd();
        connectV311().send(Subscribe.unsubscribe(1).filter("")).expectEnd();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", " ", "//", "a b", "/a", "a/"})
    @Mqtt311("MQTT-4.7.3-1")
    void oneCharacterIsEnough(String suffix) {
        var topic = suffix.length() == 1 ? suffix : name("t") + suffix;
        var client = connectV311();
        client.subscribe(topic, 0);

        client.send(Publish.to(topic, topic));

        assertThat(client.expectPublish(topic).topic()).isEqualTo(topic);
    }

    /// Texts that a normalisation, a trimming or a folding of case would make equal.
    @ParameterizedTest
    @CsvSource({
        "\u00e9, e\u0301",
        "a, A",
        "\u00df, ss",
        "\ufb01, fi",
        "\u212b, \u00c5",
        "a, a/",
        "a, /a",
        "a, 'a '",
        "a//b, a/b",
        "a/./b, a/b",
        "a/../b, b",
        "%61, a"
    })
    @Mqtt311("MQTT-4.7.3-4")
    void differentTextsAreDifferentTopics(String one, String other) {
        var first = name("t") + "/";
        var client = connectV311();
        client.subscribe(first + one, 0);

        client.send(Publish.to(first + other, "other")).send(Publish.to(first + one, "one"));

        assertThat(client.expectPublish("one").topic()).isEqualTo(first + one);
        client.expectNothing();
        client.subscribe(first + other, 0);
        client.unsubscribe(first + one);
        client.send(Publish.to(first + one, "one")).send(Publish.to(first + other, "other"));
        client.expectPublish("other");
        client.expectNothing();
    }
}
