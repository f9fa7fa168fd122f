package eu.sermas.bus.simulation;

import eu.sermas.bus.access.Login;
import eu.sermas.bus.access.Principal;
import eu.sermas.bus.broker.Broker;
import eu.sermas.bus.broker.Inside;
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
import eu.sermas.bus.packet.Will;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/// A client that follows the specification, on a network that delays and loses connections.
final class SimulatedClient {

    final String id;
    final int receiveMaximum;

    /// Bytes of the largest payload that it takes.
    final int largest;

    private final World world;
    private final Ledger ledger;

    /// Whether it uses the lowest free packet identifier, or one after the other.
    private final boolean reusesIds;

    private SimulatedRights rights;

    private int connections;

    // One process of the broker after the other.
    private int loop;

    /// Whether nobody can say what the broker knows of the session: it died in the middle of
    /// CONNECT, or could not write.
    private boolean shaky;

    /// Whether a CONNECT has not been answered, as far as the client knows.
    private boolean unanswered;

    /// Whether it was answered by a broker that could not write it down.
    private boolean unwritten;

    /// By how much the end of the session may come early: the broker did not see it die.
    private long slackMillis;

    private long lateMillis;

    // The client's half of the session.
    private final Outgoing outgoing = new Outgoing();
    private final Map<Integer, Integer> receivedQos2 = new HashMap<>();
    private final Map<Integer, Subscription> subscribing = new LinkedHashMap<>();

    /// Identifiers of SUBSCRIBE and UNSUBSCRIBE that are not answered.
    private final Set<Integer> asking = new HashSet<>();

    private int nextPacketId;
    private long expirySeconds;
    private long offlineSince;

    private @Nullable Wire wire;

    /// The last one that was lost.
    private @Nullable Wire lastLost;

    /// PUBREC that it takes its time with.
    private final ArrayDeque<Integer> withheld = new ArrayDeque<>();

    private boolean withholds;

    SimulatedClient(
            String id,
            World world,
            int receiveMaximum,
            int largest,
            boolean reusesIds,
            SimulatedRights rights) {
        this.id = id;
        this.world = world;
        this.ledger = world.ledger;
        this.receiveMaximum = receiveMaximum;
        this.largest = largest;
        this.reusesIds = reusesIds;
        this.rights = rights;
        this.loop = world.broker().ownerOf(principal(), id);
    }

    // --- who it is

    Principal principal() {
        return new Principal(Principal.Kind.CLIENT, id, Set.of("t"), id, null, id, Set.of());
    }

    SimulatedRights rights() {
        return rights;
    }

    /// It may do something else from now on.
    void changeRights(SimulatedRights changed) {
        rights = changed;
        Account account = ledger.account(id);
        if (account != null) {
            subscribing.values().removeIf(asked -> !changed.allows(asked.filter().text()));
            List.copyOf(account.asked).stream()
                    .filter(filter -> !changed.allows(filter))
                    .forEach(filter -> ledger.givenUp(account, filter));
        }
        var _ = world.broker().changeRights(id, changed);
    }

    /// The event loop that owns it.
    int loop() {
        return loop;
    }

    boolean isConnected() {
        return wire != null && wire.connected;
    }

    boolean hasWire() {
        return wire != null;
    }

    @Nullable Wire wire() {
        return wire;
    }

    boolean hasMail() {
        return wire != null && !wire.inbox.isEmpty();
    }

    boolean isIdle() {
        return (wire == null || wire.inbox.isEmpty()) && withheld.isEmpty();
    }

    // --- coming and going

    /// @param will what its broker is to publish when it is gone, or null
    /// @param willDelay seconds
    void connect(boolean cleanStart, long expiry, @Nullable Sent will, long willDelay) {
        connections++;
        Wire made = new Wire(world, this, loop, will, willDelay);
        wire = made;
        unanswered = true;
        boolean clean = cleanStart || shaky;
        shaky = false;
        long now = world.loops.now();
        boolean isSeenToGo = lastLost == null || lastLost.isClosed();
        long left = offlineSince == 0 ? Long.MAX_VALUE : offlineSince + expirySeconds * 1000 - now;
        boolean mayBePresent =
                !clean && ledger.account(id) != null && (!isSeenToGo || left + lateMillis > 0);
        if (!mayBePresent) {
            ledger.close(id);
        } else if (isSeenToGo) {
            made.remaining = left;
        }
        expirySeconds = expiry;
        offlineSince = 0;
        lastLost = null;
        Properties properties =
                Properties.builder()
                        .add(Property.SESSION_EXPIRY_INTERVAL, expiry)
                        .add(Property.RECEIVE_MAXIMUM, receiveMaximum)
                        .build();
        Connect packet =
                new Connect(
                        ProtocolVersion.MQTT_5,
                        id,
                        clean,
                        0,
                        will == null ? null : will(will, willDelay),
                        null,
                        null,
                        properties);
        Broker broker = world.broker();
        world.loops.later(
                loop,
                () -> {
                    if (made.remaining != Long.MAX_VALUE) {
                        made.remaining -= world.loops.now() - now;
                    }
                    world.somethingHangs(packet);
                    ledger.note("from %s on loop %d: %s", id, loop, packet);
                    unwritten = world.store.failure() != null;
                    Login login = new Login(principal(), rights, Long.MAX_VALUE, "");
                    made.connected(broker.connect(packet, id, false, login, made));
                });
    }

    private static Will will(Sent will, long delay) {
        Properties properties =
                delay == 0
                        ? Properties.NONE
                        : Properties.builder().add(Property.WILL_DELAY_INTERVAL, delay).build();
        return new Will(will.topic, will.payload(), will.qos, will.retain, properties);
    }

    /// The network fails: what was on its way is lost.
    void drop() {
        Wire lost = wire;
        wire = null;
        if (lost != null) {
            lastLost = lost;
            gone();
            lost.lose();
        }
    }

    /// The broker learns that a connection is lost.
    void seenToGo(Wire lost) {
        if (lost == lastLost) {
            lateMillis = Math.max(lateMillis, world.loops.now() - offlineSince);
        }
    }

    /// Another process goes on with what was on the disk.
    void brokerIsBack() {
        loop = world.broker().ownerOf(principal(), id);
    }

    /// The broker died.
    ///
    /// @param takenAsGone when the next process takes those as gone who were there at the end
    /// @param forgetful whether it may know nothing of the session
    void brokerDied(long takenAsGone, boolean forgetful) {
        Wire lost = wire;
        wire = null;
        lastLost = null;
        if (lost != null) {
            boolean willIsSafe = lost.connected && expirySeconds > 0 && !unwritten;
            lost.publishWill();
            if (lost.will != null && !willIsSafe) {
                lost.will.uncertain = true;
            }
            gone();
        }
        if (offlineSince != 0) {
            slackMillis =
                    forgetful ? Long.MAX_VALUE : Math.max(slackMillis, offlineSince - takenAsGone);
            lateMillis = Math.max(lateMillis, takenAsGone - offlineSince);
            Account account = ledger.account(id);
            if (account != null) {
                account.certainUntil =
                        forgetful ? 0 : account.certainUntil - Math.max(0, slackMillis);
            }
        }
        shaky |= unanswered || unwritten;
    }

    /// The client opens another connection while the broker still believes in this one.
    void abandon() {
        wire = null;
        gone();
        offlineSince = 0;
    }

    private void gone() {
        offlineSince = world.loops.now();
        Account account = ledger.account(id);
        if (account != null) {
            account.certainUntil = offlineSince + expirySeconds * 1000;
        }
        if (expirySeconds == 0) {
            endSession();
        }
        subscribing.clear();
        asking.clear();
        withheld.clear();
    }

    private void endSession() {
        ledger.close(id);
        forget();
    }

    /// The client's half of the session is gone, and with it what became of its last messages.
    private void forget() {
        receivedQos2.clear();
        outgoing.forget();
    }

    void disconnect() {
        Wire current = wire;
        if (current != null) {
            current.sayGoodBye(new Disconnect(ReasonCode.NORMAL_DISCONNECTION, Properties.NONE));
            drop();
        }
    }

    // --- what it sends

    void subscribe(String filter, QoS qos) {
        Account account = ledger.account(id);
        if (account != null && rights.allows(filter)) {
            int packetId = packetId();
            asking.add(packetId);
            supersede(filter);
            Subscription subscription = Subscription.of(TopicFilter.of(filter), qos);
            subscribing.put(packetId, subscription);
            account.asked.add(filter);
            ledger.givenUp(account, filter);
            int identifier = world.traits.identifierOf(filter);
            Properties properties =
                    identifier == 0
                            ? Properties.NONE
                            : Properties.builder()
                                    .add(Property.SUBSCRIPTION_IDENTIFIER, identifier)
                                    .build();
            toBroker(new Subscribe(packetId, List.of(subscription), properties));
        }
    }

    /// What is asked now counts, whatever the answer to an earlier request for the filter.
    private void supersede(String filter) {
        subscribing.values().removeIf(asked -> asked.filter().text().equals(filter));
    }

    void unsubscribe(String filter) {
        Account account = ledger.account(id);
        if (account != null) {
            supersede(filter);
            ledger.givenUp(account, filter);
            int packetId = packetId();
            asking.add(packetId);
            toBroker(new Unsubscribe(packetId, List.of(TopicFilter.of(filter)), Properties.NONE));
        }
    }

    /// What is retained now for a SUBSCRIBE that is answered at this moment.
    List<Integer> retainedFor(int packetId) {
        Subscription asked = subscribing.get(packetId);
        return asked == null || asked.filter().isShared() || asked.qos() == QoS.AT_MOST_ONCE
                ? List.of()
                : Inside.retained(world.broker(), asked.filter(), world.loops.now()).stream()
                        .filter(message -> message.qos() != QoS.AT_MOST_ONCE)
                        .map(message -> Sent.numberOf(message.payload()))
                        .toList();
    }

    boolean mayPublish() {
        return outgoing.size() < World.MOST_UNACKNOWLEDGED;
    }

    /// @param lifetime seconds until the message expires, 0 for never
    void publish(Topic topic, QoS qos, boolean retain, int lifetime, int size) {
        long expiresAt = lifetime == 0 ? Message.NEVER : world.loops.now() + lifetime * 1000L;
        // What waits for a verdict when its connection is lost may come behind what the next one
        // brings; at QoS 0 nobody knows.
        String line = rights.isRemote() && qos == QoS.AT_MOST_ONCE ? id + "/" + connections : id;
        Sent message = ledger.publish(line, topic, qos, retain, size, expiresAt);
        int packetId = qos == QoS.AT_MOST_ONCE ? 0 : packetId();
        if (packetId != 0) {
            outgoing.add(packetId, message);
        }
        send(message, packetId, false);
    }

    private void send(Sent message, int packetId, boolean dup) {
        message.resent |= dup;
        long now = world.loops.now();
        if (dup && message.expiresAt != Message.NEVER) {
            message.uncertain = true; // its lifetime is rounded to whole seconds once more
            message.expiresAt = Math.max(message.expiresAt, now + 1000);
        }
        long left = Math.max(1, (message.expiresAt - now) / 1000);
        Properties properties =
                message.expiresAt == Message.NEVER
                        ? Properties.NONE
                        : Properties.builder().add(Property.MESSAGE_EXPIRY_INTERVAL, left).build();
        Publish packet =
                new Publish(
                        message.topic,
                        message.payload(),
                        message.qos,
                        message.retain,
                        dup,
                        packetId,
                        properties);
        Wire current = wire;
        if (current != null) {
            current.toBroker(
                    reader -> {
                        if (message.takenAt < 0) {
                            message.takenAt = ledger.tick();
                        }
                        if (message.expiresAt != Message.NEVER) {
                            message.expiresAt =
                                    Math.max(message.expiresAt, world.loops.now() + left * 1000);
                        }
                        ledger.note("from %s: %s payload %d", id, packet, message.number);
                        reader.receive(packet);
                    });
        }
    }

    private int packetId() {
        int candidate = reusesIds ? 0 : nextPacketId;
        do {
            candidate = candidate == Packet.MAX_PACKET_ID ? 1 : candidate + 1;
        } while (outgoing.contains(candidate) || asking.contains(candidate));
        nextPacketId = candidate;
        return candidate;
    }

    private void toBroker(Packet packet) {
        Wire current = wire;
        if (current != null) {
            current.toBroker(
                    reader -> {
                        ledger.note("from %s: %s", id, packet);
                        reader.receive(packet);
                    });
        }
    }

    // --- what it reads

    /// From here on the broker takes the identifier for that of a new message [MQTT-4.3.3-9],
    /// whether or not this client ever reads so.
    void refused(IntPredicate which) {
        outgoing.refused(which);
    }

    /// Reads the next thing that the broker wrote.
    void read() {
        Wire current = wire;
        if (current == null) {
            return;
        }
        Object next = current.inbox.pollFirst();
        if (next != null) {
            ledger.note("%s reads %s", id, next);
        }
        switch (next) {
            case Ledger.Arrival arrival -> receive(current, arrival);
            case Wire.Granted granted -> subscribed(granted);
            case Packet packet -> receive(current, packet);
            case null, default -> {}
        }
    }

    /// Takes its time with QoS 2, or does not any more.
    void withhold(boolean now) {
        withholds = now;
        while (!withholds && !withheld.isEmpty()) {
            toBroker(PubRec.success(withheld.removeFirst()));
        }
    }

    private void receive(Wire current, Ledger.Arrival arrival) {
        Account account = ledger.account(id);
        if (account == null) {
            return;
        }
        Integer unreleased =
                arrival.qos() == QoS.EXACTLY_ONCE ? receivedQos2.get(arrival.packetId()) : null;
        if (unreleased != null) {
            ledger.check(
                    arrival.dup() && unreleased == arrival.number(),
                    "%s got message %d with the identifier %d, unreleased for message %d",
                    id,
                    arrival.number(),
                    arrival.packetId(),
                    unreleased);
        } else {
            ledger.received(account, arrival);
        }
        switch (arrival.qos()) {
            case AT_MOST_ONCE -> {}
            case AT_LEAST_ONCE -> {
                current.unacknowledged.remove(arrival.packetId());
                toBroker(PubAck.success(arrival.packetId()));
            }
            case EXACTLY_ONCE -> {
                receivedQos2.put(arrival.packetId(), arrival.number());
                if (withholds) {
                    withheld.addLast(arrival.packetId());
                } else {
                    toBroker(PubRec.success(arrival.packetId()));
                }
            }
        }
    }

    private void receive(Wire current, Packet packet) {
        switch (packet) {
            case ConnAck ack -> connected(current, ack);
            case PubAck ack -> outgoing.answered(ack.packetId(), ack.reasonCode());
            case PubRec rec -> {
                outgoing.answered(rec.packetId(), rec.reasonCode());
                if (!rec.reasonCode().isError()) {
                    toBroker(PubRel.success(rec.packetId()));
                }
            }
            case PubRel rel -> {
                receivedQos2.remove(rel.packetId());
                current.unacknowledged.remove(rel.packetId());
                toBroker(PubComp.success(rel.packetId()));
            }
            case PubComp comp -> outgoing.completed(comp.packetId());
            case UnsubAck ack -> asking.remove(ack.packetId());
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
            ledger.open(id, largest);
            return;
        }
        Account account = ledger.account(id);
        if (account != null) {
            account.certainUntil = Long.MAX_VALUE;
        }
        outgoing.forEach(
                packetId -> toBroker(PubRel.success(packetId)),
                (packetId, message) -> send(message, packetId, true));
    }

    private void subscribed(Wire.Granted granted) {
        SubAck ack = granted.packet();
        asking.remove(ack.packetId());
        Subscription asked = subscribing.remove(ack.packetId());
        Account account = ledger.account(id);
        if (asked != null && account != null && !ack.reasonCodes().getFirst().isError()) {
            ledger.granted(account, asked.filter(), asked.qos());
            if (world.traits.owesRetained) {
                granted.retained()
                        .forEach(number -> account.retainedOwed.put(number, asked.filter().text()));
            }
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
