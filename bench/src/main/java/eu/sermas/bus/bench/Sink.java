package eu.sermas.bus.bench;

import eu.sermas.bus.metrics.Traffic;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.Packet;
import eu.sermas.bus.packet.ProtocolVersion;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.session.Connection;

/// Takes everything and remembers the last packet identifier.
final class Sink implements Connection {

    private final Traffic traffic = new Traffic();
    private int packetId;

    int packetId() {
        return packetId;
    }

    @Override
    public Traffic traffic() {
        return traffic;
    }

    @Override
    public ProtocolVersion version() {
        return ProtocolVersion.MQTT_5;
    }

    @Override
    public void send(Packet packet) {}

    @Override
    public boolean deliver(
            Message message,
            QoS qos,
            boolean retain,
            boolean dup,
            int packetId,
            int[] subscriptionIds,
            long now) {
        this.packetId = packetId;
        return true;
    }

    @Override
    public boolean isWritable() {
        return true;
    }

    @Override
    public void close(ReasonCode reason, String reasonString) {}
}
