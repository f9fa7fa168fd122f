package eu.sermas.bus.packet;

/// The fifteen control packets, MQTT 5 section 2.1.2. `WILL` is not a packet: it names the second
/// property list inside CONNECT, which has rules of its own.
public enum PacketType {
    WILL,
    CONNECT,
    CONNACK,
    PUBLISH,
    PUBACK,
    PUBREC,
    PUBREL,
    PUBCOMP,
    SUBSCRIBE,
    SUBACK,
    UNSUBSCRIBE,
    UNSUBACK,
    PINGREQ,
    PINGRESP,
    DISCONNECT,
    AUTH;

    private static final PacketType[] VALUES = values();

    /// The four bits of the fixed header; 0 (`WILL`) is not a packet type on the wire.
    public int code() {
        return ordinal();
    }

    /// @param code 1..15
    public static PacketType ofCode(int code) {
        return VALUES[code];
    }
}
