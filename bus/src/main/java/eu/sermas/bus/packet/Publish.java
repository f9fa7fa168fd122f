package eu.sermas.bus.packet;

import org.jspecify.annotations.Nullable;

/// PUBLISH as it was read from a connection, section 3.3: the message and the envelope of this one
/// sending.
///
/// @param topic null where MQTT 5 sent a topic alias in its place
/// @param packetId 0 for QoS 0, unless it comes from inside of the process and is to be answered
public record Publish(
        @Nullable Topic topic,
        byte[] payload,
        QoS qos,
        boolean retain,
        boolean dup,
        int packetId,
        Properties properties)
        implements Packet {

    /// Whether its publisher is to be told what became of it.
    public boolean isAnswered() {
        return packetId != 0;
    }

    /// Leaves the payload out.
    @Override
    public String toString() {
        return "Publish["
                + topic
                + ", "
                + payload.length
                + " bytes, "
                + qos
                + ", packetId="
                + packetId
                + "]";
    }
}
