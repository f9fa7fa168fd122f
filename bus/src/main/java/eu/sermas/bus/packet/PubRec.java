package eu.sermas.bus.packet;

/// PUBREC, section 3.5, the first answer to a QoS 2 PUBLISH.
public record PubRec(int packetId, ReasonCode reasonCode, Properties properties) implements Packet {

    public static PubRec success(int packetId) {
        return new PubRec(packetId, ReasonCode.SUCCESS, Properties.NONE);
    }
}
