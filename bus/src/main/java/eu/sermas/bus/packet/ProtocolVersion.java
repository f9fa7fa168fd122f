package eu.sermas.bus.packet;

import org.jspecify.annotations.Nullable;

/// The protocol levels this broker speaks. The constants are ordered by age, so `compareTo` works.
public enum ProtocolVersion {
    MQTT_3_1(3, "MQIsdp"),
    MQTT_3_1_1(4, "MQTT"),
    MQTT_5(5, "MQTT");

    private final int level;
    private final String protocolName;

    ProtocolVersion(int level, String protocolName) {
        this.level = level;
        this.protocolName = protocolName;
    }

    /// The protocol level byte of CONNECT.
    public int level() {
        return level;
    }

    /// The protocol name of CONNECT.
    public String protocolName() {
        return protocolName;
    }

    public boolean isMqtt5() {
        return this == MQTT_5;
    }

    /// The version with this level byte, or null where there is none.
    public static @Nullable ProtocolVersion ofLevel(int level) {
        return switch (level) {
            case 3 -> MQTT_3_1;
            case 4 -> MQTT_3_1_1;
            case 5 -> MQTT_5;
            default -> null;
        };
    }
}
