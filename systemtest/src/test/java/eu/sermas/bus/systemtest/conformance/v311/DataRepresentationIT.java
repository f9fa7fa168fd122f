package eu.sermas.bus.systemtest.conformance.v311;

import static eu.sermas.bus.systemtest.raw.Bytes.bytes;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.conformance.Mqtt311;
import eu.sermas.bus.systemtest.conformance.Section;
import eu.sermas.bus.systemtest.raw.Bytes;
import eu.sermas.bus.systemtest.raw.Connect;
import eu.sermas.bus.systemtest.raw.Packet.ConnAck;
import eu.sermas.bus.systemtest.raw.Packet.SubAck;
import eu.sermas.bus.systemtest.raw.Publish;
import eu.sermas.bus.systemtest.raw.Type;
import eu.sermas.bus.systemtest.raw.Version;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Section 1.5: data representation, in every field that is a text.
class DataRepresentationIT extends Section {

    /// Bytes that are no UTF-8, each between two letters.
    static Stream<byte[]> noUtf8() {
        return Stream.of(
                        "eda080", // the first high surrogate
                        "edafbf", // the last high surrogate
                        "edb080", // a low surrogate
                        "edbfbf", // the last low surrogate
                        "eda080edb080", // a pair of surrogates, each encoded by itself
                        "c0af", // a slash in two bytes
                        "e080af", // a slash in three bytes
                        "f08080af", // a slash in four bytes
                        "f4908080", // above U+10FFFF
                        "80", // a continuation byte alone
                        "e282", // cut off
                        "ff")
                .map(hex -> Bytes.hex("61" + hex + "62"));
    }

    @ParameterizedTest
    @MethodSource("noUtf8")
    @Mqtt311({"MQTT-1.5.3-1", "MQTT-3.3.2-1"})
    void aTopicNameIsUtf8(byte[] text) {
        connectV311().send(publish(text)).expectEnd();
    }

    @ParameterizedTest
    @MethodSource("noUtf8")
    @Mqtt311({"MQTT-1.5.3-1", "MQTT-3.8.3-1"})
    void aFilterInSubscribeIsUtf8(byte[] text) {
        connectV311().send(subscribe(text)).expectEnd();
    }

    @ParameterizedTest
    @MethodSource("noUtf8")
    @Mqtt311({"MQTT-1.5.3-1", "MQTT-3.10.3-1"})
    void aFilterInUnsubscribeIsUtf8(byte[] text) {
        connectV311().send(unsubscribe(text)).expectEnd();
    }

    @ParameterizedTest
    @MethodSource("noUtf8")
    @Mqtt311({"MQTT-1.5.3-1", "MQTT-3.1.3-4"})
    void theClientIdentifierIsUtf8(byte[] text) {
        open().send(Connect.v311("").clientId(text)).expectEnd();
    }

    @ParameterizedTest
    @MethodSource("noUtf8")
    @Mqtt311({"MQTT-1.5.3-1", "MQTT-3.1.3-10"})
    void theWillTopicIsUtf8(byte[] text) {
        open().send(connectWithWillTopic(text)).expectEnd();
    }

    @ParameterizedTest
    @MethodSource("noUtf8")
    @Mqtt311({"MQTT-1.5.3-1", "MQTT-3.1.3-11"})
    void theUserNameIsUtf8(byte[] text) {
        open().send(Connect.v311(name("c")).userName(text)).expectEnd();
    }

    @Test
    @Mqtt311({"MQTT-1.5.3-2", "MQTT-4.7.3-2"})
    void noTextHoldsANullCharacter() {
        var text = "a\0b".getBytes(UTF_8);

        connectV311().send(publish(text)).expectEnd();
        connectV311().send(subscribe(text)).expectEnd();
        connectV311().send(unsubscribe(text)).expectEnd();
        open().send(Connect.v311("").clientId(text)).expectEnd();
        open().send(connectWithWillTopic(text)).expectEnd();
        open().send(Connect.v311(name("c")).userName(text)).expectEnd();
    }

    /// The same packets as above with texts of one to four bytes a character.
    @Test
    @Mqtt311({"MQTT-1.5.3-1", "MQTT-3.3.2-1", "MQTT-3.8.3-1", "MQTT-3.10.3-1"})
    void wellFormedTextIsTaken() {
        var topic = topic() + "/aä€\uD834\uDD1E\uE000\uFFFD";
        var text = topic.getBytes(UTF_8);
        var client = open();
        client.connect(Connect.v311("").clientId(text).userName(text));

        client.send(subscribe(text)).expect(SubAck.class);
        client.send(publish(text));
        assertThat(client.expectPublish().topic()).isEqualTo(topic);
        client.send(unsubscribe(text)).expect(SubAck.class);
        client.send(publish(text)).expectNothing();

        var other = connectV311();
        other.send(subscribe(text)).expect(SubAck.class);
        var dying = open().reading(Version.V311).send(connectWithWillTopic(text));
        dying.expect(ConnAck.class);
        dying.drop();
        assertThat(other.expectPublish().topic()).isEqualTo(topic);
    }

    @Test
    @Mqtt311("MQTT-1.5.3-3")
    void aByteOrderMarkIsACharacterLikeAnyOther() {
        var plain = topic();
        var marked = "\uFEFF" + plain;
        var client = connectV311();
        client.subscribe(plain, 0);
        client.subscribe(marked, 0);

        client.send(Publish.to(marked, "x"));

        assertThat(client.expectPublish().topic()).isEqualTo(marked);
        client.expectNothing();
    }

    private static byte[] publish(byte[] topic) {
        return Bytes.packet(Type.PUBLISH, bytes().binary(topic));
    }

    private static byte[] subscribe(byte[] filter) {
        return Bytes.packet(Type.SUBSCRIBE, bytes().u16(1).binary(filter).u8(0));
    }

    private static byte[] unsubscribe(byte[] filter) {
        return Bytes.packet(Type.UNSUBSCRIBE, bytes().u16(1).binary(filter));
    }

    private static byte[] connectWithWillTopic(byte[] topic) {
        var body = bytes().text("MQTT").u8(4).u8(0b0000_0110).u16(60).text(name("c"));
        return Bytes.packet(Type.CONNECT, body.binary(topic).text("will"));
    }
}
