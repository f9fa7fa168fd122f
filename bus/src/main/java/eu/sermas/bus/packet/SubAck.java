package eu.sermas.bus.packet;

import java.util.List;

/// SUBACK, section 3.9: one reason code per filter, in their order. MQTT 3 knows 0x80 as the only
/// refusal; the codec translates.
public record SubAck(int packetId, List<ReasonCode> reasonCodes, Properties properties)
        implements Packet {}
