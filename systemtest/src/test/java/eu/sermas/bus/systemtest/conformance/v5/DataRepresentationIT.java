package eu.sermas.bus.systemtest.conformance.v5;

import static eu.sermas.bus.systemtest.raw.Bytes.bytes;
import static eu.sermas.bus.systemtest.raw.Property.CONTENT_TYPE;
import static eu.sermas.bus.systemtest.raw.Property.USER_PROPERTY;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.conformance.Mqtt5;
import eu.sermas.bus.systemtest.conformance.Section;
import eu.sermas.bus.systemtest.raw.Bytes;
import eu.sermas.bus.systemtest.raw.Connect;
import eu.sermas.bus.systemtest.raw.Properties;
import eu.sermas.bus.systemtest.raw.Publish;
import eu.sermas.bus.systemtest.raw.Type;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Section 1.5: data representation.
class DataRepresentationIT extends Section {

    private static final int MALFORMED = 0x81;

    @ParameterizedTest
    @ValueSource(
            strings = {
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
                "ff"
            })
    @Mqtt5("MQTT-1.5.4-1")
    void textThatIsNoUtf8IsMalformed(String hex) {
        var text = Bytes.hex("61" + hex + "62");

        connectV5().send(publishTo(text)).expectDisconnect(MALFORMED);
        connectV5().send(subscribeTo(text)).expectDisconnect(MALFORMED);
        connectV5()
                .send(Publish.to(topic(), "x").with(CONTENT_TYPE, text))
                .expectDisconnect(MALFORMED);
        open().send(Connect.v5("").clientId(text)).expectRefused(MALFORMED);
    }

    @Test
    @Mqtt5("MQTT-1.5.4-2")
    void textWithANullCharacterIsMalformed() {
        var text = "a\0b".getBytes(UTF_8);

        connectV5().send(publishTo(text)).expectDisconnect(MALFORMED);
        connectV5().send(subscribeTo(text)).expectDisconnect(MALFORMED);
        connectV5()
                .send(Publish.to(topic(), "x").with(CONTENT_TYPE, text))
                .expectDisconnect(MALFORMED);
        open().send(Connect.v5("").clientId(text)).expectRefused(MALFORMED);
    }

    @Test
    @Mqtt5("MQTT-1.5.4-3")
    void aByteOrderMarkIsACharacterLikeAnyOther() {
        var plain = topic();
        var marked = "\uFEFF" + plain;
        var client = connectV5();
        client.subscribe(plain, 0);
        client.subscribe(marked, 0);

        client.send(Publish.to(marked, "x").with(CONTENT_TYPE, "\uFEFFtext"));

        var message = client.expectPublish();
        assertThat(message.topic()).isEqualTo(marked);
        assertThat(message.properties().text(CONTENT_TYPE)).isEqualTo("\uFEFFtext");
        client.expectNothing();
    }

    @ParameterizedTest
    @ValueSource(ints = {0x7F, 0x80, 0x3FFF, 0x4000, 0x1F_FFFF, 0x20_0000})
    @Mqtt5("MQTT-1.5.5-1")
    void lengthsAreWrittenInTheShortestForm(int remainingLength) {
        var topic = topic();
        var client = connectV5();
        client.subscribe(topic, 0);

        client.send(Publish.to(topic, new byte[remainingLength - topic.length() - 3]));

        // The reader of these tests fails on any other form.
        assertThat(client.expectPublish().payload()).hasSize(remainingLength - topic.length() - 3);
    }

    @ParameterizedTest
    @CsvSource({
        "c08000, remaining length of PINGREQ",
        "3084000001780000, remaining length of PUBLISH",
        "3005000178800000, property length of PUBLISH",
        "82080001800000017800, property length of SUBSCRIBE"
    })
    @Mqtt5("MQTT-1.5.5-1")
    void aLengthInALongerFormThanNeededIsMalformed(String packet, String what) {
        assertThat(connectV5().send(packet).expectDisconnect(MALFORMED)).as(what).isNotNull();
    }

    @Test
    @Mqtt5("MQTT-1.5.5-1")
    void aLengthOfMoreThanFourBytesIsMalformed() {
        connectV5().send("30ffffffffff").expectDisconnect(MALFORMED);
        connectV5().send("308080808001").expectDisconnect(MALFORMED);
    }

    @ParameterizedTest
    @CsvSource({"eda080, 76", "6e, eda080", "6e00, 76", "6e, 7600", "c0af, 76", "6e, ff"})
    @Mqtt5("MQTT-1.5.7-1")
    void bothHalvesOfAPairAreText(String name, String value) {
        var pair =
                bytes().u8(USER_PROPERTY.id())
                        .binary(Bytes.hex(name))
                        .binary(Bytes.hex(value))
                        .toArray();
        var properties = Properties.NONE.raw(pair);

        connectV5().send(Publish.to(topic(), "x").with(properties)).expectDisconnect(MALFORMED);
        open().send(Connect.v5(name("c")).with(properties)).expectRefused(MALFORMED);
    }

    private static byte[] publishTo(byte[] topic) {
        return Bytes.packet(Type.PUBLISH, bytes().binary(topic).varint(0));
    }

    private static byte[] subscribeTo(byte[] filter) {
        return Bytes.packet(Type.SUBSCRIBE, bytes().u16(1).varint(0).binary(filter).u8(0));
    }
}
