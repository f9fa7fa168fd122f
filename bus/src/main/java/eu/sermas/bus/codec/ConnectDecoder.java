package eu.sermas.bus.codec;

import static eu.sermas.bus.codec.MalformedPacketException.malformed;
import static eu.sermas.bus.codec.MalformedPacketException.protocolError;

import eu.sermas.bus.packet.ConnAck;
import eu.sermas.bus.packet.Connect;
import eu.sermas.bus.packet.PacketType;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.ProtocolVersion;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.Will;
import org.jspecify.annotations.Nullable;

/// CONNECT behind the protocol level, section 3.1, and CONNACK, section 3.2.
///
/// MQTT 3.1 is older than most rules here: it ignores the will's flags without a will and the
/// reserved flag, and lets user name and password be missing although their flags are set (its
/// section 3.1 gives the remaining length precedence).
final class ConnectDecoder {

    static final int RESERVED = 0x01;
    static final int CLEAN_START = 0x02;
    static final int WILL = 0x04;
    static final int WILL_QOS = 0x18;
    static final int WILL_RETAIN = 0x20;
    static final int PASSWORD = 0x40;
    static final int USER_NAME = 0x80;

    private ConnectDecoder() {}

    static Connect connect(PacketReader reader, ProtocolVersion version)
            throws MalformedPacketException {
        int flags = reader.unsignedByte("connect flags");
        checkFlags(flags, version);
        int keepAlive = reader.unsignedShort("keep alive");
        Properties properties = properties(reader, version, PacketType.CONNECT);
        // The fields in their order [MQTT-3.1.3-1], strings as such [MQTT-3.1.3-3] [MQTT-3.1.3-4]
        // [MQTT-3.1.3-11] [MQTT-3.1.3-12], MQTT 3.1.1 [MQTT-3.1.3-10]; any length of client
        // identifier is allowed [MQTT-3.1.3-5].
        String clientId = reader.string("client identifier");
        if (version == ProtocolVersion.MQTT_3_1 && clientId.isEmpty()) {
            throw new MalformedPacketException(
                    ReasonCode.CLIENT_IDENTIFIER_NOT_VALID,
                    "client identifier: empty (expected in MQTT 3.1: at least 1 character)");
        }
        Will will = (flags & WILL) == 0 ? null : will(reader, version, flags); // [MQTT-3.1.2-9]
        // [MQTT-3.1.2-16] [MQTT-3.1.2-17] [MQTT-3.1.2-18] [MQTT-3.1.2-19], in MQTT 3.1.1
        // [MQTT-3.1.2-18] to [MQTT-3.1.2-21]
        String userName =
                isPresent(reader, version, flags & USER_NAME) ? reader.string("user name") : null;
        byte[] password =
                isPresent(reader, version, flags & PASSWORD) ? reader.binary("password") : null;
        return new Connect(
                version,
                clientId,
                (flags & CLEAN_START) != 0,
                keepAlive,
                will,
                userName,
                password,
                properties);
    }

    private static void checkFlags(int flags, ProtocolVersion version)
            throws MalformedPacketException {
        boolean strict = version != ProtocolVersion.MQTT_3_1;
        if (strict && (flags & RESERVED) != 0) { // [MQTT-3.1.2-3]
            throw malformed("connect flags: reserved flag 1 (expected: 0)");
        }
        if (strict && (flags & WILL) == 0 && (flags & (WILL_QOS | WILL_RETAIN)) != 0) {
            throw malformed( // [MQTT-3.1.2-11] [MQTT-3.1.2-13]
                    "connect flags: 0x%02X (expected: will QoS and retain 0 without a will)"
                            .formatted(flags));
        }
        if ((flags & WILL) != 0 && (flags & WILL_QOS) == WILL_QOS) { // [MQTT-3.1.2-12]
            throw malformed("connect flags: will QoS 3 (expected: 0..2)");
        }
        if (!version.isMqtt5() && (flags & (USER_NAME | PASSWORD)) == PASSWORD) {
            throw malformed( // MQTT 3.1.1 [MQTT-3.1.2-22]
                    "connect flags: a password alone (expected in MQTT 3: a user name too)");
        }
    }

    private static boolean isPresent(PacketReader reader, ProtocolVersion version, int flag) {
        return flag != 0 && (version != ProtocolVersion.MQTT_3_1 || reader.remaining() > 0);
    }

    private static Will will(PacketReader reader, ProtocolVersion version, int flags)
            throws MalformedPacketException {
        Properties properties = properties(reader, version, PacketType.WILL);
        Topic topic = Names.topic(reader.binary("will topic"), "will topic");
        byte[] payload = reader.binary("will payload");
        QoS qos = QoS.of((flags & WILL_QOS) >> 3);
        return new Will(topic, payload, qos, (flags & WILL_RETAIN) != 0, properties);
    }

    private static Properties properties(
            PacketReader reader, ProtocolVersion version, PacketType type)
            throws MalformedPacketException {
        return version.isMqtt5() ? PropertiesDecoder.decode(reader, type) : Properties.NONE;
    }

    static ConnAck connAck(PacketReader reader, ProtocolVersion version)
            throws MalformedPacketException {
        int flags = reader.unsignedByte("acknowledge flags");
        if (version == ProtocolVersion.MQTT_3_1) {
            flags = 0; // not used before MQTT 3.1.1
        }
        if (flags > 1) { // [MQTT-3.2.2-1]
            throw malformed("acknowledge flags: 0x%02X (expected: 0 or 1)".formatted(flags));
        }
        ReasonCode code =
                version.isMqtt5() ? reader.reasonCode(PacketType.CONNACK) : returnCode(reader);
        if (flags == 1 && code.isError()) { // [MQTT-3.2.2-6]
            throw protocolError("session present: 1 with " + code + " (expected: 0)");
        }
        return new ConnAck(flags == 1, code, properties(reader, version, PacketType.CONNACK));
    }

    private static ReasonCode returnCode(PacketReader reader) throws MalformedPacketException {
        int value = reader.unsignedByte("return code");
        @Nullable ReasonCode code = ReturnCodes.ofConnAck(value);
        if (code == null) {
            throw protocolError("return code: " + value + " (expected: 0..5)");
        }
        return code;
    }
}
