package eu.sermas.bus.broker;

import eu.sermas.bus.metrics.Traffic;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.Packet;
import eu.sermas.bus.packet.ProtocolVersion;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.session.Connection;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A connection that keeps what is written to it.
public final class RecordedConnection implements Connection {

    private final Traffic traffic = new Traffic();

    /// One PUBLISH to the client.
    public record Delivered(
            String topic,
            String payload,
            QoS qos,
            boolean retain,
            boolean dup,
            int packetId,
            List<Integer> subscriptionIds) {}

    private final ProtocolVersion version;
    private final List<Packet> packets = new ArrayList<>();
    private final List<Delivered> deliveries = new ArrayList<>();
    private final List<Message> messages = new ArrayList<>();
    private final List<Long> lifetimes = new ArrayList<>();
    private int maxPayload = Integer.MAX_VALUE;
    private boolean writable = true;
    private boolean reading = true;
    private boolean failing;
    private @Nullable ReasonCode closedWith;
    private @Nullable String closedBecause;

    public RecordedConnection(ProtocolVersion version) {
        this.version = version;
    }

    @Override
    public Traffic traffic() {
        return traffic;
    }

    @Override
    public ProtocolVersion version() {
        return version;
    }

    @Override
    public void send(Packet packet) {
        packets.add(packet);
    }

    @Override
    public boolean deliver(
            Message message,
            QoS qos,
            boolean retain,
            boolean dup,
            int packetId,
            int[] subscriptionIds,
            long now) {
        failIfAsked();
        if (message.payload().length > maxPayload) {
            return false;
        }
        messages.add(message);
        lifetimes.add(message.expiresAt() == Message.NEVER ? -1 : message.remainingSeconds(now));
        List<Integer> ids = new ArrayList<>();
        for (int id : subscriptionIds) {
            ids.add(id);
        }
        deliveries.add(
                new Delivered(
                        message.topic().name(),
                        new String(message.payload(), StandardCharsets.UTF_8),
                        qos,
                        retain,
                        dup,
                        packetId,
                        ids));
        return true;
    }

    @Override
    public boolean isWritable() {
        return writable;
    }

    @Override
    public void close(ReasonCode reason, @Nullable String reasonString) {
        failIfAsked();
        closedWith = reason;
        closedBecause = reasonString;
    }

    /// The reason string of the end.
    public @Nullable String closedBecause() {
        return closedBecause;
    }

    @Override
    public void reading(boolean on) {
        reading = on;
    }

    @Override
    public boolean isHeard() {
        return reading;
    }

    boolean isReading() {
        return reading;
    }

    void writable(boolean now) {
        writable = now;
    }

    /// From now on, or no more, everything that is done with it brings out a fault.
    void failing(boolean now) {
        failing = now;
    }

    private void failIfAsked() {
        if (failing) {
            throw new IllegalStateException("a fault that a test asked for");
        }
    }

    void maxPayload(int bytes) {
        maxPayload = bytes;
    }

    /// The reason that the broker gave, or null while it keeps the connection.
    public @Nullable ReasonCode closedWith() {
        return closedWith;
    }

    public List<Delivered> deliveries() {
        return deliveries;
    }

    /// What was delivered, as it is shared by all receivers.
    List<Message> messages() {
        return messages;
    }

    /// The Message Expiry Intervals that were sent, in seconds; -1 for none.
    List<Long> lifetimes() {
        return lifetimes;
    }

    /// What was delivered since the last call.
    public List<Delivered> takeDeliveries() {
        List<Delivered> taken = List.copyOf(deliveries);
        deliveries.clear();
        return taken;
    }

    public List<String> payloads() {
        return deliveries.stream().map(Delivered::payload).toList();
    }

    /// The packets of a kind, in their order.
    public <T extends Packet> List<T> packets(Class<T> type) {
        return packets.stream().filter(type::isInstance).map(type::cast).toList();
    }

    public <T extends Packet> T last(Class<T> type) {
        return packets(type).getLast();
    }
}
