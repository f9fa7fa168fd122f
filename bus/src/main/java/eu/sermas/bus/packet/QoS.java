package eu.sermas.bus.packet;

/// Quality of service, MQTT 5 section 4.3. `ordinal()` is the value on the wire.
public enum QoS {
    AT_MOST_ONCE,
    AT_LEAST_ONCE,
    EXACTLY_ONCE;

    private static final QoS[] VALUES = values();

    /// @param value 0, 1 or 2; 3 is malformed on the wire and refused by the codec before it gets
    ///   here
    public static QoS of(int value) {
        if (value < 0 || value > 2) {
            throw new IllegalArgumentException("QoS: " + value + " (expected: 0..2)");
        }
        return VALUES[value];
    }

    public int value() {
        return ordinal();
    }

    public QoS min(QoS other) {
        return ordinal() <= other.ordinal() ? this : other;
    }

    public QoS max(QoS other) {
        return ordinal() >= other.ordinal() ? this : other;
    }
}
