package eu.sermas.bus.packet;

/// DISCONNECT, section 3.14. MQTT 3 clients send it bare, and no server sends it to them.
public record Disconnect(ReasonCode reasonCode, Properties properties) implements Packet {}
