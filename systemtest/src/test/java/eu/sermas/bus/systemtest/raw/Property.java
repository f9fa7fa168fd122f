package eu.sermas.bus.systemtest.raw;

/// The properties of MQTT 5 (table 2-4), with the data type of each.
public enum Property {
    PAYLOAD_FORMAT_INDICATOR(1, Kind.BYTE),
    MESSAGE_EXPIRY_INTERVAL(2, Kind.FOUR_BYTES),
    CONTENT_TYPE(3, Kind.TEXT),
    RESPONSE_TOPIC(8, Kind.TEXT),
    CORRELATION_DATA(9, Kind.BINARY),
    SUBSCRIPTION_IDENTIFIER(11, Kind.VARIABLE),
    SESSION_EXPIRY_INTERVAL(17, Kind.FOUR_BYTES),
    ASSIGNED_CLIENT_IDENTIFIER(18, Kind.TEXT),
    SERVER_KEEP_ALIVE(19, Kind.TWO_BYTES),
    AUTHENTICATION_METHOD(21, Kind.TEXT),
    AUTHENTICATION_DATA(22, Kind.BINARY),
    REQUEST_PROBLEM_INFORMATION(23, Kind.BYTE),
    WILL_DELAY_INTERVAL(24, Kind.FOUR_BYTES),
    REQUEST_RESPONSE_INFORMATION(25, Kind.BYTE),
    RESPONSE_INFORMATION(26, Kind.TEXT),
    SERVER_REFERENCE(28, Kind.TEXT),
    REASON_STRING(31, Kind.TEXT),
    RECEIVE_MAXIMUM(33, Kind.TWO_BYTES),
    TOPIC_ALIAS_MAXIMUM(34, Kind.TWO_BYTES),
    TOPIC_ALIAS(35, Kind.TWO_BYTES),
    MAXIMUM_QOS(36, Kind.BYTE),
    RETAIN_AVAILABLE(37, Kind.BYTE),
    USER_PROPERTY(38, Kind.PAIR),
    MAXIMUM_PACKET_SIZE(39, Kind.FOUR_BYTES),
    WILDCARD_SUBSCRIPTION_AVAILABLE(40, Kind.BYTE),
    SUBSCRIPTION_IDENTIFIER_AVAILABLE(41, Kind.BYTE),
    SHARED_SUBSCRIPTION_AVAILABLE(42, Kind.BYTE);

    enum Kind {
        BYTE,
        TWO_BYTES,
        FOUR_BYTES,
        VARIABLE,
        TEXT,
        BINARY,
        PAIR
    }

    private final int id;
    private final Kind kind;

    Property(int id, Kind kind) {
        this.id = id;
        this.kind = kind;
    }

    public int id() {
        return id;
    }

    Kind kind() {
        return kind;
    }

    /// May stand more than once in one packet from the bus.
    boolean repeatable() {
        return this == USER_PROPERTY || this == SUBSCRIPTION_IDENTIFIER;
    }

    static Property of(int id) {
        for (var property : values()) {
            if (property.id == id) {
                return property;
            }
        }
        throw new AssertionError("unknown property from the bus: " + id);
    }
}
