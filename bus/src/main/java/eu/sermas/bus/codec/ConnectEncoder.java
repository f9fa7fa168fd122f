package eu.sermas.bus.codec;

import eu.sermas.bus.packet.ConnAck;
import eu.sermas.bus.packet.Connect;
import eu.sermas.bus.packet.PacketType;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.ProtocolVersion;
import eu.sermas.bus.packet.Will;

/// CONNECT, section 3.1, and CONNACK, section 3.2.
final class ConnectEncoder {

    private ConnectEncoder() {}

    static void connect(FieldWriter out, Connect connect) {
        ProtocolVersion version = connect.version();
        boolean mqtt5 = version.isMqtt5();
        if (!mqtt5 && connect.userName() == null && connect.password() != null) {
            throw new IllegalArgumentException(
                    "password: alone (expected in MQTT 3: a user name too)"); // [MQTT-3.1.2-22]
        }
        out.string(version.protocolName());
        out.unsignedByte(version.level());
        out.unsignedByte(flags(connect));
        out.unsignedShort(connect.keepAlive());
        if (mqtt5) {
            PropertiesEncoder.write(out, connect.properties(), PacketType.CONNECT);
        }
        out.string(connect.clientId());
        Will will = connect.will();
        if (will != null) {
            if (mqtt5) {
                PropertiesEncoder.write(out, will.properties(), PacketType.WILL);
            }
            out.binary(will.topic().utf8());
            out.binary(will.payload());
        }
        if (connect.userName() != null) {
            out.string(connect.userName());
        }
        if (connect.password() != null) {
            out.binary(connect.password());
        }
    }

    private static int flags(Connect connect) {
        Will will = connect.will();
        int flags = connect.cleanStart() ? ConnectDecoder.CLEAN_START : 0;
        if (will != null) {
            flags |= ConnectDecoder.WILL | will.qos().value() << 3;
            flags |= will.retain() ? ConnectDecoder.WILL_RETAIN : 0;
        }
        flags |= connect.userName() == null ? 0 : ConnectDecoder.USER_NAME;
        return flags | (connect.password() == null ? 0 : ConnectDecoder.PASSWORD);
    }

    static void connAck(
            FieldWriter out, ConnAck ack, Properties properties, ProtocolVersion version) {
        boolean session = ack.sessionPresent() && version != ProtocolVersion.MQTT_3_1;
        out.unsignedByte(session ? 1 : 0);
        if (version.isMqtt5()) {
            out.unsignedByte(ack.reasonCode().value());
            PropertiesEncoder.write(out, properties, PacketType.CONNACK);
        } else {
            out.unsignedByte(ReturnCodes.connAck(ack.reasonCode()));
        }
    }
}
