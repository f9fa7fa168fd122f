package eu.sermas.bus.packet;

/// PUBREL, section 3.6, the release of a QoS 2 PUBLISH.
public record PubRel(int packetId, ReasonCode reasonCode, Properties properties) implements Packet {

    public static PubRel success(int packetId) {
        return new PubRel(packetId, ReasonCode.SUCCESS, Properties.NONE);
    }
}
