package eu.sermas.bus.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import eu.sermas.bus.codec.PublishEncoder.Alias;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.Property;
import eu.sermas.bus.packet.ProtocolVersion;
import eu.sermas.bus.packet.Publish;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.Topic;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class PublishEncoderTest {

    private static final int[] NO_IDS = {};
    private static final long NOW = 1_000_000;

    private static Message message(Properties properties, long expiresAt) {
        byte[] payload = Wire.bytes("'hi'");
        Topic topic = Topic.of("a/b");
        return new Message(topic, payload, QoS.EXACTLY_ONCE, false, properties, expiresAt);
    }

    private static byte[] bytes(EncodedPublish encoded, int packetId, boolean dup) {
        ByteBuf out = Unpooled.buffer().writeZero(3); // it need not begin at 0
        encoded.write(out, packetId, dup);
        byte[] bytes = ByteBufUtil.getBytes(out.skipBytes(3));
        assertThat(encoded.size()).isEqualTo(bytes.length);
        return bytes;
    }

    @Test
    void sharesALargePayloadAndCopiesASmallOne() {
        for (int size : new int[] {0, 1, 1024, 1025, 5000}) {
            byte[] payload = new byte[size];
            Arrays.fill(payload, (byte) 0x5A);
            Message message = Message.of(Topic.of("a/b"), payload, QoS.AT_LEAST_ONCE);
            EncodedPublish encoded =
                    PublishEncoder.encode(
                            message, ProtocolVersion.MQTT_5, QoS.AT_LEAST_ONCE, false, NO_IDS, NOW);
            byte[] bytes = bytes(encoded, 0x0102, true);
            assertThat(Arrays.copyOfRange(bytes, bytes.length - size, bytes.length))
                    .isEqualTo(payload);
            assertThat(bytes[0]).isEqualTo((byte) 0x3A);
            if (size > 1024) {
                assertThat(encoded.tail()).isSameAs(payload);
            } else {
                assertThat(encoded.tail()).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "MQTT_3_1   | 0 | false | 30 07 \"a/b\" 'hi'",
                "MQTT_3_1_1 | 0 | true  | 31 07 \"a/b\" 'hi'",
                "MQTT_3_1_1 | 1 | false | 32 09 \"a/b\" 0102 'hi'",
                "MQTT_5     | 0 | false | 30 08 \"a/b\" 00 'hi'",
                "MQTT_5     | 1 | true  | 33 0A \"a/b\" 0102 00 'hi'",
                "MQTT_5     | 2 | false | 34 0A \"a/b\" 0102 00 'hi'"
            })
    void writesTheEnvelopeOfOneSending(
            ProtocolVersion version, int qos, boolean retain, String wire) {
        Message message = message(Properties.NONE, Message.NEVER);
        EncodedPublish encoded =
                PublishEncoder.encode(message, version, QoS.of(qos), retain, NO_IDS, NOW);
        assertThat(bytes(encoded, 0x0102, false)).isEqualTo(Wire.bytes(wire));
    }

    @Test
    void identifierAndDupAreOfEachReceiver() {
        EncodedPublish encoded =
                PublishEncoder.encode(
                        message(Properties.NONE, Message.NEVER),
                        ProtocolVersion.MQTT_3_1_1,
                        QoS.AT_LEAST_ONCE,
                        false,
                        NO_IDS,
                        NOW);
        assertThat(bytes(encoded, 0xFFFF, true)).isEqualTo(Wire.bytes("3A 09 \"a/b\" FFFF 'hi'"));
        assertThat(bytes(encoded, 1, false)).isEqualTo(Wire.bytes("32 09 \"a/b\" 0001 'hi'"));
    }

    @Test
    void headersAloneForAPayloadThatIsSentWithoutACopy() {
        Message message = Message.of(Topic.of("a/b"), new byte[2000], QoS.AT_LEAST_ONCE);
        EncodedPublish encoded =
                PublishEncoder.encode(
                        message, ProtocolVersion.MQTT_5, QoS.AT_LEAST_ONCE, false, NO_IDS, NOW);
        ByteBuf out = Unpooled.buffer();
        encoded.writeHead(out, 7, false);
        assertThat(ByteBufUtil.getBytes(out)).isEqualTo(Wire.bytes("32 D8 0F \"a/b\" 0007 00"));
    }

    @Test
    void expiryIsWhatRemains() { // [MQTT-3.3.2-6]
        EncodedPublish encoded =
                PublishEncoder.encode(
                        message(Properties.NONE, NOW + 2_500),
                        ProtocolVersion.MQTT_5,
                        QoS.AT_MOST_ONCE,
                        false,
                        NO_IDS,
                        NOW);
        assertThat(bytes(encoded, 0, false))
                .isEqualTo(Wire.bytes("30 0D \"a/b\" 05 02 00000003 'hi'"));
    }

    @Test
    void everyPropertyInItsPlace() throws Exception {
        Properties properties =
                Properties.builder()
                        .add(Property.CONTENT_TYPE, "é")
                        .user("a", "1")
                        .user("a", "2")
                        .build();
        EncodedPublish encoded =
                PublishEncoder.encode(
                        message(properties, NOW + 60_000),
                        ProtocolVersion.MQTT_5,
                        QoS.EXACTLY_ONCE,
                        true,
                        new int[] {1, 268_435_455},
                        new Alias(9, false),
                        NOW);
        Publish expected =
                new Publish(
                        Topic.of("a/b"),
                        Wire.bytes("'hi'"),
                        QoS.EXACTLY_ONCE,
                        true,
                        true,
                        5,
                        Properties.builder()
                                .add(Property.MESSAGE_EXPIRY_INTERVAL, 60)
                                .add(Property.TOPIC_ALIAS, 9)
                                .add(Property.SUBSCRIPTION_IDENTIFIER, 1)
                                .add(Property.SUBSCRIPTION_IDENTIFIER, 268_435_455)
                                .addAll(properties)
                                .build());
        assertThat(Wire.decodeAll(ProtocolVersion.MQTT_5, bytes(encoded, 5, true)))
                .map(Wire::canonical)
                .containsExactly(Wire.canonical(expected));
    }

    @Test
    void aKnownAliasStandsForTheTopic() {
        EncodedPublish encoded =
                PublishEncoder.encode(
                        message(Properties.NONE, Message.NEVER),
                        ProtocolVersion.MQTT_5,
                        QoS.AT_MOST_ONCE,
                        false,
                        NO_IDS,
                        new Alias(9, true),
                        NOW);
        assertThat(bytes(encoded, 0, false)).isEqualTo(Wire.bytes("30 08 \"\" 03 23 0009 'hi'"));
    }

    @ParameterizedTest
    @EnumSource(names = "MQTT_5", mode = EnumSource.Mode.EXCLUDE)
    void mqtt3LeavesOutWhatItLacks(ProtocolVersion version) {
        EncodedPublish encoded =
                PublishEncoder.encode(
                        message(Properties.builder().user("a", "b").build(), NOW + 1),
                        version,
                        QoS.AT_MOST_ONCE,
                        false,
                        new int[] {1},
                        new Alias(9, true),
                        NOW);
        assertThat(bytes(encoded, 0, false)).isEqualTo(Wire.bytes("30 07 \"a/b\" 'hi'"));
    }

    @Test
    void refusesAliasesThatAreNone() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Alias(0, true));
        assertThatIllegalArgumentException().isThrownBy(() -> new Alias(65_536, false));
        assertThatIllegalArgumentException().isThrownBy(() -> new Alias(-1, false));
    }
}
