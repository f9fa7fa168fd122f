package eu.sermas.bus.session;

import eu.sermas.bus.metrics.Traffic;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.Packet;
import eu.sermas.bus.packet.ProtocolVersion;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.packet.TopicFilter;
import org.jspecify.annotations.Nullable;

/// The write side of one network connection, as a session sees it. Every method is called on the
/// event loop that owns the session; nothing here blocks, and nothing is flushed before the end of
/// the loop's turn.
public interface Connection {

    ProtocolVersion version();

    /// Where the client is.
    default Peer peer() {
        return Peer.LOCAL;
    }

    /// What goes over it; the same object for the life of the connection.
    Traffic traffic();

    /// Writes a control packet.
    void send(Packet packet);

    /// Writes an application message in the envelope of this one sending.
    ///
    /// @param qos the granted QoS, 0 where `packetId` is 0
    /// @param retain the RETAIN flag to send
    /// @param subscriptionIds empty for none
    /// @param now milliseconds of the time of the bus, for the remaining Message Expiry Interval
    /// @return false where the packet would be larger than the client accepts; nothing is written
    ///   then, and the session goes on as if the client had received it [MQTT-3.1.2-25]
    boolean deliver(
            Message message,
            QoS qos,
            boolean retain,
            boolean dup,
            int packetId,
            int[] subscriptionIds,
            long now);

    /// False once more is waiting to be written than the limit for one connection; QoS 0 is dropped
    /// then and other messages wait in the session's queue.
    boolean isWritable();

    /// Tells an MQTT 5 client why (DISCONNECT), then closes once all is written. The reason string
    /// also goes to the log and to MQTT 5 clients that want problem information.
    void close(ReasonCode reason, @Nullable String reasonString);

    /// A subscription of the session is not granted any more and gone. MQTT has no word for it.
    ///
    /// @param reason names what is missing
    default void dropped(TopicFilter filter, String reason) {}

    /// Stops or resumes reading from the client, where what it sends cannot be taken now. Packets
    /// that were read already are kept in order; resuming hands them over after the current task. A
    /// connection without a network has nothing to stop.
    default void reading(boolean on) {}

    /// Whether what the client sends is read now. While it is not, for want of what the server
    /// needs, its silence says nothing.
    default boolean isHeard() {
        return true;
    }
}
