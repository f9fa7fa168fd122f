package eu.sermas.bus.packet;

import java.util.List;

/// UNSUBACK, section 3.11; MQTT 3 carries no reason codes.
public record UnsubAck(int packetId, List<ReasonCode> reasonCodes, Properties properties)
        implements Packet {}
