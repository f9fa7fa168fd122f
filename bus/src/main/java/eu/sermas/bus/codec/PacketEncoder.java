package eu.sermas.bus.codec;

import eu.sermas.bus.packet.Auth;
import eu.sermas.bus.packet.ConnAck;
import eu.sermas.bus.packet.Connect;
import eu.sermas.bus.packet.Disconnect;
import eu.sermas.bus.packet.Packet;
import eu.sermas.bus.packet.PacketType;
import eu.sermas.bus.packet.PingReq;
import eu.sermas.bus.packet.PingResp;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.Property;
import eu.sermas.bus.packet.ProtocolVersion;
import eu.sermas.bus.packet.PubAck;
import eu.sermas.bus.packet.PubComp;
import eu.sermas.bus.packet.PubRec;
import eu.sermas.bus.packet.PubRel;
import eu.sermas.bus.packet.Publish;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.packet.SubAck;
import eu.sermas.bus.packet.Subscribe;
import eu.sermas.bus.packet.Subscription;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.packet.UnsubAck;
import eu.sermas.bus.packet.Unsubscribe;
import io.netty.buffer.ByteBuf;

/// Writes packets of every type, for servers and clients. What MQTT 3 lacks is left out:
/// properties, the codes of UNSUBACK and DISCONNECT; those of CONNACK and SUBACK become return
/// codes. MQTT 5 packets take the shortest form that the specification allows.
///
/// Application messages that go to many receivers are the business of [PublishEncoder].
///
/// All methods throw IllegalArgumentException for what has no form on the wire, such as a property
/// that the packet may not carry, a string of more than 65,535 bytes or AUTH in MQTT 3.
public final class PacketEncoder {

    private PacketEncoder() {}

    public static void encode(Packet packet, ProtocolVersion version, ByteBuf out) {
        encode(packet, properties(packet, version), version, out);
    }

    /// Honours the Maximum Packet Size of the receiver: reason string and user properties of an
    /// answer are left out where the packet would be too large with them.
    ///
    /// @param maxPacketSize bytes
    /// @return false where the packet is too large even so; nothing is written then [MQTT-3.1.2-24]
    public static boolean encode(
            Packet packet, ProtocolVersion version, long maxPacketSize, ByteBuf out) {
        Properties properties = properties(packet, version);
        if (size(packet, properties, version) > maxPacketSize) {
            if (isAnswer(packet)) {
                // [MQTT-3.2.2-19] [MQTT-3.2.2-20] [MQTT-3.4.2-2] [MQTT-3.4.2-3] [MQTT-3.5.2-2]
                // [MQTT-3.5.2-3] [MQTT-3.6.2-2] [MQTT-3.6.2-3] [MQTT-3.7.2-2] [MQTT-3.7.2-3]
                // [MQTT-3.9.2-1] [MQTT-3.9.2-2] [MQTT-3.11.2-1] [MQTT-3.11.2-2] [MQTT-3.14.2-3]
                // [MQTT-3.14.2-4] [MQTT-3.15.2-2] [MQTT-3.15.2-3]
                properties = properties.without(Property.REASON_STRING, Property.USER_PROPERTY);
            }
            if (size(packet, properties, version) > maxPacketSize) {
                return false;
            }
        }
        encode(packet, properties, version, out);
        return true;
    }

    /// @return bytes of the whole packet, the fixed header included
    public static int encodedSize(Packet packet, ProtocolVersion version) {
        return size(packet, properties(packet, version), version);
    }

    private static int size(Packet packet, Properties properties, ProtocolVersion version) {
        int remaining = remaining(packet, properties, version);
        return Math.addExact(1 + FieldWriter.variableByteIntegerSize(remaining), remaining);
    }

    private static int remaining(Packet packet, Properties properties, ProtocolVersion version) {
        FieldWriter counter = FieldWriter.counting();
        write(counter, packet, properties, version);
        return counter.size();
    }

    private static void encode(
            Packet packet, Properties properties, ProtocolVersion version, ByteBuf out) {
        int shortAck = shortAck(packet, properties, version);
        if (shortAck != 0) {
            out.writeInt(shortAck);
            return;
        }
        int remaining = remaining(packet, properties, version);
        out.ensureWritable(5 + remaining);
        FieldWriter writer = FieldWriter.to(out);
        writer.unsignedByte(firstByte(packet));
        writer.variableByteInteger(remaining);
        write(writer, packet, properties, version);
    }

    /// An acknowledgement of four bytes, of which each message takes one to four.
    ///
    /// @return the packet, or 0 where it is another one
    private static int shortAck(Packet packet, Properties properties, ProtocolVersion version) {
        return switch (packet) {
            case PubAck(int id, ReasonCode code, _) when isImplied(code, properties, version) ->
                    ShortAck.PUBACK | id;
            case PubRec(int id, ReasonCode code, _) when isImplied(code, properties, version) ->
                    ShortAck.PUBREC | id;
            case PubRel(int id, ReasonCode code, _) when isImplied(code, properties, version) ->
                    ShortAck.PUBREL | id;
            case PubComp(int id, ReasonCode code, _) when isImplied(code, properties, version) ->
                    ShortAck.PUBCOMP | id;
            default -> 0;
        };
    }

    /// Whether reason code and properties are those that are meant where they are left out.
    private static boolean isImplied(
            ReasonCode code, Properties properties, ProtocolVersion version) {
        return !version.isMqtt5() || (code == ReasonCode.SUCCESS && properties.isEmpty());
    }

    /// Everything behind the fixed header.
    private static void write(
            FieldWriter out, Packet packet, Properties properties, ProtocolVersion version) {
        boolean mqtt5 = version.isMqtt5();
        switch (packet) {
            case Connect connect -> ConnectEncoder.connect(out, connect);
            case ConnAck ack -> ConnectEncoder.connAck(out, ack, properties, version);
            case Publish publish -> writePublish(out, publish, properties, mqtt5);
            case PubAck(int id, ReasonCode code, _) ->
                    writeAck(out, id, code, properties, PacketType.PUBACK, version);
            case PubRec(int id, ReasonCode code, _) ->
                    writeAck(out, id, code, properties, PacketType.PUBREC, version);
            case PubRel(int id, ReasonCode code, _) ->
                    writeAck(out, id, code, properties, PacketType.PUBREL, version);
            case PubComp(int id, ReasonCode code, _) ->
                    writeAck(out, id, code, properties, PacketType.PUBCOMP, version);
            case Subscribe subscribe -> writeSubscribe(out, subscribe, properties, mqtt5);
            case SubAck ack -> writeSubAck(out, ack, properties, mqtt5);
            case Unsubscribe unsubscribe -> writeUnsubscribe(out, unsubscribe, properties, mqtt5);
            case UnsubAck ack -> writeUnsubAck(out, ack, properties, mqtt5);
            case PingReq(), PingResp() -> {}
            case Disconnect(ReasonCode code, _) ->
                    writeCode(out, code, properties, PacketType.DISCONNECT, version);
            case Auth(ReasonCode code, _) -> writeAuth(out, code, properties, mqtt5);
        }
    }

    private static void writeAck(
            FieldWriter out,
            int packetId,
            ReasonCode code,
            Properties properties,
            PacketType type,
            ProtocolVersion version) {
        out.unsignedShort(packetId);
        writeCode(out, code, properties, type, version);
    }

    /// The reason code and the properties, as far as they are not implied.
    private static void writeCode(
            FieldWriter out,
            ReasonCode code,
            Properties properties,
            PacketType type,
            ProtocolVersion version) {
        if (isImplied(code, properties, version)) {
            return;
        }
        out.unsignedByte(code.value());
        if (!properties.isEmpty()) {
            PropertiesEncoder.write(out, properties, type);
        }
    }

    private static void writeAuth(
            FieldWriter out, ReasonCode code, Properties properties, boolean mqtt5) {
        if (!mqtt5) {
            throw new IllegalArgumentException("AUTH in MQTT 3 (expected: in MQTT 5 only)");
        }
        if (code != ReasonCode.SUCCESS || !properties.isEmpty()) {
            out.unsignedByte(code.value());
            PropertiesEncoder.write(out, properties, PacketType.AUTH);
        }
    }

    private static void writeProperties(
            FieldWriter out, Properties properties, PacketType type, boolean mqtt5) {
        if (mqtt5) {
            PropertiesEncoder.write(out, properties, type);
        }
    }

    private static void writePublish(
            FieldWriter out, Publish publish, Properties properties, boolean mqtt5) {
        Topic topic = publish.topic();
        if (topic != null) {
            out.binary(topic.utf8());
        } else if (mqtt5) {
            out.unsignedShort(0);
        } else {
            throw new IllegalArgumentException("topic: none (expected in MQTT 3: a topic name)");
        }
        if (publish.qos() != QoS.AT_MOST_ONCE) {
            out.unsignedShort(publish.packetId());
        }
        writeProperties(out, properties, PacketType.PUBLISH, mqtt5);
        out.raw(publish.payload());
    }

    private static void writeSubscribe(
            FieldWriter out, Subscribe subscribe, Properties properties, boolean mqtt5) {
        out.unsignedShort(subscribe.packetId());
        writeProperties(out, properties, PacketType.SUBSCRIBE, mqtt5);
        for (Subscription subscription : subscribe.subscriptions()) {
            out.string(subscription.filter().text());
            int qos = subscription.qos().value();
            out.unsignedByte(mqtt5 ? options(subscription) : qos);
        }
    }

    private static int options(Subscription subscription) {
        return subscription.qos().value()
                | (subscription.noLocal() ? 0x04 : 0)
                | (subscription.retainAsPublished() ? 0x08 : 0)
                | subscription.retainHandling().ordinal() << 4;
    }

    private static void writeSubAck(
            FieldWriter out, SubAck ack, Properties properties, boolean mqtt5) {
        out.unsignedShort(ack.packetId());
        writeProperties(out, properties, PacketType.SUBACK, mqtt5);
        for (ReasonCode code : ack.reasonCodes()) {
            out.unsignedByte(mqtt5 ? code.value() : ReturnCodes.subAck(code));
        }
    }

    private static void writeUnsubscribe(
            FieldWriter out, Unsubscribe unsubscribe, Properties properties, boolean mqtt5) {
        out.unsignedShort(unsubscribe.packetId());
        writeProperties(out, properties, PacketType.UNSUBSCRIBE, mqtt5);
        for (TopicFilter filter : unsubscribe.filters()) {
            out.string(filter.text());
        }
    }

    private static void writeUnsubAck(
            FieldWriter out, UnsubAck ack, Properties properties, boolean mqtt5) {
        out.unsignedShort(ack.packetId());
        if (mqtt5) {
            PropertiesEncoder.write(out, properties, PacketType.UNSUBACK);
            for (ReasonCode code : ack.reasonCodes()) {
                out.unsignedByte(code.value());
            }
        }
    }

    private static int firstByte(Packet packet) {
        return switch (packet) {
            case Publish publish ->
                    PublishEncoder.firstByte(publish.qos(), publish.retain(), publish.dup());
            case PubRel _, Subscribe _, Unsubscribe _ -> type(packet).code() << 4 | 0x02;
            default -> type(packet).code() << 4;
        };
    }

    private static PacketType type(Packet packet) {
        return switch (packet) {
            case Connect _ -> PacketType.CONNECT;
            case ConnAck _ -> PacketType.CONNACK;
            case Publish _ -> PacketType.PUBLISH;
            case PubAck _ -> PacketType.PUBACK;
            case PubRec _ -> PacketType.PUBREC;
            case PubRel _ -> PacketType.PUBREL;
            case PubComp _ -> PacketType.PUBCOMP;
            case Subscribe _ -> PacketType.SUBSCRIBE;
            case SubAck _ -> PacketType.SUBACK;
            case Unsubscribe _ -> PacketType.UNSUBSCRIBE;
            case UnsubAck _ -> PacketType.UNSUBACK;
            case PingReq _ -> PacketType.PINGREQ;
            case PingResp _ -> PacketType.PINGRESP;
            case Disconnect _ -> PacketType.DISCONNECT;
            case Auth _ -> PacketType.AUTH;
        };
    }

    private static Properties properties(Packet packet, ProtocolVersion version) {
        if (!version.isMqtt5()) {
            return Properties.NONE;
        }
        return switch (packet) {
            case Connect connect -> connect.properties();
            case ConnAck ack -> ack.properties();
            case Publish publish -> publish.properties();
            case PubAck ack -> ack.properties();
            case PubRec rec -> rec.properties();
            case PubRel rel -> rel.properties();
            case PubComp comp -> comp.properties();
            case Subscribe subscribe -> subscribe.properties();
            case SubAck ack -> ack.properties();
            case Unsubscribe unsubscribe -> unsubscribe.properties();
            case UnsubAck ack -> ack.properties();
            case PingReq _, PingResp _ -> Properties.NONE;
            case Disconnect disconnect -> disconnect.properties();
            case Auth auth -> auth.properties();
        };
    }

    private static boolean isAnswer(Packet packet) {
        return switch (packet) {
            case Connect _, Publish _, Subscribe _, Unsubscribe _ -> false;
            default -> true;
        };
    }
}
