package eu.sermas.bus.packet;

import static eu.sermas.bus.packet.PacketType.AUTH;
import static eu.sermas.bus.packet.PacketType.CONNACK;
import static eu.sermas.bus.packet.PacketType.CONNECT;
import static eu.sermas.bus.packet.PacketType.DISCONNECT;
import static eu.sermas.bus.packet.PacketType.PUBACK;
import static eu.sermas.bus.packet.PacketType.PUBCOMP;
import static eu.sermas.bus.packet.PacketType.PUBLISH;
import static eu.sermas.bus.packet.PacketType.PUBREC;
import static eu.sermas.bus.packet.PacketType.PUBREL;
import static eu.sermas.bus.packet.PacketType.SUBACK;
import static eu.sermas.bus.packet.PacketType.SUBSCRIBE;
import static eu.sermas.bus.packet.PacketType.UNSUBACK;
import static eu.sermas.bus.packet.PacketType.UNSUBSCRIBE;
import static eu.sermas.bus.packet.PacketType.WILL;

import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The property table of MQTT 5 section 2.2.2.2: identifier, type, value range and the packets that
/// may carry each.
public enum Property {
    PAYLOAD_FORMAT_INDICATOR(0x01, Type.BYTE, 0, 1, PUBLISH, WILL),
    MESSAGE_EXPIRY_INTERVAL(0x02, Type.FOUR_BYTE_INTEGER, PUBLISH, WILL),
    CONTENT_TYPE(0x03, Type.STRING, PUBLISH, WILL),
    RESPONSE_TOPIC(0x08, Type.STRING, PUBLISH, WILL),
    CORRELATION_DATA(0x09, Type.BINARY, PUBLISH, WILL),
    SUBSCRIPTION_IDENTIFIER(0x0B, Type.VARIABLE_BYTE_INTEGER, 1, 268_435_455, PUBLISH, SUBSCRIBE),
    SESSION_EXPIRY_INTERVAL(0x11, Type.FOUR_BYTE_INTEGER, CONNECT, CONNACK, DISCONNECT),
    ASSIGNED_CLIENT_IDENTIFIER(0x12, Type.STRING, CONNACK),
    SERVER_KEEP_ALIVE(0x13, Type.TWO_BYTE_INTEGER, CONNACK),
    AUTHENTICATION_METHOD(0x15, Type.STRING, CONNECT, CONNACK, AUTH),
    AUTHENTICATION_DATA(0x16, Type.BINARY, CONNECT, CONNACK, AUTH),
    REQUEST_PROBLEM_INFORMATION(0x17, Type.BYTE, 0, 1, CONNECT),
    WILL_DELAY_INTERVAL(0x18, Type.FOUR_BYTE_INTEGER, WILL),
    REQUEST_RESPONSE_INFORMATION(0x19, Type.BYTE, 0, 1, CONNECT),
    RESPONSE_INFORMATION(0x1A, Type.STRING, CONNACK),
    SERVER_REFERENCE(0x1C, Type.STRING, CONNACK, DISCONNECT),
    REASON_STRING(
            0x1F,
            Type.STRING,
            CONNACK,
            PUBACK,
            PUBREC,
            PUBREL,
            PUBCOMP,
            SUBACK,
            UNSUBACK,
            DISCONNECT,
            AUTH),
    RECEIVE_MAXIMUM(0x21, Type.TWO_BYTE_INTEGER, 1, 65_535, CONNECT, CONNACK),
    TOPIC_ALIAS_MAXIMUM(0x22, Type.TWO_BYTE_INTEGER, CONNECT, CONNACK),
    TOPIC_ALIAS(0x23, Type.TWO_BYTE_INTEGER, PUBLISH),
    MAXIMUM_QOS(0x24, Type.BYTE, 0, 1, CONNACK),
    RETAIN_AVAILABLE(0x25, Type.BYTE, 0, 1, CONNACK),
    USER_PROPERTY(
            0x26,
            Type.STRING_PAIR,
            CONNECT,
            CONNACK,
            PUBLISH,
            WILL,
            PUBACK,
            PUBREC,
            PUBREL,
            PUBCOMP,
            SUBSCRIBE,
            SUBACK,
            UNSUBSCRIBE,
            UNSUBACK,
            DISCONNECT,
            AUTH),
    MAXIMUM_PACKET_SIZE(0x27, Type.FOUR_BYTE_INTEGER, 1, 0xFFFF_FFFFL, CONNECT, CONNACK),
    WILDCARD_SUBSCRIPTION_AVAILABLE(0x28, Type.BYTE, 0, 1, CONNACK),
    SUBSCRIPTION_IDENTIFIER_AVAILABLE(0x29, Type.BYTE, 0, 1, CONNACK),
    SHARED_SUBSCRIPTION_AVAILABLE(0x2A, Type.BYTE, 0, 1, CONNACK);

    /// How the value is written. Numbers of every width are `Long` in [Properties].
    public enum Type {
        BYTE(0xFFL),
        TWO_BYTE_INTEGER(0xFFFFL),
        FOUR_BYTE_INTEGER(0xFFFF_FFFFL),
        VARIABLE_BYTE_INTEGER(268_435_455L),
        STRING(0),
        BINARY(0),
        STRING_PAIR(0);

        private final long maximum;

        Type(long maximum) {
            this.maximum = maximum;
        }

        public boolean isNumber() {
            return maximum > 0;
        }
    }

    private static final @Nullable Property[] BY_ID = new Property[0x2B];

    static {
        for (Property property : values()) {
            BY_ID[property.id] = property;
        }
    }

    private final int id;
    private final Type type;
    private final long minimum;
    private final long maximum;
    private final Set<PacketType> carriers;

    Property(int id, Type type, PacketType first, PacketType... others) {
        this(id, type, 0, type.maximum, first, others);
    }

    Property(
            int id, Type type, long minimum, long maximum, PacketType first, PacketType... others) {
        this.id = id;
        this.type = type;
        this.minimum = minimum;
        this.maximum = maximum;
        this.carriers = EnumSet.of(first, others);
    }

    /// The identifier on the wire. Every one fits in one byte of a Variable Byte Integer.
    public int id() {
        return id;
    }

    public Type type() {
        return type;
    }

    /// The smallest and the largest value that is not a Protocol Error, for numbers.
    public boolean inRange(long value) {
        return value >= minimum && value <= maximum;
    }

    public String range() {
        return minimum + ".." + maximum;
    }

    public boolean allowedIn(PacketType packet) {
        return carriers.contains(packet);
    }

    /// User properties may repeat everywhere; the subscription identifier only in a PUBLISH from
    /// the server.
    public boolean repeatableIn(PacketType packet) {
        return this == USER_PROPERTY || (this == SUBSCRIPTION_IDENTIFIER && packet == PUBLISH);
    }

    /// The property with this identifier, or null where the specification has none.
    public static @Nullable Property ofId(int id) {
        return id >= 0 && id < BY_ID.length ? BY_ID[id] : null;
    }
}
