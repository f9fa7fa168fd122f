package eu.sermas.bus.packet;

/// PUBCOMP, section 3.7, the end of a QoS 2 PUBLISH.
public record PubComp(int packetId, ReasonCode reasonCode, Properties properties)
        implements Packet {

    public static PubComp success(int packetId) {
        return new PubComp(packetId, ReasonCode.SUCCESS, Properties.NONE);
    }
}
