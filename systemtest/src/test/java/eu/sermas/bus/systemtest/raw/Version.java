package eu.sermas.bus.systemtest.raw;

/// The protocol versions, by their level in CONNECT.
public enum Version {
    V31("MQIsdp", 3),
    V311("MQTT", 4),
    V5("MQTT", 5);

    private final String protocolName;
    private final int level;

    Version(String protocolName, int level) {
        this.protocolName = protocolName;
        this.level = level;
    }

    String protocolName() {
        return protocolName;
    }

    int level() {
        return level;
    }
}
