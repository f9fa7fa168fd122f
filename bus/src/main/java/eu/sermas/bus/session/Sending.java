package eu.sermas.bus.session;

import eu.sermas.bus.journal.Kept;
import eu.sermas.bus.journal.QueueRecord.Phase;
import eu.sermas.bus.journal.SessionLog;
import eu.sermas.bus.packet.Durability;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.PubRel;
import eu.sermas.bus.packet.ReasonCode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The messages of one session that are in flight to its client: from the allocation of a packet
/// identifier until that is free again, across connections.
///
/// It takes the steps of section 4.3 and writes them to the connection. Whether another message may
/// follow is what [#hasRoom] says; which one that is, is for [Outbound] to know.
///
/// Where the session is kept beyond the process, a step at QoS 2 is sent only when it is on disk:
/// exactly once means that neither side may forget what the other one still knows. What is not kept
/// before it is sent has an identifier of [LooseIds].
final class Sending {

    // For the life of the session.
    private final Tally tally;
    private final long maxBytesInFlight;
    private final OutboundWindow window;
    private final LongConsumer drain;

    /// Those of the window whose PUBLISH has to be on disk first, in order.
    private final ArrayDeque<Delivery> onHold = new ArrayDeque<>(0);

    private @Nullable SessionLog log;

    // For the life of a connection.
    private @Nullable Connection connection;
    private int sendQuota;
    private @Nullable Delivery resendFrom;

    /// @param drain sends what waits, at this time, because something is free
    Sending(long maxBytesInFlight, Tally tally, LongConsumer drain) {
        this.drain = drain;
        this.maxBytesInFlight = maxBytesInFlight;
        this.tally = tally;
        this.window = new OutboundWindow(tally);
    }

    int size() {
        return window.size();
    }

    /// The cost of all of them.
    long bytes() {
        return window.bytes();
    }

    /// How many more the client takes now.
    int sendQuota() {
        return connection == null ? 0 : sendQuota;
    }

    /// Enters a message of an earlier process with the identifier that it had there.
    ///
    /// @return false where the identifier is taken
    boolean restore(Delivery delivery, Delivery.State state, int packetId) {
        if (window.get(packetId) != null) {
            return false;
        }
        window.restore(delivery, state, packetId);
        delivery.sent = true;
        return true;
    }

    /// @param loose how many identifiers an earlier process may have used without a trace
    void keepIn(SessionLog kept, int loose) {
        log = kept;
        window.restoreLoose(loose);
    }

    // --- connections

    /// The one that is there, or null.
    @Nullable Connection connection() {
        return connection;
    }

    void attach(Connection attached, int receiveMaximum) {
        settleWithdrawn();
        connection = attached;
        sendQuota = receiveMaximum; // [MQTT-4.9.0-1]
        resendFrom = window.oldest();
        window.forEach(entry -> entry.counted = false);
        // What the client has of an earlier process ends, whatever that was [MQTT-4.3.3-11].
        window.looseIds().forEachDoubtful(id -> sendPubRel(id, ReasonCode.SUCCESS));
    }

    void detach() {
        connection = null;
        resendFrom = null;
    }

    // --- sending

    /// Whether one more message may be sent now.
    boolean hasRoom() {
        return connection != null
                && sendQuota > 0 // [MQTT-3.3.4-9] [MQTT-4.9.0-2]
                && resendFrom == null
                && !window.isFull()
                && (window.isEmpty() || window.bytes() < maxBytesInFlight)
                && connection.isWritable();
    }

    /// Whether there is an identifier for a message of QoS 2. One that is not on disk before it is
    /// sent needs a loose one; where there is none, more are reserved, and the queue is drained
    /// when they are.
    boolean hasIdentifierFor(Durability durability) {
        SessionLog kept = log;
        if (kept == null || durability == Durability.FSYNC || window.hasLooseId()) {
            return true;
        }
        if (window.looseIds().askForMore()) {
            kept.changed();
            kept.afterCommit(
                    () -> {
                        window.reservedLoose();
                        drain.accept(kept.now());
                    });
        }
        return false;
    }

    /// How many identifiers may be used without a trace.
    int looseIds() {
        return window.looseIds().asked();
    }

    boolean isLoose(int packetId) {
        return packetId >= window.looseIds().first();
    }

    /// Sends a message for the first time. Only where there is [#hasRoom] and an identifier.
    ///
    /// @return false where it is passed over, and takes no room: the client does not take it
    boolean send(Delivery delivery, long now) {
        Kept kept = delivery.kept();
        if (kept != null && delivery.isRecordedFirst()) {
            window.add(delivery, Delivery.State.HOLD_PUBLISH);
            onHold.addLast(delivery);
            reserve(delivery);
            kept.record(Phase.SENT, delivery.packetId);
            return true;
        }
        Delivery.State state = Delivery.State.awaiting(delivery.qos());
        if (log != null && state == Delivery.State.AWAIT_PUBREC) {
            window.addLoose(delivery, state);
        } else {
            window.add(delivery, state);
        }
        if (kept != null) {
            kept.sent(delivery.packetId);
        }
        if (state == Delivery.State.AWAIT_PUBREC && !onHold.isEmpty()) {
            holdBehindOthers(delivery);
            return true;
        }
        return write(delivery, now); // [MQTT-3.3.1-3] [MQTT-4.3.2-2] [MQTT-4.3.3-2]
    }

    /// A message that does not have to be on disk keeps its place behind those that do.
    private void holdBehindOthers(Delivery entry) {
        entry.state = Delivery.State.HOLD_PUBLISH;
        entry.recorded = true;
        onHold.addLast(entry);
        reserve(entry);
    }

    private void reserve(Delivery entry) {
        if (!entry.counted) {
            entry.counted = true;
            sendQuota--;
        }
    }

    /// Where the client does not take packets of that size, the message counts as delivered
    /// [MQTT-3.1.2-25], and so does one that has expired before it was sent.
    private boolean write(Delivery entry, long now) {
        boolean written =
                connection != null
                        && (entry.sent || !entry.message().isExpired(now)) // [MQTT-3.3.2-5]
                        && connection.deliver(
                                entry.message(),
                                entry.qos(),
                                entry.retain(),
                                entry.sent, // [MQTT-3.3.1-1]
                                entry.packetId,
                                entry.terms().subscriptionIds(),
                                now);
        if (!written) {
            leave(entry);
            tally.dropped(1);
            return false;
        }
        reserve(entry);
        if (!entry.sent) {
            entry.sent = true;
            tally.delivered();
        }
        return true;
    }

    /// The message is on its way no more, and its identifier free.
    private void leave(Delivery entry) {
        if (resendFrom == entry) {
            resendFrom = entry.next;
        }
        window.remove(entry);
        if (entry.state == Delivery.State.HOLD_PUBLISH) {
            onHold.remove(entry);
        }
        entry.gone();
        // The end of a message that was released on an earlier connection makes no room on this
        // one.
        sendQuota += entry.counted ? 1 : 0;
    }

    void recorded(Kept kept, long now) {
        Delivery entry = window.get(kept.packetId());
        if (entry == null || entry.kept() != kept) {
            return;
        }
        if (entry.state == Delivery.State.HOLD_PUBLISH) {
            entry.recorded = true;
            letGo(now);
        } else if (entry.state == Delivery.State.HOLD_PUBREL) {
            entry.state = Delivery.State.AWAIT_PUBCOMP;
            sendPubRel(entry.packetId, ReasonCode.SUCCESS);
        }
    }

    /// Sends what had to be on disk first, in its order though the disk may have another.
    private void letGo(long now) {
        for (Delivery first = onHold.peekFirst();
                first != null && first.recorded;
                first = onHold.peekFirst()) {
            onHold.removeFirst();
            first.state = Delivery.State.awaiting(first.qos());
            // One that is not counted yet still has its turn to be sent.
            if (connection != null && first.counted) {
                write(first, now);
            }
        }
    }

    /// Takes back a message that was not sent yet and nobody was promised.
    ///
    /// @return whether it was one of these
    boolean withdraw(Kept kept, long now) {
        Delivery entry = window.get(kept.packetId());
        if (entry == null || entry.kept() != kept || entry.state != Delivery.State.HOLD_PUBLISH) {
            return false;
        }
        leave(entry);
        letGo(now); // those that were behind it
        return true;
    }

    /// Whether something that was in flight when the connection before this one ended has its turn
    /// before all that waits.
    boolean hasToResend() {
        return resendFrom != null;
    }

    /// Sends again what was in flight when the connection before this one ended, as far as this one
    /// takes it.
    void resend(long now) {
        while (resendFrom != null && mayResend(resendFrom)) {
            Delivery entry = resendFrom;
            resendFrom = entry.next;
            resend(entry, now);
        }
    }

    private boolean mayResend(Delivery entry) {
        return connection != null
                && connection.isWritable()
                && (sendQuota > 0
                        || entry.state == Delivery.State.AWAIT_PUBCOMP
                        || entry.state == Delivery.State.HOLD_PUBREL);
    }

    private void resend(Delivery entry, long now) {
        switch (entry.state) {
            // Expired or not, for it was sent before [MQTT-4.3.3-7].
            case AWAIT_PUBACK, AWAIT_PUBREC -> write(entry, now); // [MQTT-4.3.3-6]
            case AWAIT_PUBCOMP -> // [MQTT-4.3.3-5] [MQTT-4.4.0-1]
                    sendPubRel(entry.packetId, ReasonCode.SUCCESS);
            case HOLD_PUBLISH -> reserve(entry); // goes out once it is on disk
            case HOLD_PUBREL, WAITING -> {}
        }
    }

    // --- answers

    // Each returns whether the answer is one that may come. What answers nothing may: it can be for
    // an earlier connection, or for a message that is gone.

    /// PUBACK came, whatever its reason [MQTT-4.4.0-2] [MQTT-4.8.2-6].
    boolean pubAck(int packetId) {
        Delivery entry = window.get(packetId);
        if (entry == null) {
            return true;
        }
        if (entry.state != Delivery.State.AWAIT_PUBACK) {
            return !entry.isWithClient();
        }
        leave(entry); // [MQTT-4.3.2-3]
        return true;
    }

    /// PUBREC came: the answer is PUBREL, unless the client refused the message.
    boolean pubRec(int packetId, ReasonCode reason) {
        Delivery entry = window.get(packetId);
        if (entry == null || !entry.state.isBeforePubRel()) {
            if (entry != null && entry.isWithClient()) {
                return false;
            }
            sendPubRel(packetId, ReasonCode.PACKET_IDENTIFIER_NOT_FOUND);
        } else if (reason.isError()) {
            leave(entry); // [MQTT-4.3.3-4] [MQTT-4.4.0-2] [MQTT-4.8.2-6]
        } else if (entry.state == Delivery.State.AWAIT_PUBREC) {
            received(entry); // [MQTT-4.3.3-3] [MQTT-4.3.3-4]
        } else if (entry.state == Delivery.State.AWAIT_PUBCOMP) {
            sendPubRel(packetId, ReasonCode.SUCCESS);
        }
        return true;
    }

    /// The client has a QoS 2 message.
    private void received(Delivery entry) {
        if (release(entry)) {
            sendPubRel(entry.packetId, ReasonCode.SUCCESS);
        }
    }

    /// The next step of a QoS 2 message is PUBREL.
    ///
    /// @return whether it may leave now; else when that is on disk
    private boolean release(Delivery entry) {
        Kept kept = entry.kept();
        if (kept != null && entry.isRecordedFirst()) {
            entry.state = Delivery.State.HOLD_PUBREL;
            kept.record(Phase.RELEASED, entry.packetId);
            return false;
        }
        entry.state = Delivery.State.AWAIT_PUBCOMP;
        if (kept != null) {
            kept.released(entry.packetId);
        }
        return true;
    }

    private void sendPubRel(int packetId, ReasonCode reason) {
        if (connection != null) {
            connection.send(new PubRel(packetId, reason, Properties.NONE));
        }
    }

    /// PUBCOMP came.
    boolean pubComp(int packetId) {
        Delivery entry = window.get(packetId);
        if (entry == null) {
            window.looseIds().settled(packetId);
            return true;
        }
        if (entry.state != Delivery.State.AWAIT_PUBCOMP) {
            return !entry.isWithClient();
        }
        leave(entry); // [MQTT-4.3.3-5]
        return true;
    }

    // --- messages that the client may not have any more

    /// Lets go of messages that the client may not have any more, and of those behind them that
    /// they have held up.
    ///
    /// An identifier that the client may answer on this connection stays taken until it does. A
    /// message of QoS 2 that may have arrived is released, as if PUBREC had come: the client, which
    /// may know its identifier, lets go of it, and the payload is not sent again.
    ///
    /// @return how many were in flight
    int purge(Predicate<Message> unwanted, long now) {
        List<Delivery> withdrawn =
                inFlight(entry -> !entry.withdrawn && unwanted.test(entry.message()));
        withdrawn.forEach(this::withdraw);
        letGo(now);
        return withdrawn.size();
    }

    private void withdraw(Delivery entry) {
        if (!entry.sent) {
            leave(entry);
        } else if (connection != null && entry.counted) {
            entry.withdrawn = true;
            forget(entry);
        } else {
            settle(entry);
        }
    }

    /// What the next process finds is what [#settle] would make of it.
    private static void forget(Delivery entry) {
        Kept kept = entry.kept();
        if (kept != null && entry.state == Delivery.State.AWAIT_PUBACK) {
            kept.gone();
        } else if (kept != null) {
            kept.record(Phase.RELEASED, entry.packetId);
        }
    }

    /// Ends a withdrawn message that the client cannot answer any more, or begins its end.
    private void settle(Delivery entry) {
        if (entry.state == Delivery.State.AWAIT_PUBACK) {
            leave(entry);
        } else {
            var _ = release(entry); // PUBREL goes out in the turn of the message
        }
    }

    private void settleWithdrawn() {
        inFlight(entry -> entry.withdrawn).forEach(this::settle);
    }

    private List<Delivery> inFlight(Predicate<Delivery> which) {
        List<Delivery> found = new ArrayList<>(0);
        window.forEach(
                entry -> {
                    if (entry.state.mayBeSentAgain() && which.test(entry)) {
                        found.add(entry);
                    }
                });
        return found;
    }

    // --- the end

    /// Takes the oldest message out that is in flight. It is still held.
    @Nullable Delivery poll() {
        Delivery oldest = window.oldest();
        if (oldest != null) {
            window.remove(oldest);
            if (oldest.state == Delivery.State.HOLD_PUBLISH) {
                onHold.remove(oldest);
            }
        }
        return oldest;
    }
}
