package eu.sermas.bus.systemtest.raw;

/// The packet types, by the upper four bits of the first byte.
public enum Type {
    RESERVED,
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

    private static final int REQUESTED = 0b0010;

    /// The first byte with the flags that the specification fixes.
    public int firstByte() {
        return firstByte(
                switch (this) {
                    case PUBREL, SUBSCRIBE, UNSUBSCRIBE -> REQUESTED;
                    default -> 0;
                });
    }

    public int firstByte(int flags) {
        return ordinal() << 4 | flags;
    }

    static Type of(int firstByte) {
        return values()[firstByte >> 4];
    }
}
