package eu.sermas.bus.packet;

/// AUTH, section 3.15; MQTT 5 only.
public record Auth(ReasonCode reasonCode, Properties properties) implements Packet {}
