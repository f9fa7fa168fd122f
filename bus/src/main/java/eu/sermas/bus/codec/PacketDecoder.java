package eu.sermas.bus.codec;

import static eu.sermas.bus.codec.MalformedPacketException.malformed;
import static eu.sermas.bus.codec.MalformedPacketException.protocolError;

import eu.sermas.bus.packet.Auth;
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
import eu.sermas.bus.packet.Topic;
import io.netty.buffer.ByteBuf;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/// Takes packets from the bytes of one connection, in either direction; who may send what is the
/// business of the caller, as is everything that depends on what was sent before: a second CONNECT,
/// a topic alias beyond the maximum, a Subscription Identifier in a PUBLISH from a client.
///
/// The version is learned from CONNECT, or given by [#version(ProtocolVersion)] where this side is
/// the client. After a [MalformedPacketException] the connection is to be closed and the decoder
/// not used again.
///
/// The decoder keeps no bytes and no position: as long as a packet is not all there it looks at the
/// fixed header, at most five bytes, and leaves. What it hands out shares no memory with the
/// buffer. Not thread-safe: one instance per connection.
public final class PacketDecoder {

    private static final byte[] NO_PAYLOAD = {};

    /// In the protocol level of CONNECT.
    private static final int BRIDGE = 0x80;

    private final PacketReader reader = new PacketReader();
    private int maxPacketSize;
    private @Nullable ProtocolVersion version;
    private boolean bridge;
    private IntPredicate topicRoom = _ -> true;
    private @Nullable TopicCache topics;
    private int announced;

    /// @param maxPacketSize bytes of a whole packet, the fixed header included
    public PacketDecoder(int maxPacketSize) {
        this.maxPacketSize = maxPacketSize;
    }

    /// A new limit, for the packets from the next one on.
    public void maxPacketSize(int bytes) {
        maxPacketSize = bytes;
    }

    /// Who is asked for memory for the topics that are remembered, in bytes; below 0 where some are
    /// forgotten. To be set before the first PUBLISH.
    public void topicRoom(IntPredicate room) {
        topicRoom = room;
    }

    public void version(ProtocolVersion version) {
        this.version = version;
    }

    /// The version of CONNECT; null before it. After a CONNECT of an unsupported version, the
    /// version whose form the refusal should have.
    public @Nullable ProtocolVersion version() {
        return version;
    }

    /// @return null, and nothing consumed, while the bytes of the next packet are not all there
    /// @throws MalformedPacketException as soon as the bytes there are show that the packet is
    ///   malformed by its fixed header or too large
    public @Nullable Packet decode(ByteBuf in) throws MalformedPacketException {
        int available = in.readableBytes();
        if (available == 0) {
            return null;
        }
        int start = in.readerIndex();
        if (available >= ShortAck.BYTES && version != null) {
            Packet ack = ShortAck.read(in.getInt(start));
            if (ack != null) {
                in.readerIndex(start + ShortAck.BYTES);
                return ack;
            }
        }
        int first = in.getUnsignedByte(start);
        checkFixedHeader(first >> 4, first & 0x0F);
        int length = 0;
        for (int i = 1; i <= 4; i++) {
            if (i == available) {
                announced = 0;
                return null;
            }
            int digit = in.getByte(start + i);
            length |= (digit & 0x7F) << (7 * (i - 1));
            if (digit >= 0) {
                checkLength(digit, i, length);
                if (available - i - 1 >= length) {
                    return decode(in, first, i + 1, length);
                }
                announced = 1 + i + length;
                return null;
            }
        }
        throw malformed("remaining length: more than 4 bytes (expected: 1..4)");
    }

    /// Bytes of the whole packet that [#decode] has just found not to be all there; 0 where not
    /// even its length is.
    public int announced() {
        return announced;
    }

    /// How many bytes of this PUBLISH have to be there for [#head], as far as that shows by now.
    ///
    /// @param in begins with a PUBLISH of which at least the fixed header is there
    /// @param size of the whole packet
    /// @throws MalformedPacketException where its fields do not fit into the packet
    public int headSize(ByteBuf in, int size) throws MalformedPacketException {
        int start = in.readerIndex();
        int available = in.readableBytes();
        int head = fixedHeader(in) + 2;
        if (head <= available) {
            head += in.getUnsignedShort(start + head - 2);
            head += (in.getByte(start) & 0x06) == 0 ? 0 : 2;
            if (known().isMqtt5()) {
                head = withProperties(in, head);
            }
        }
        if (head > size) {
            throw malformed(
                    "PUBLISH: at least %d bytes of fields (expected: at most %d)"
                            .formatted(head, size));
        }
        return head;
    }

    private static int withProperties(ByteBuf in, int from) {
        int length = 0;
        for (int i = 0; i < 4; i++) {
            if (from + i >= in.readableBytes()) {
                return from + i + 1;
            }
            int digit = in.getByte(in.readerIndex() + from + i);
            length |= (digit & 0x7F) << (7 * i);
            if (digit >= 0) {
                return from + i + 1 + length;
            }
        }
        return from + 4; // malformed, as reading it will show
    }

    private static int fixedHeader(ByteBuf in) {
        int size = 2;
        while (in.getByte(in.readerIndex() + size - 1) < 0) {
            size++;
        }
        return size;
    }

    /// The PUBLISH of which the first [#headSize] bytes are there, without its payload; nothing is
    /// consumed.
    ///
    /// @param size of the whole packet
    public Publish head(ByteBuf in, int size) throws MalformedPacketException {
        int start = in.readerIndex();
        reader.open(in, start + fixedHeader(in), start + size);
        try {
            return publish(in.getUnsignedByte(start) & 0x0F, known(), false);
        } finally {
            reader.close();
        }
    }

    private void checkFixedHeader(int code, int flags) throws MalformedPacketException {
        if (code == 0) {
            throw malformed("packet type: 0 (expected: 1..15)");
        }
        PacketType type = PacketType.ofCode(code);
        if (version == null && type != PacketType.CONNECT) { // [MQTT-3.1.0-1]
            throw protocolError("packet type: " + type + " (expected: CONNECT)");
        }
        if (type == PacketType.AUTH && version != null && !version.isMqtt5()) {
            throw malformed("packet type: 15 (expected in MQTT 3: 1..14)");
        }
        if (type == PacketType.PUBLISH || (type == PacketType.CONNECT && version == null)) {
            return; // what their flags may be is seen later
        }
        boolean marked =
                type == PacketType.PUBREL
                        || type == PacketType.SUBSCRIBE
                        || type == PacketType.UNSUBSCRIBE;
        int checked = marked && version == ProtocolVersion.MQTT_3_1 ? 0x07 : 0x0F; // DUP
        int expected = marked ? 0x02 : 0;
        // MQTT 3.1.1 [MQTT-2.2.2-1] [MQTT-2.2.2-2], MQTT 5 [MQTT-2.1.3-1] [MQTT-3.6.1-1]
        // [MQTT-3.8.1-1] [MQTT-3.10.1-1] [MQTT-3.14.1-1]
        // [MQTT-3.15.1-1]
        checkFlags(type, flags, checked, expected);
    }

    private static void checkFlags(PacketType type, int flags, int checked, int expected)
            throws MalformedPacketException {
        if ((flags & checked) != expected) {
            throw malformed(
                    "fixed header flags of %s: 0x%X (expected: 0x%X)"
                            .formatted(type, flags, expected));
        }
    }

    private void checkLength(int lastDigit, int digits, int length)
            throws MalformedPacketException {
        if (lastDigit == 0 && digits > 1) { // [MQTT-1.5.5-1]
            throw malformed("remaining length: padded (expected: the fewest bytes)");
        }
        int size = 1 + digits + length;
        if (size > maxPacketSize) { // [MQTT-3.2.2-15]
            throw new MalformedPacketException(
                    ReasonCode.PACKET_TOO_LARGE,
                    "packet: " + size + " bytes (expected: at most " + maxPacketSize + ")");
        }
    }

    private Packet decode(ByteBuf in, int first, int headerSize, int length)
            throws MalformedPacketException {
        int from = in.readerIndex() + headerSize;
        PacketType type = PacketType.ofCode(first >> 4);
        reader.open(in, from, from + length);
        try {
            Packet packet =
                    type == PacketType.CONNECT
                            ? connect(first & 0x0F)
                            : decode(type, first & 0x0F, known());
            if (reader.remaining() > 0) {
                throw malformed(
                        "remaining length of %s: %d (expected: %d)"
                                .formatted(type, length, length - reader.remaining()));
            }
            in.readerIndex(from + length);
            return packet;
        } finally {
            reader.close();
        }
    }

    private ProtocolVersion known() {
        ProtocolVersion known = version;
        if (known == null) {
            throw new IllegalStateException("a packet before CONNECT passed the fixed header");
        }
        return known;
    }

    private Packet decode(PacketType type, int flags, ProtocolVersion spoken)
            throws MalformedPacketException {
        return switch (type) {
            case PUBLISH -> publish(flags, spoken, true);
            case PUBACK, PUBREC, PUBREL, PUBCOMP -> acknowledgement(type, spoken);
            case PINGREQ -> PingReq.INSTANCE;
            case PINGRESP -> PingResp.INSTANCE;
            case CONNACK -> ConnectDecoder.connAck(reader, spoken);
            case SUBSCRIBE -> SubscribeDecoder.subscribe(reader, spoken, bridge);
            case SUBACK -> SubscribeDecoder.subAck(reader, spoken);
            case UNSUBSCRIBE -> SubscribeDecoder.unsubscribe(reader, spoken);
            case UNSUBACK -> SubscribeDecoder.unsubAck(reader, spoken);
            case DISCONNECT -> disconnect(spoken);
            case AUTH -> auth();
            case WILL, CONNECT -> throw new IllegalStateException(type + " is decoded elsewhere");
        };
    }

    private Packet connect(int flags) throws MalformedPacketException {
        String name = reader.string("protocol name");
        int level = reader.unsignedByte("protocol level");
        boolean marked = isOfBridge(level);
        ProtocolVersion spoken = ProtocolVersion.ofLevel(marked ? level ^ BRIDGE : level);
        if (spoken == null || !spoken.protocolName().equals(name)) {
            answerIn(nearest(level));
            throw new MalformedPacketException( // [MQTT-3.1.2-1] [MQTT-3.1.2-2]
                    ReasonCode.UNSUPPORTED_PROTOCOL_VERSION,
                    "protocol: '%s' level %d (expected: MQIsdp 3, MQTT 4 or MQTT 5)"
                            .formatted(name, level));
        }
        if (spoken != ProtocolVersion.MQTT_3_1) { // which does not use them here
            checkFlags(PacketType.CONNECT, flags, 0x0F, 0);
        }
        answerIn(spoken);
        bridge |= marked;
        return ConnectDecoder.connect(reader, spoken);
    }

    /// A second CONNECT does not change the version of the connection, for it will be refused.
    private void answerIn(ProtocolVersion spoken) {
        if (version == null) {
            version = spoken;
        }
    }

    /// Bridges of Mosquitto and others set the high bit of the level of MQTT 3: they want to be
    /// known as such, and go on without it only where they are told (`try_private false`).
    private static boolean isOfBridge(int level) {
        return level == (BRIDGE | 3) || level == (BRIDGE | 4);
    }

    /// The form that a client of an unknown level most likely reads.
    private static ProtocolVersion nearest(int level) {
        return (level & 0x7F) >= 5 ? ProtocolVersion.MQTT_5 : ProtocolVersion.MQTT_3_1_1;
    }

    private Publish publish(int flags, ProtocolVersion spoken, boolean withPayload)
            throws MalformedPacketException {
        int qos = flags >> 1 & 0x03;
        if (qos == 3) { // [MQTT-3.3.1-4]
            throw malformed("QoS: 3 (expected: 0..2)");
        }
        boolean dup = (flags & 0x08) != 0;
        if (dup && qos == 0) {
            if (spoken != ProtocolVersion.MQTT_3_1) { // [MQTT-3.3.1-2]
                throw malformed("DUP: 1 with QoS 0 (expected: 0)");
            }
            dup = false; // without meaning in MQTT 3.1
        }
        int topicLength = reader.unsignedShort("topic name"); // [MQTT-3.3.2-1]
        Topic topic = topicLength == 0 ? null : reader.topic(topicLength, topics());
        int packetId =
                qos == 0 ? 0 : reader.packetId(); // [MQTT-2.2.1-2], MQTT 3.1.1 [MQTT-2.3.1-5]
        Properties properties =
                spoken.isMqtt5()
                        ? PropertiesDecoder.decode(reader, PacketType.PUBLISH)
                        : Properties.NONE;
        if (topic == null) {
            requireAlias(properties, spoken);
        }
        byte[] payload = withPayload ? reader.rest() : NO_PAYLOAD;
        boolean retain = (flags & 0x01) != 0;
        return new Publish(topic, payload, QoS.of(qos), retain, dup, packetId, properties);
    }

    private static void requireAlias(Properties properties, ProtocolVersion spoken)
            throws MalformedPacketException {
        if (!spoken.isMqtt5()) { // MQTT 3.1.1 [MQTT-4.7.3-1]
            throw malformed("topic name: empty (expected: at least 1 character)");
        }
        if (!properties.has(Property.TOPIC_ALIAS)) {
            throw protocolError("topic name: empty (expected: a name or a topic alias)");
        }
    }

    private TopicCache topics() {
        TopicCache cache = topics;
        if (cache == null) {
            cache = new TopicCache(topicRoom);
            topics = cache;
        }
        return cache;
    }

    private Packet acknowledgement(PacketType type, ProtocolVersion spoken)
            throws MalformedPacketException {
        int packetId = reader.packetId();
        ReasonCode code = ReasonCode.SUCCESS;
        Properties properties = Properties.NONE;
        if (spoken.isMqtt5() && reader.remaining() > 0) {
            code = reader.reasonCode(type);
            properties = optionalProperties(type);
        }
        return switch (type) {
            case PUBACK -> new PubAck(packetId, code, properties);
            case PUBREC -> new PubRec(packetId, code, properties);
            case PUBREL -> new PubRel(packetId, code, properties);
            default -> new PubComp(packetId, code, properties);
        };
    }

    private Disconnect disconnect(ProtocolVersion spoken) throws MalformedPacketException {
        if (!spoken.isMqtt5() || reader.remaining() == 0) {
            return new Disconnect(ReasonCode.NORMAL_DISCONNECTION, Properties.NONE);
        }
        ReasonCode code = reader.reasonCode(PacketType.DISCONNECT);
        return new Disconnect(code, optionalProperties(PacketType.DISCONNECT));
    }

    private Auth auth() throws MalformedPacketException {
        if (reader.remaining() == 0) {
            return new Auth(ReasonCode.SUCCESS, Properties.NONE);
        }
        ReasonCode code = reader.reasonCode(PacketType.AUTH);
        Properties properties = PropertiesDecoder.decode(reader, PacketType.AUTH);
        boolean bare = code == ReasonCode.SUCCESS && properties.isEmpty();
        if (!bare && !properties.has(Property.AUTHENTICATION_METHOD)) { // 3.15.2.2.2
            throw protocolError("AUTHENTICATION_METHOD: absent (expected: one)");
        }
        return new Auth(code, properties);
    }

    /// The property length may be left out at the end of a packet where it is 0.
    private Properties optionalProperties(PacketType type) throws MalformedPacketException {
        return reader.remaining() == 0 ? Properties.NONE : PropertiesDecoder.decode(reader, type);
    }
}
