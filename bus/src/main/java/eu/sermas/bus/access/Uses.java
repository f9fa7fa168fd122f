package eu.sermas.bus.access;

import eu.sermas.bus.packet.QoS;

/// Which messages a grant is good for, by QoS and RETAIN flag.
///
/// @param mask one bit for each QoS, once without RETAIN (0 to 2) and once with it (3 to 5)
/// @param grant that says so, or the empty string where nothing is said
public record Uses(int mask, String grant) {

    public static final Uses ALL = new Uses(0b111_111, "");
    public static final Uses NONE = new Uses(0, "");

    private static final int BITS = 3;

    static Uses of(QoS maximum, boolean retain, String grant) {
        int plain = (1 << (maximum.value() + 1)) - 1;
        return new Uses(retain ? plain << BITS | plain : plain, grant);
    }

    /// What this and another one are good for together.
    Uses or(Uses other) {
        int both = mask | other.mask;
        if (both == mask) {
            return this;
        }
        return both == other.mask ? other : new Uses(both, grant);
    }

    /// Whether this is good for every message that another one is good for.
    boolean includes(Uses other) {
        return (mask & other.mask) == other.mask;
    }

    public boolean allows(QoS qos, boolean retain) {
        return (mask >> (qos.value() + (retain ? BITS : 0)) & 1) != 0;
    }

    /// The highest QoS of any message.
    public QoS maximumQos() {
        int any = mask | mask >> BITS;
        return (any & 0b100) != 0
                ? QoS.EXACTLY_ONCE
                : (any & 0b010) != 0 ? QoS.AT_LEAST_ONCE : QoS.AT_MOST_ONCE;
    }

    /// Whether retained messages are among them.
    public boolean allowsRetained() {
        return mask >> BITS != 0;
    }
}
