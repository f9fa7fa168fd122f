package eu.sermas.bus.packet;

/// PUBACK, section 3.4, the answer to a QoS 1 PUBLISH.
public record PubAck(int packetId, ReasonCode reasonCode, Properties properties) implements Packet {

    public static PubAck success(int packetId) {
        return new PubAck(packetId, ReasonCode.SUCCESS, Properties.NONE);
    }
}
