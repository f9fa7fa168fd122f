package eu.sermas.bus.simulation;

import eu.sermas.bus.access.Login;
import eu.sermas.bus.broker.Broker;
import eu.sermas.bus.broker.Client;
import eu.sermas.bus.packet.ConnAck;
import eu.sermas.bus.packet.Connect;
import eu.sermas.bus.packet.Disconnect;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.Packet;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.Property;
import eu.sermas.bus.packet.ProtocolVersion;
import eu.sermas.bus.packet.PubAck;
import eu.sermas.bus.packet.PubComp;
import eu.sermas.bus.packet.PubRec;
import eu.sermas.bus.packet.PubRel;
import eu.sermas.bus.packet.Publish;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.packet.SubAck;
import eu.sermas.bus.packet.Subscribe;
import eu.sermas.bus.packet.Subscription;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.packet.UnsubAck;
import eu.sermas.bus.packet.Unsubscribe;
import eu.sermas.bus.session.Connection;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A client that follows the specification, on a network that delays and loses connections: what
/// the broker writes waits in an inbox until the simulation lets the client read it.
final class SimulatedClient {

    static final int RECEIVE_MAXIMUM = 3;

    private record Outgoing(Ledger.Sent message, boolean retain, boolean released) {}

    private final String id;
    private final SimulatedLoops loops;
    private final Ledger ledger;
    private final Login login;
    private final int loop;

    // One process of the broker after the other.
    private Broker broker;

    /// Whether nobody can say what the broker knows of the session: it died in the middle of
    /// CONNECT, or could not write.
    private boolean shaky;

    /// Whether a CONNECT has not been answered, as far as the client knows.
    private boolean unanswered;

    /// By how much the end of the session may come early: the broker did not see it die.
    private long slackMillis;

    private long lateMillis;

    // The client's half of the session.
    private final Map<Integer, Outgoing> outgoing = new TreeMap<>();
    private final Map<Integer, Integer> receivedQos2 = new HashMap<>();
    private final Map<Integer, Subscription> subscribing = new LinkedHashMap<>();
    private int nextPacketId;
    private long expirySeconds;
    private long offlineSince;

    private @Nullable Wire wire;

    SimulatedClient(String id, Broker broker, SimulatedLoops loops, Ledger ledger, Login login) {
        this.id = id;
        this.broker = broker;
        this.loops = loops;
        this.ledger = ledger;
        this.login = login;
        this.loop = broker.ownerOf(login.principal(), id);
    }

    /// One network connection, seen from both ends.
    private final class Wire implements Connection {
        final ArrayDeque<Object> inbox = new ArrayDeque<>();
        final Map<Integer, Integer> unacknowledged = new HashMap<>();
        @Nullable Client client;
        boolean writable = true;
        boolean connected;

        /// Milliseconds that the session still had when the client came back.
        long remaining = Long.MAX_VALUE;

        private record Incoming(
                int number, QoS qos, boolean dup, boolean retain, int packetId, long at) {}

        @Override
        public ProtocolVersion version() {
            return ProtocolVersion.MQTT_5;
        }

        @Override
        public void send(Packet packet) {
            if (packet instanceof PubRec rec && rec.reasonCode().isError()) {
                refused(rec.packetId());
            }
            inbox.addLast(packet);
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
            int number = Integer.parseInt(new String(message.payload(), StandardCharsets.UTF_8));
            if (qos != QoS.AT_MOST_ONCE) {
                ledger.check(
                        unacknowledged.put(packetId, number) == null,
                        "packet identifier %d of %s used while in flight",
                        packetId,
                        id);
                ledger.check(
                        unacknowledged.size() <= RECEIVE_MAXIMUM,
                        "%s has %d messages in flight (expected: at most %d)",
                        id,
                        unacknowledged.size(),
                        RECEIVE_MAXIMUM);
            }
            inbox.addLast(new Incoming(number, qos, dup, retain, packetId, now));
            return true;
        }

        @Override
        public boolean isWritable() {
            return writable;
        }

        @Override
        public void close(ReasonCode reason, @Nullable String reasonString) {
            inbox.addLast(new Disconnect(reason, Properties.NONE));
            loops.later(loop, () -> closed(this));
        }
    }

    /// From here on the broker takes the identifier for that of a new message [MQTT-4.3.3-9],
    /// whether or not this client ever reads so.
    private void refused(int packetId) {
        Outgoing message = outgoing.get(packetId);
        if (message != null) {
            message.message.refused = true;
        }
    }

    boolean isConnected() {
        return wire != null && wire.connected;
    }

    boolean hasWire() {
        return wire != null;
    }

    boolean hasMail() {
        return wire != null && !wire.inbox.isEmpty();
    }

    void connect(boolean cleanStart, long expiry) {
        Wire made = new Wire();
        wire = made;
        unanswered = true;
        boolean clean = cleanStart || shaky;
        shaky = false;
        boolean mayBePresent =
                !clean
                        && ledger.account(id) != null
                        && (offlineSince == 0
                                || loops.now() < offlineSince + expirySeconds * 1000 + lateMillis);
        if (!mayBePresent) {
            ledger.close(id);
        } else if (offlineSince != 0) {
            made.remaining = offlineSince + expirySeconds * 1000 - loops.now();
        }
        expirySeconds = expiry;
        offlineSince = 0;
        Properties properties =
                Properties.builder()
                        .add(Property.SESSION_EXPIRY_INTERVAL, expiry)
                        .add(Property.RECEIVE_MAXIMUM, RECEIVE_MAXIMUM)
                        .build();
        Connect packet =
                new Connect(ProtocolVersion.MQTT_5, id, clean, 0, null, null, null, properties);
        loops.later(loop, () -> made.client = broker.connect(packet, id, false, login, made));
    }

    /// The network fails: what was on its way is lost.
    void drop() {
        Wire lost = wire;
        wire = null;
        if (lost != null) {
            gone();
            loops.later(loop, () -> closed(lost));
        }
    }

    /// Another process goes on with what was on the disk.
    void brokerIsBack(Broker next) {
        broker = next;
    }

    /// The broker died.
    ///
    /// @param slack milliseconds by which the next process may take this moment for an earlier one
    /// @param late milliseconds by which it may take it for a later one
    void brokerDied(long slack, long late) {
        slackMillis = slack;
        lateMillis = late;
        Wire lost = wire;
        wire = null;
        if (lost != null) {
            gone();
        }
        shaky |= unanswered;
    }

    /// The client opens another connection while the broker still believes in this one.
    void abandon() {
        wire = null;
        gone();
        offlineSince = 0;
    }

    private static void closed(Wire lost) {
        if (lost.client != null) {
            lost.client.connectionClosed();
        }
    }

    private void gone() {
        offlineSince = loops.now();
        if (expirySeconds == 0) {
            endSession();
        }
        subscribing.clear();
    }

    private void endSession() {
        ledger.close(id);
        forget();
    }

    /// The client's half of the session is gone, and with it what became of its last messages.
    private void forget() {
        receivedQos2.clear();
        outgoing.values().forEach(message -> message.message.uncertain = true);
        outgoing.clear();
    }

    void disconnect() {
        toBroker(new Disconnect(ReasonCode.NORMAL_DISCONNECTION, Properties.NONE));
        drop();
    }

    void becomeWritable() {
        if (wire != null && !wire.writable) {
            writable(true);
        }
    }

    void writable(boolean now) {
        Wire current = wire;
        if (current != null) {
            loops.later(
                    loop,
                    () -> {
                        current.writable = now;
                        if (now && current.client != null) {
                            current.client.writable();
                        }
                    });
        }
    }

    void subscribe(String filter, QoS qos) {
        Ledger.Account account = ledger.account(id);
        if (account != null) {
            int packetId = packetId();
            supersede(filter);
            Subscription subscription = Subscription.of(TopicFilter.of(filter), qos);
            subscribing.put(packetId, subscription);
            account.asked.add(filter);
            account.filters.remove(filter);
            toBroker(new Subscribe(packetId, List.of(subscription), Properties.NONE));
        }
    }

    /// What is asked now counts, whatever the answer to an earlier request for the filter.
    private void supersede(String filter) {
        subscribing.values().removeIf(asked -> asked.filter().text().equals(filter));
    }

    void unsubscribe(String filter) {
        Ledger.Account account = ledger.account(id);
        if (account != null) {
            supersede(filter);
            account.filters.remove(filter);
            toBroker(new Unsubscribe(packetId(), List.of(TopicFilter.of(filter)), Properties.NONE));
        }
    }

    /// @param lifetime seconds until the message expires, 0 for never
    void publish(Topic topic, QoS qos, boolean retain, int lifetime) {
        long expiresAt = lifetime == 0 ? Message.NEVER : loops.now() + lifetime * 1000L;
        Ledger.Sent message = ledger.publish(id, topic, qos, expiresAt);
        int packetId = qos == QoS.AT_MOST_ONCE ? 0 : packetId();
        if (packetId != 0) {
            outgoing.put(packetId, new Outgoing(message, retain, false));
        }
        send(message, retain, packetId, false);
    }

    private void send(Ledger.Sent message, boolean retain, int packetId, boolean dup) {
        message.resent |= dup;
        if (dup && message.expiresAt != Message.NEVER) {
            message.uncertain = true; // its lifetime is rounded to whole seconds once more
            message.expiresAt = Math.max(message.expiresAt, loops.now() + 1000);
        }
        long left = Math.max(1, (message.expiresAt - loops.now()) / 1000);
        Properties properties =
                message.expiresAt == Message.NEVER
                        ? Properties.NONE
                        : Properties.builder().add(Property.MESSAGE_EXPIRY_INTERVAL, left).build();
        Publish packet =
                new Publish(
                        message.topic,
                        Integer.toString(message.number).getBytes(StandardCharsets.UTF_8),
                        message.qos,
                        retain,
                        dup,
                        packetId,
                        properties);
        Wire current = wire;
        if (current != null) {
            loops.later(
                    loop,
                    () -> {
                        if (current.client != null) {
                            if (message.takenAt < 0) {
                                message.takenAt = ledger.tick();
                            }
                            current.client.receive(packet);
                        }
                    });
        }
    }

    private int packetId() {
        do {
            nextPacketId = nextPacketId == Packet.MAX_PACKET_ID ? 1 : nextPacketId + 1;
        } while (outgoing.containsKey(nextPacketId) || subscribing.containsKey(nextPacketId));
        return nextPacketId;
    }

    private void toBroker(Packet packet) {
        Wire current = wire;
        if (current != null) {
            loops.later(
                    loop,
                    () -> {
                        if (current.client != null) {
                            current.client.receive(packet);
                        }
                    });
        }
    }

    /// Reads the next thing that the broker wrote.
    void read() {
        Wire current = wire;
        if (current == null) {
            return;
        }
        Object next = current.inbox.pollFirst();
        if (next instanceof Wire.Incoming incoming) {
            receive(current, incoming);
        } else if (next instanceof Packet packet) {
            receive(current, packet);
        }
    }

    private void receive(Wire current, Wire.Incoming incoming) {
        Ledger.Account account = ledger.account(id);
        if (account == null) {
            return;
        }
        boolean again =
                incoming.qos == QoS.EXACTLY_ONCE && receivedQos2.containsKey(incoming.packetId);
        if (again) {
            ledger.check(
                    incoming.dup && receivedQos2.get(incoming.packetId) == incoming.number,
                    "%s got another message with the unreleased identifier %d",
                    id,
                    incoming.packetId);
        } else {
            ledger.received(
                    account,
                    incoming.number,
                    incoming.qos,
                    incoming.dup,
                    incoming.retain,
                    incoming.at);
        }
        switch (incoming.qos) {
            case AT_MOST_ONCE -> {}
            case AT_LEAST_ONCE -> {
                current.unacknowledged.remove(incoming.packetId);
                toBroker(PubAck.success(incoming.packetId));
            }
            case EXACTLY_ONCE -> {
                receivedQos2.put(incoming.packetId, incoming.number);
                toBroker(PubRec.success(incoming.packetId));
            }
        }
    }

    private void receive(Wire current, Packet packet) {
        switch (packet) {
            case ConnAck ack -> connected(current, ack);
            case SubAck ack -> subscribed(ack);
            case PubAck ack -> answered(ack.packetId(), ack.reasonCode());
            case PubRec rec -> {
                answered(rec.packetId(), rec.reasonCode());
                if (!rec.reasonCode().isError()) {
                    toBroker(PubRel.success(rec.packetId()));
                }
            }
            case PubRel rel -> {
                receivedQos2.remove(rel.packetId());
                current.unacknowledged.remove(rel.packetId());
                toBroker(PubComp.success(rel.packetId()));
            }
            case PubComp comp -> outgoing.remove(comp.packetId());
            case UnsubAck _ -> {}
            case Disconnect disconnect -> disconnected(disconnect);
            default -> ledger.check(false, "%s got %s", id, packet);
        }
    }

    private void connected(Wire current, ConnAck ack) {
        boolean expected = ledger.account(id) != null;
        boolean early = expected && !ack.sessionPresent() && current.remaining <= slackMillis;
        slackMillis = 0;
        lateMillis = 0;
        ledger.check(
                ack.sessionPresent() == expected || early,
                "%s was told session present %s (expected: %s)",
                id,
                ack.sessionPresent(),
                expected);
        current.connected = true;
        unanswered = false;
        if (!ack.sessionPresent()) {
            ledger.close(id);
            forget();
            ledger.open(id);
            return;
        }
        outgoing.forEach(
                (packetId, message) -> {
                    if (message.released) {
                        toBroker(PubRel.success(packetId));
                    } else {
                        send(message.message, message.retain, packetId, true);
                    }
                });
    }

    private void subscribed(SubAck ack) {
        Subscription asked = subscribing.remove(ack.packetId());
        Ledger.Account account = ledger.account(id);
        if (asked != null && account != null && !ack.reasonCodes().getFirst().isError()) {
            String filter = asked.filter().text();
            account.filters.put(
                    filter, new Ledger.Filter(asked.filter(), asked.qos(), ledger.tick()));
        }
    }

    private void answered(int packetId, ReasonCode reason) {
        Outgoing message = outgoing.get(packetId);
        if (message == null) {
            return;
        }
        if (reason == ReasonCode.QUOTA_EXCEEDED
                || reason == ReasonCode.IMPLEMENTATION_SPECIFIC_ERROR) {
            message.message.uncertain = true;
        }
        if (reason.isError() || message.message.qos == QoS.AT_LEAST_ONCE) {
            outgoing.remove(packetId);
        } else {
            outgoing.put(packetId, new Outgoing(message.message, message.retain, true));
        }
    }

    private void disconnected(Disconnect packet) {
        ledger.check(
                packet.reasonCode() == ReasonCode.SUCCESS
                        || packet.reasonCode() == ReasonCode.SESSION_TAKEN_OVER,
                "%s was disconnected for %s",
                id,
                packet.reasonCode());
        drop();
    }
}
