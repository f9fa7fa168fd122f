package eu.sermas.bus.simulation;

import eu.sermas.bus.broker.Client;
import eu.sermas.bus.broker.Inside;
import eu.sermas.bus.metrics.Traffic;
import eu.sermas.bus.packet.Disconnect;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.Packet;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.ProtocolVersion;
import eu.sermas.bus.packet.PubRec;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.packet.SubAck;
import eu.sermas.bus.session.Connection;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One network connection, seen from both ends. What the broker writes waits in an inbox until the
/// simulation lets the client read it; what the client writes waits for its loop, and for as long
/// as the broker does not read.
final class Wire implements Connection {

    /// SUBACK, and what was retained when it left.
    record Granted(SubAck packet, List<Integer> retained) {}

    private final Traffic traffic = new Traffic();
    private final World world;
    private final SimulatedClient owner;
    private final int loop;

    /// What goes out when this connection is lost, or null.
    final @Nullable Sent will;

    private final long willDelay;

    // At the client's end.
    final ArrayDeque<Object> inbox = new ArrayDeque<>();
    final Map<Integer, Integer> unacknowledged = new HashMap<>();
    boolean connected;

    // At the broker's end.
    private final ArrayDeque<Consumer<Client>> unread = new ArrayDeque<>();
    private @Nullable Client client;
    private boolean reading = true;
    private boolean writable = true;
    private boolean closed;
    private boolean saidGoodBye;

    /// Milliseconds that the session still had when the client came back.
    long remaining = Long.MAX_VALUE;

    Wire(World world, SimulatedClient owner, int loop, @Nullable Sent will, long willDelay) {
        this.world = world;
        this.owner = owner;
        this.loop = loop;
        this.will = will;
        this.willDelay = willDelay;
    }

    // --- from the client

    /// The first packet arrives.
    void connected(Client made) {
        client = made;
    }

    /// Something that the client has written, done when the broker reads it.
    void toBroker(Consumer<Client> packet) {
        unread.addLast(packet);
        world.loops.later(loop, this::arrive);
    }

    private void arrive() {
        Client reader = client;
        if (reading && !closed && reader != null && !unread.isEmpty()) {
            unread.removeFirst().accept(reader);
        }
    }

    /// DISCONNECT, which takes the will along.
    void sayGoodBye(Disconnect packet) {
        toBroker(
                reader -> {
                    if (will != null && !saidGoodBye && will.takenAt < 0) {
                        will.forgotten = true;
                    }
                    saidGoodBye = true;
                    reader.receive(packet);
                });
    }

    /// The network lets go of the connection.
    void lose() {
        world.loops.later(loop, this::lost);
    }

    private void lost() {
        Client reader = client;
        closed = true;
        world.ledger.note("the broker learns that %s has gone", owner.id);
        publishWill();
        owner.seenToGo(this);
        if (reader != null) {
            reader.connectionClosed();
        }
    }

    boolean isClosed() {
        return closed;
    }

    void writable(boolean now) {
        world.loops.later(
                loop,
                () -> {
                    writable = now;
                    Client reader = client;
                    if (now && reader != null) {
                        reader.writable();
                    }
                });
    }

    /// The broker is to publish the will, at this moment or where there is a delay perhaps never.
    void publishWill() {
        if (will != null && !saidGoodBye && will.takenAt < 0) {
            will.takenAt = world.ledger.tick();
            will.uncertain |= willDelay > 0;
            world.ledger.note(
                    "the will of %s is due: message %d on %s at %s, retain=%s, uncertain=%s",
                    owner.id, will.number, will.topic, will.qos, will.retain, will.uncertain);
        }
    }

    /// Whether the broker has not read everything although nothing keeps it from doing so.
    boolean hasUnread() {
        return !closed && client != null && !unread.isEmpty();
    }

    /// Messages that wait in the session although the connection takes more, and the client has
    /// answered everything that it was sent.
    int waitingForNothing() {
        Client reader = client;
        return reader == null || closed || !connected || !writable || !inbox.isEmpty()
                ? 0
                : Inside.session(reader).queuedMessages();
    }

    // --- from the broker

    @Override
    public Traffic traffic() {
        return traffic;
    }

    @Override
    public ProtocolVersion version() {
        return ProtocolVersion.MQTT_5;
    }

    @Override
    public void send(Packet packet) {
        world.somethingHangs(packet);
        world.ledger.note("to %s: %s", owner.id, packet);
        if (packet instanceof PubRec rec && rec.reasonCode().isError()) {
            owner.refused(packetId -> packetId == rec.packetId());
        }
        inbox.addLast(packet instanceof SubAck ack ? granted(ack) : packet);
    }

    private Granted granted(SubAck ack) {
        return new Granted(ack, owner.retainedFor(ack.packetId()));
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
        world.ledger.note(
                "to %s: PUBLISH %s %s id %d dup %s",
                owner.id,
                new String(message.payload(), StandardCharsets.UTF_8).strip(),
                qos,
                packetId,
                dup);
        if (message.payload().length > owner.largest) {
            return false;
        }
        int number = Sent.numberOf(message.payload());
        Ledger ledger = world.ledger;
        if (qos != QoS.AT_MOST_ONCE) {
            Integer before = unacknowledged.put(packetId, number);
            ledger.check(
                    before == null,
                    "packet identifier %d of %s used for message %d while in flight for %s",
                    packetId,
                    owner.id,
                    number,
                    before);
            ledger.check(
                    unacknowledged.size() <= owner.receiveMaximum,
                    "%s has %d messages in flight (expected: at most %d)",
                    owner.id,
                    unacknowledged.size(),
                    owner.receiveMaximum);
        }
        SharedGroup group =
                subscriptionIds.length == 1
                        ? ledger.group(world.traits.groupOf(subscriptionIds[0]))
                        : null;
        if (group != null && qos == QoS.EXACTLY_ONCE) {
            ledger.exactlyOnceOnWire(owner.id, number);
        }
        inbox.addLast(new Ledger.Arrival(number, qos, dup, retain, packetId, group, now));
        return true;
    }

    @Override
    public boolean isWritable() {
        return writable;
    }

    @Override
    public void reading(boolean on) {
        if (on && !reading) {
            unread.forEach(_ -> world.loops.later(loop, this::arrive));
        }
        world.ledger.note("%s is read from: %s", owner.id, on);
        reading = on;
    }

    @Override
    public void close(ReasonCode reason, @Nullable String reasonString) {
        publishWill();
        inbox.addLast(new Disconnect(reason, Properties.NONE));
        world.loops.later(loop, this::lost);
    }
}
