package eu.sermas.bus.codec;

import static eu.sermas.bus.packet.ProtocolVersion.MQTT_3_1;
import static eu.sermas.bus.packet.ProtocolVersion.MQTT_3_1_1;
import static eu.sermas.bus.packet.ProtocolVersion.MQTT_5;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import eu.sermas.bus.packet.Auth;
import eu.sermas.bus.packet.ConnAck;
import eu.sermas.bus.packet.Connect;
import eu.sermas.bus.packet.Disconnect;
import eu.sermas.bus.packet.Packet;
import eu.sermas.bus.packet.PacketType;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.Property;
import eu.sermas.bus.packet.ProtocolVersion;
import eu.sermas.bus.packet.PubAck;
import eu.sermas.bus.packet.Publish;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.packet.SubAck;
import eu.sermas.bus.packet.UnsubAck;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What is written differently from how it stands in the packet, and what is not written at all.
/// The plain cases are in [PacketTable].
class PacketEncoderTest {

    private static final Properties WHY = Properties.reason("no");

    private static void assertWritten(Packet packet, ProtocolVersion version, String wire) {
        assertThat(Wire.encode(packet, version)).isEqualTo(Wire.bytes(wire));
    }

    @Test
    void mqtt3LeavesOutPropertiesAndCodes() {
        assertWritten(new PubAck(1, ReasonCode.NOT_AUTHORIZED, WHY), MQTT_3_1_1, "40 02 0001");
        assertWritten(new Disconnect(ReasonCode.SERVER_BUSY, WHY), MQTT_3_1_1, "E0 00");
        List<ReasonCode> codes = List.of(ReasonCode.NOT_AUTHORIZED, ReasonCode.GRANTED_QOS_1);
        assertWritten(new UnsubAck(1, codes, WHY), MQTT_3_1_1, "B0 02 0001");
        assertWritten(new SubAck(1, codes, WHY), MQTT_3_1_1, "90 04 0001 80 01");
    }

    @Test
    void mqtt31HasNoSessionPresent() {
        ConnAck ack = new ConnAck(true, ReasonCode.SUCCESS, Properties.NONE);
        assertWritten(ack, MQTT_3_1, "20 02 00 00");
        assertWritten(ack, MQTT_3_1_1, "20 02 01 00");
    }

    @ParameterizedTest
    @EnumSource
    void everyRefusalOfMqtt5HasAReturnCode(ReasonCode code) throws Exception {
        if (!code.allowedIn(PacketType.CONNACK)) {
            return;
        }
        byte[] wire = Wire.encode(new ConnAck(false, code, WHY), MQTT_3_1_1);
        assertThat(Wire.decodeAll(MQTT_3_1_1, wire))
                .singleElement()
                .extracting(ack -> ((ConnAck) ack).reasonCode().isError())
                .isEqualTo(code.isError());
    }

    @Test
    void whatIsTooLargeLosesItsReasonString() { // [MQTT-3.4.2-2]
        Properties properties = Properties.builder().user("k", "v").addAll(WHY).build();
        PubAck ack = new PubAck(1, ReasonCode.NOT_AUTHORIZED, properties);
        ByteBuf out = Unpooled.buffer();
        int size = PacketEncoder.encodedSize(ack, MQTT_5);
        assertThat(PacketEncoder.encode(ack, MQTT_5, size, out)).isTrue();
        assertThat(out.readableBytes()).isEqualTo(size);
        assertThat(PacketEncoder.encode(ack, MQTT_5, size - 1, out.clear())).isTrue();
        assertThat(ByteBufUtil.getBytes(out)).isEqualTo(Wire.bytes("40 03 0001 87"));
        assertThat(PacketEncoder.encode(ack, MQTT_5, 4, out.clear())).isFalse();
        assertThat(out.readableBytes()).isZero(); // [MQTT-3.1.2-24]
    }

    @Test
    void aMessageKeepsItsUserProperties() {
        Properties properties = Properties.builder().user("k", "v").build();
        Publish publish =
                new Publish(null, new byte[0], QoS.AT_MOST_ONCE, false, false, 0, properties);
        ByteBuf out = Unpooled.buffer();
        assertThat(PacketEncoder.encode(publish, MQTT_5, 10, out)).isFalse(); // [MQTT-3.3.2-17]
        assertThat(out.readableBytes()).isZero();
    }

    @Test
    void refusesWhatHasNoForm() {
        Properties misplaced = Properties.builder().add(Property.TOPIC_ALIAS, 1).build();
        assertRefused(new PubAck(1, ReasonCode.SUCCESS, misplaced), MQTT_5);
        assertRefused(
                new Disconnect(ReasonCode.SUCCESS, Properties.reason("x".repeat(65_536))), MQTT_5);
        assertRefused(new Auth(ReasonCode.SUCCESS, Properties.NONE), MQTT_3_1_1);
        assertRefused(
                new Publish(null, new byte[0], QoS.AT_MOST_ONCE, false, false, 0, Properties.NONE),
                MQTT_3_1_1);
        assertRefused(
                new Connect(MQTT_3_1_1, "", true, 0, null, null, new byte[1], Properties.NONE),
                MQTT_3_1_1);
    }

    private static void assertRefused(Packet packet, ProtocolVersion version) {
        ByteBuf out = Unpooled.buffer();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PacketEncoder.encode(packet, version, out))
                .withMessageContaining("expected");
        assertThat(out.readableBytes()).isZero();
    }
}
