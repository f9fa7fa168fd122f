package eu.sermas.bus.codec;

import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.PacketType;
import eu.sermas.bus.packet.Property;
import eu.sermas.bus.packet.ProtocolVersion;
import eu.sermas.bus.packet.QoS;
import io.netty.buffer.Unpooled;

/// Encodes messages for delivery, MQTT 5 section 3.3. Receivers that agree in protocol (3 or 5),
/// QoS, RETAIN, subscription identifiers, topic alias and remaining expiry can share one
/// [EncodedPublish].
public final class PublishEncoder {

    /// How the topic is written: in full, in full together with a new alias, or as an alias that
    /// the receiver knows; section 3.3.2.3.4. MQTT 3 knows [#NONE] only.
    ///
    /// @param number 1..65535, or 0 for no alias
    /// @param isKnown whether this alias was sent on this connection before, so that the name can
    ///   be left out
    public record Alias(int number, boolean isKnown) {
        public static final Alias NONE = new Alias(0, false);

        public Alias {
            if (number < 0 || number > 65_535 || (isKnown && number == 0)) {
                throw new IllegalArgumentException(
                        "topic alias: " + number + " (expected: 1..65535, or 0 for none)");
            }
        }
    }

    private static final byte[] NO_BYTES = {};

    /// A payload up to this size is copied once more here, so that it takes one copy less for each
    /// receiver.
    private static final int SMALL_PAYLOAD = 1024;

    private static final long MAX_EXPIRY = 0xFFFF_FFFFL;

    private PublishEncoder() {}

    /// @param qos the granted QoS
    /// @param retain the RETAIN flag to send
    /// @param subscriptionIds empty for none; ignored for MQTT 3
    /// @param now milliseconds since the epoch, for the remaining Message Expiry Interval
    public static EncodedPublish encode(
            Message message,
            ProtocolVersion version,
            QoS qos,
            boolean retain,
            int[] subscriptionIds,
            long now) {
        return encode(message, version, qos, retain, subscriptionIds, Alias.NONE, now);
    }

    /// The same with a topic alias.
    public static EncodedPublish encode(
            Message message,
            ProtocolVersion version,
            QoS qos,
            boolean retain,
            int[] subscriptionIds,
            Alias alias,
            long now) {
        boolean mqtt5 = version.isMqtt5();
        byte[] topic = mqtt5 && alias.isKnown() ? NO_BYTES : message.topic().utf8();
        boolean identified = qos != QoS.AT_MOST_ONCE;
        int propertyLength = mqtt5 ? propertyLength(message, subscriptionIds, alias, now) : 0;
        int variableHeader =
                Short.BYTES
                        + topic.length
                        + (identified ? Short.BYTES : 0)
                        + (mqtt5 ? FieldWriter.variableByteIntegerSize(propertyLength) : 0)
                        + propertyLength;
        byte[] payload = message.payload();
        int remaining = Math.addExact(variableHeader, payload.length);
        int fixedHeader = 1 + FieldWriter.variableByteIntegerSize(remaining);
        // By hand: this runs for each message, and a writer with its buffer costs more than the
        // few bytes that most headers have.
        boolean small = payload.length <= SMALL_PAYLOAD;
        int headers = fixedHeader + variableHeader;
        byte[] head = new byte[small ? headers + payload.length : headers];
        head[0] = (byte) firstByte(qos, retain, false);
        int at = putVariableByteInteger(head, 1, remaining);
        head[at++] = (byte) (topic.length >>> 8);
        head[at++] = (byte) topic.length;
        System.arraycopy(topic, 0, head, at, topic.length); // [MQTT-3.3.2-1]
        at += topic.length;
        int packetIdOffset = identified ? at : -1;
        if (mqtt5) {
            at = putVariableByteInteger(head, at + (identified ? Short.BYTES : 0), propertyLength);
        }
        if (propertyLength > 0) {
            FieldWriter out = FieldWriter.to(Unpooled.wrappedBuffer(head).writerIndex(at));
            writeProperties(out, message, subscriptionIds, alias, now);
        }
        if (small) {
            System.arraycopy(payload, 0, head, headers, payload.length);
        }
        return new EncodedPublish(head, packetIdOffset, small ? NO_BYTES : payload);
    }

    private static int putVariableByteInteger(byte[] bytes, int at, int value) {
        int next = at;
        int rest = value;
        while (rest > 0x7F) {
            bytes[next++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[next++] = (byte) rest;
        return next;
    }

    static int firstByte(QoS qos, boolean retain, boolean dup) {
        return PacketType.PUBLISH.code() << 4
                | (dup ? 0x08 : 0)
                | qos.value() << 1
                | (retain ? 0x01 : 0);
    }

    private static int propertyLength(
            Message message, int[] subscriptionIds, Alias alias, long now) {
        FieldWriter counter = FieldWriter.counting();
        writeProperties(counter, message, subscriptionIds, alias, now);
        return counter.size();
    }

    private static void writeProperties(
            FieldWriter out, Message message, int[] subscriptionIds, Alias alias, long now) {
        if (message.expiresAt() != Message.NEVER) { // [MQTT-3.3.2-6]
            out.unsignedByte(Property.MESSAGE_EXPIRY_INTERVAL.id());
            out.unsignedInt(Math.min(message.remainingSeconds(now), MAX_EXPIRY));
        }
        if (alias.number() != 0) {
            out.unsignedByte(Property.TOPIC_ALIAS.id());
            out.unsignedShort(alias.number());
        }
        for (int id : subscriptionIds) { // [MQTT-3.3.4-3] [MQTT-3.3.4-4]
            out.unsignedByte(Property.SUBSCRIPTION_IDENTIFIER.id());
            out.variableByteInteger(id);
        }
        // As they came and in their order: [MQTT-3.3.2-4] [MQTT-3.3.2-15] [MQTT-3.3.2-16]
        // [MQTT-3.3.2-17] [MQTT-3.3.2-18] [MQTT-3.3.2-20].
        PropertiesEncoder.writeBare(out, message.properties(), PacketType.PUBLISH);
    }
}
