package eu.sermas.bus.packet;

/// When SUBSCRIBE brings retained messages, MQTT 5 section 3.8.3.1. `ordinal()` is the wire value.
public enum RetainHandling {
    SEND,
    SEND_IF_NEW,
    DO_NOT_SEND;

    private static final RetainHandling[] VALUES = values();

    /// @param value 0, 1 or 2
    public static RetainHandling of(int value) {
        return VALUES[value];
    }
}
