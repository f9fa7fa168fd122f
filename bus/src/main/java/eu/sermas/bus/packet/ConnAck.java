package eu.sermas.bus.packet;

/// CONNACK, section 3.2. The codec translates the reason code to a return code for MQTT 3.
public record ConnAck(boolean sessionPresent, ReasonCode reasonCode, Properties properties)
        implements Packet {}
