package eu.sermas.bus.codec;

import static eu.sermas.bus.packet.ProtocolVersion.MQTT_3_1;
import static eu.sermas.bus.packet.ProtocolVersion.MQTT_3_1_1;
import static eu.sermas.bus.packet.ProtocolVersion.MQTT_5;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import eu.sermas.bus.packet.Auth;
import eu.sermas.bus.packet.Connect;
import eu.sermas.bus.packet.Packet;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.PubComp;
import eu.sermas.bus.packet.PubRel;
import eu.sermas.bus.packet.Publish;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.packet.Subscribe;
import eu.sermas.bus.packet.Subscription;
import eu.sermas.bus.packet.Topic;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// The version, the topics of a connection, and forms that are read but never written.
class PacketDecoderTest {

    @Test
    void learnsTheVersionFromConnect() throws Exception {
        PacketDecoder decoder = Wire.decoder(null);
        assertThat(decoder.version()).isNull();
        ByteBuf in =
                Unpooled.wrappedBuffer(
                        Wire.bytes("10 0D \"MQTT\" 05 02 0000 00 \"\" 32 06 \"t\" 0001 00"));
        assertThat(decoder.decode(in)).isInstanceOf(Connect.class);
        assertThat(decoder.version()).isEqualTo(MQTT_5);
        assertThat(decoder.decode(in)).isInstanceOf(Publish.class);
        assertThat(decoder.decode(in)).isNull();
    }

    @Test
    void aSecondConnectDoesNotChangeTheVersion() throws Exception {
        PacketDecoder decoder = Wire.decoder(MQTT_5);
        byte[] connect = Wire.bytes("10 0C \"MQTT\" 04 02 003C \"\"");
        assertThat(decoder.decode(Unpooled.wrappedBuffer(connect))).isInstanceOf(Connect.class);
        assertThat(decoder.version()).isEqualTo(MQTT_5);
    }

    /// As Mosquitto's bridges do by default.
    @Test
    void theHighBitOfTheLevelIsOfABridge() throws Exception {
        for (String connect :
                List.of("10 0F \"MQIsdp\" 83 02 003C \"i\"", "10 0D \"MQTT\" 84 02 003C \"i\"")) {
            PacketDecoder decoder = Wire.decoder(null);
            Connect bridge =
                    (Connect)
                            requireNonNull(
                                    decoder.decode(Unpooled.wrappedBuffer(Wire.bytes(connect))));
            assertThat(bridge.version().isMqtt5()).isFalse();
            byte[] wire = Wire.bytes("82 13 0001 \"a\" 01 \"$share/g/a\" 02");
            Subscribe subscribe =
                    (Subscribe) requireNonNull(decoder.decode(Unpooled.wrappedBuffer(wire)));
            assertThat(subscribe.subscriptions())
                    .extracting(Subscription::noLocal, Subscription::retainAsPublished)
                    .containsExactly(tuple(true, true), tuple(false, true));
        }
    }

    @Test
    void mqtt31AllowsDupWhereLaterVersionsDoNot() throws Exception {
        assertThat(one("6A 02 0001")).isEqualTo(PubRel.success(1));
        assertThat(one("8A 06 0001 \"a\" 00")).isInstanceOf(Subscribe.class);
        assertThat(((Publish) one("38 03 \"t\"")).dup()).as("with QoS 0").isFalse();
    }

    @Test
    void mqtt31LetsUserNameAndPasswordBeMissing() throws Exception {
        Connect connect = (Connect) one("10 0F \"MQIsdp\" 03 C1 003C \"i\"");
        assertThat(connect.userName()).isNull();
        assertThat(connect.password()).isNull();
        connect = (Connect) one("10 12 \"MQIsdp\" 03 C0 003C \"i\" \"u\"");
        assertThat(connect.userName()).isEqualTo("u");
        assertThat(connect.password()).isNull();
    }

    private static Packet one(String wire) throws MalformedPacketException {
        return Wire.decodeAll(MQTT_3_1, Wire.bytes(wire)).getFirst();
    }

    @Test
    void longFormsOfWhatMayBeLeftOut() throws Exception {
        assertThat(Wire.decodeAll(MQTT_5, Wire.bytes("70 04 0001 00 00 70 03 0001 00 F0 02 00 00")))
                .containsExactly(
                        PubComp.success(1),
                        PubComp.success(1),
                        new Auth(ReasonCode.SUCCESS, Properties.NONE));
    }

    @Test
    void oneTopicIsOneInstance() throws Exception {
        PacketDecoder decoder = Wire.decoder(MQTT_3_1_1);
        for (String topic : new String[] {"a", "abcdefgh", "é".repeat(200), "x/".repeat(100)}) {
            assertThat(topic(decoder, topic)).isSameAs(topic(decoder, topic));
        }
        assertThat(topic(decoder, "a")).isNotSameAs(topic(Wire.decoder(MQTT_3_1_1), "a"));
    }

    @Test
    void topicsThatPushEachOtherOutStayRight() throws Exception {
        PacketDecoder decoder = Wire.decoder(MQTT_3_1_1);
        Random random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            String name = "t/" + random.nextInt(2_000) + "/" + "x".repeat(random.nextInt(3) * 300);
            assertThat(topic(decoder, name).name()).isEqualTo(name);
        }
    }

    private static Topic topic(PacketDecoder decoder, String name) throws Exception {
        byte[] utf8 = Wire.bytes('"' + name + '"');
        ByteBuf in = Unpooled.buffer().writeByte(0x30);
        FieldWriter.to(in).variableByteInteger(utf8.length);
        Publish publish = (Publish) Objects.requireNonNull(decoder.decode(in.writeBytes(utf8)));
        return Objects.requireNonNull(publish.topic());
    }
}
