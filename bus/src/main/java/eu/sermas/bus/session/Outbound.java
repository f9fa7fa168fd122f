package eu.sermas.bus.session;

import eu.sermas.bus.journal.Kept;
import eu.sermas.bus.journal.QueueRecord.Phase;
import eu.sermas.bus.journal.SavedSession;
import eu.sermas.bus.journal.SessionLog;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.PubRel;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.packet.Topic;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.ObjIntConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The messages of one session on their way to its client: those that wait, and those in flight.
///
/// A message waits in the queue whenever it cannot be written now, whatever the reason: no
/// connection, no room in the window, or a connection that is slower than its messages. Everything
/// that takes such a reason away ([#attach], an acknowledgement, [#writable]) drains the queue.
///
/// Where the session is kept beyond the process, a step at QoS 2 is sent only when it is on disk:
/// exactly once means that neither side may forget what the other one still knows.
final class Outbound {

    // For the life of the session.
    private final SessionKey owner;
    private final Tally tally;
    private final Account account;
    private final MessageQueue queue;
    private final long maxBytesInFlight;
    private final OutboundWindow window;

    /// Those of the window whose PUBLISH has to be on disk first, in order.
    private final ArrayDeque<InFlight> onHold = new ArrayDeque<>(0);

    private @Nullable SessionLog log;

    // For the life of a connection.
    private @Nullable Connection connection;
    private int sendQuota;
    private int missed;
    private @Nullable Topic firstMissed;
    private @Nullable InFlight resendFrom;

    Outbound(
            SessionKey owner,
            Account account,
            MessageQueue queue,
            long maxBytesInFlight,
            Tally tally) {
        this.owner = owner;
        this.account = account;
        this.queue = queue;
        this.maxBytesInFlight = maxBytesInFlight;
        this.tally = tally;
        this.window = new OutboundWindow(tally);
    }

    void keepIn(SessionLog kept) {
        log = kept;
    }

    /// Goes on where an earlier process left it, in the order of the messages.
    void restore(List<SavedSession.Entry> entries, SessionLog reopened) {
        log = reopened;
        boolean waiting = false;
        for (SavedSession.Entry entry : entries) {
            Kept kept = reopened.restore(entry);
            boolean exactlyOnce = entry.qos() == QoS.EXACTLY_ONCE;
            if (exactlyOnce && waiting && kept.phase() == Phase.SENT) {
                kept.notSent(); // it would have followed one that was not
            }
            waiting |= exactlyOnce && kept.phase() == Phase.QUEUED;
            putBack(kept);
        }
    }

    private void putBack(Kept kept) {
        Terms terms =
                new Terms(
                        kept.maximumQos(),
                        kept.retainAsPublished(),
                        kept.subscriptionIds(),
                        kept.sharedBy());
        Delivery delivery = new Delivery(account.restore(kept.message()), terms, kept);
        InFlight.State state =
                switch (kept.phase()) {
                    case QUEUED -> null;
                    case SENT ->
                            delivery.qos() == QoS.EXACTLY_ONCE
                                    ? InFlight.State.AWAIT_PUBREC
                                    : InFlight.State.AWAIT_PUBACK;
                    case RELEASED -> InFlight.State.AWAIT_PUBCOMP;
                };
        if (state == null || kept.packetId() == 0 || window.get(kept.packetId()) != null) {
            queue.add(delivery);
        } else {
            window.restore(delivery, state, kept.packetId()).sent = true;
        }
    }

    // --- connections

    void attach(Connection attached, int receiveMaximum, long now) {
        settleWithdrawn();
        connection = attached;
        sendQuota = receiveMaximum; // [MQTT-4.9.0-1]
        resendFrom = window.oldest();
        window.forEach(entry -> entry.counted = false);
        drain(now);
    }

    void detach() {
        connection = null;
        resendFrom = null;
    }

    /// The connection takes more again.
    void writable(long now) {
        drain(now);
    }

    // --- messages

    /// Sends the message, or keeps it until it can be sent.
    ///
    /// @param keepsQos0 whether QoS 0 waits too where there is no connection
    Outcome deliver(Message message, Terms terms, boolean keepsQos0, long now) {
        if (message.isExpired(now)) {
            tally.dropped(1); // [MQTT-3.3.2-5]
            return Outcome.DROPPED;
        }
        if (message.qos() == QoS.AT_MOST_ONCE || terms.maximumQos() == QoS.AT_MOST_ONCE) {
            return deliverAtMostOnce(message, terms, keepsQos0, now); // [MQTT-3.3.4-10]
        }
        boolean sendable = queue.isEmpty() && maySend();
        SessionLog keeper = log != null && log.keepsCurrent() ? log : null;
        boolean needsDisk = !sendable || message.qos().min(terms.maximumQos()) == QoS.EXACTLY_ONCE;
        if (keeper != null && needsDisk && keeper.refusesCurrent()) {
            tally.dropped(1);
            return Outcome.NOT_STORABLE;
        }
        Holding held = hold(message, sendable);
        if (held == null) {
            return Outcome.REJECTED;
        }
        Kept kept =
                keeper == null
                        ? null
                        : keeper.keep(
                                terms.maximumQos(),
                                terms.retainAsPublished(),
                                terms.subscriptionIds(),
                                terms.sharedBy(),
                                needsDisk);
        Delivery delivery = new Delivery(held, terms, kept);
        if (sendable) {
            sendFirstTime(delivery, now);
        } else {
            queue.add(delivery);
        }
        return Outcome.ACCEPTED;
    }

    /// Holds a message, if need be at the cost of older ones of QoS 0, or of any where the limits
    /// say so. What has to wait leaves some of the memory of all to what can be sent at once, so
    /// that clients who are away do not keep messages from those who are there.
    ///
    /// @return null where a limit is reached all the same
    private @Nullable Holding hold(Message message, boolean sendable) {
        int evicted = 0;
        Holding held = null;
        boolean mayGoOn = true;
        while (held == null && mayGoOn) {
            if (!sendable && !queue.hasRoomFor(message)) {
                mayGoOn = queue.evictOne();
            } else {
                held =
                        sendable || !account.isKeptForSending(message)
                                ? account.hold(message)
                                : null;
                mayGoOn = held != null || queue.evictOneForAll();
            }
            evicted += held == null && mayGoOn ? 1 : 0;
        }
        int lost = held == null ? evicted + 1 : evicted;
        if (lost > 0) {
            tally.overflowed(owner, message.topic(), lost);
        }
        return held;
    }

    private Outcome deliverAtMostOnce(Message message, Terms terms, boolean keepsQos0, long now) {
        Connection target = connection;
        if (target == null && keepsQos0) {
            Holding held = hold(message, false);
            if (held == null) {
                return Outcome.DROPPED;
            }
            queue.add(new Delivery(held, terms, null));
            return Outcome.ACCEPTED;
        }
        if (target == null) {
            tally.dropped(1);
            return Outcome.DROPPED;
        }
        if (!target.isWritable()) {
            tooSlowFor(message.topic());
            return Outcome.DROPPED;
        }
        boolean retain = message.retain() && terms.retainAsPublished();
        // Whatever the windows hold [MQTT-4.9.0-3].
        target.deliver( // [MQTT-4.3.1-1]
                message, QoS.AT_MOST_ONCE, retain, false, 0, terms.subscriptionIds(), now);
        tally.delivered();
        return Outcome.ACCEPTED;
    }

    /// There may be a great many of these, so each costs no more than counting it.
    private void tooSlowFor(Topic topic) {
        if (missed++ == 0) {
            firstMissed = topic;
            tally.missing(this);
        }
    }

    /// Tells of the messages that the connection has been too slow for, and starts again at zero.
    void reportMissed(ObjIntConsumer<Tally.Drop> listener) {
        if (firstMissed != null) {
            String app = Tally.appOf(firstMissed);
            listener.accept(new Tally.Drop(owner, app, Tally.Cause.SLOW_CONNECTION), missed);
        }
        firstMissed = null;
        missed = 0;
    }

    private boolean maySend() {
        return connection != null
                && sendQuota > 0 // [MQTT-3.3.4-9] [MQTT-4.9.0-2]
                && resendFrom == null
                && !window.isFull()
                && (window.isEmpty() || window.bytes() < maxBytesInFlight)
                && connection.isWritable();
    }

    private void sendFirstTime(Delivery delivery, long now) {
        Kept kept = delivery.kept();
        if (kept != null && delivery.isRecordedFirst()) {
            InFlight entry = window.add(delivery, InFlight.State.HOLD_PUBLISH);
            onHold.addLast(entry);
            reserve(entry);
            kept.record(Phase.SENT, entry.packetId);
            return;
        }
        InFlight.State state =
                delivery.qos() == QoS.AT_LEAST_ONCE
                        ? InFlight.State.AWAIT_PUBACK
                        : InFlight.State.AWAIT_PUBREC;
        InFlight entry = window.add(delivery, state);
        if (kept != null) {
            kept.sent(entry.packetId);
        }
        write(entry, now); // [MQTT-3.3.1-3] [MQTT-4.3.2-2] [MQTT-4.3.3-2]
    }

    private void reserve(InFlight entry) {
        if (!entry.counted) {
            entry.counted = true;
            sendQuota--;
        }
    }

    /// Where the client does not take packets of that size, the message counts as delivered
    /// [MQTT-3.1.2-25].
    private void write(InFlight entry, long now) {
        Delivery delivery = entry.delivery;
        boolean written =
                connection != null
                        && (entry.sent || !delivery.message().isExpired(now)) // [MQTT-3.3.2-5]
                        && connection.deliver(
                                delivery.message(),
                                delivery.qos(),
                                delivery.retain(),
                                entry.sent, // [MQTT-3.3.1-1]
                                entry.packetId,
                                delivery.terms().subscriptionIds(),
                                now);
        if (!written) {
            leave(entry);
            tally.dropped(1);
            return;
        }
        reserve(entry);
        if (!entry.sent) {
            entry.sent = true;
            tally.delivered();
        }
    }

    /// The message is on its way no more, and its identifier free.
    private void leave(InFlight entry) {
        if (resendFrom == entry) {
            resendFrom = entry.next;
        }
        window.remove(entry);
        if (entry.state == InFlight.State.HOLD_PUBLISH) {
            onHold.remove(entry);
        }
        entry.delivery.gone();
        // The end of a message that was released on an earlier connection makes no room on this
        // one.
        sendQuota += entry.counted ? 1 : 0;
    }

    void recorded(Kept kept, long now) {
        InFlight entry = window.get(kept.packetId());
        if (entry == null || entry.delivery.kept() != kept) {
            return;
        }
        if (entry.state == InFlight.State.HOLD_PUBLISH) {
            entry.recorded = true;
            letGo(now);
        } else if (entry.state == InFlight.State.HOLD_PUBREL) {
            entry.state = InFlight.State.AWAIT_PUBCOMP;
            sendPubRel(entry.packetId, ReasonCode.SUCCESS);
        }
    }

    /// Sends what had to be on disk first, in its order though the disk may have another.
    private void letGo(long now) {
        for (InFlight first = onHold.peekFirst();
                first != null && first.recorded;
                first = onHold.peekFirst()) {
            onHold.removeFirst();
            first.state = InFlight.State.AWAIT_PUBREC;
            // One that is not counted yet still has its turn to be sent.
            if (connection != null && first.counted) {
                write(first, now);
            }
        }
    }

    void withdraw(Kept kept, long now) {
        InFlight entry = window.get(kept.packetId());
        if (kept.packetId() == 0) {
            tally.dropped(queue.removeIf(delivery -> delivery.kept() == kept));
        } else if (entry != null
                && entry.delivery.kept() == kept
                && entry.state == InFlight.State.HOLD_PUBLISH) {
            leave(entry);
            tally.dropped(1);
            letGo(now); // those that were behind it
            drain(now);
        }
    }

    /// Sends as much as connection and window take: first again what was in flight, then the queue.
    private void drain(long now) {
        while (resendFrom != null && mayResend(resendFrom)) {
            InFlight entry = resendFrom;
            resendFrom = entry.next;
            resend(entry, now);
        }
        while (!queue.isEmpty() && maySend()) {
            Delivery next = queue.poll();
            if (next == null) {
                return;
            }
            if (next.message().isExpired(now)) {
                next.gone();
                tally.dropped(1); // [MQTT-3.3.2-5]
            } else if (next.qos() == QoS.AT_MOST_ONCE) {
                deliverAtMostOnce(next.message(), next.terms(), false, now);
                next.gone();
            } else {
                sendFirstTime(next, now);
            }
        }
    }

    private boolean mayResend(InFlight entry) {
        return connection != null
                && connection.isWritable()
                && (sendQuota > 0
                        || entry.state == InFlight.State.AWAIT_PUBCOMP
                        || entry.state == InFlight.State.HOLD_PUBREL);
    }

    private void resend(InFlight entry, long now) {
        switch (entry.state) {
            // Expired or not, for it was sent before [MQTT-4.3.3-7].
            case AWAIT_PUBACK, AWAIT_PUBREC -> write(entry, now); // [MQTT-4.3.3-6]
            case AWAIT_PUBCOMP -> // [MQTT-4.3.3-5] [MQTT-4.4.0-1]
                    sendPubRel(entry.packetId, ReasonCode.SUCCESS);
            case HOLD_PUBLISH -> reserve(entry); // goes out once it is on disk
            case HOLD_PUBREL -> {}
        }
    }

    /// PUBACK came, whatever its reason [MQTT-4.4.0-2] [MQTT-4.8.2-6]. One that belongs to nothing
    /// is passed over.
    void pubAck(int packetId, long now) {
        InFlight entry = window.get(packetId);
        if (entry != null && entry.state == InFlight.State.AWAIT_PUBACK) {
            complete(entry, now); // [MQTT-4.3.2-3]
        }
    }

    /// PUBREC came: the answer is PUBREL, unless the client refused the message.
    void pubRec(int packetId, ReasonCode reason, long now) {
        InFlight entry = window.get(packetId);
        if (entry == null || !entry.state.isBeforePubRel()) {
            sendPubRel(packetId, ReasonCode.PACKET_IDENTIFIER_NOT_FOUND);
        } else if (reason.isError()) {
            complete(entry, now); // [MQTT-4.3.3-4] [MQTT-4.4.0-2] [MQTT-4.8.2-6]
        } else if (entry.state == InFlight.State.AWAIT_PUBREC) {
            received(entry); // [MQTT-4.3.3-3] [MQTT-4.3.3-4]
        } else if (entry.state == InFlight.State.AWAIT_PUBCOMP) {
            sendPubRel(packetId, ReasonCode.SUCCESS);
        }
    }

    /// The client has a QoS 2 message.
    private void received(InFlight entry) {
        if (release(entry)) {
            sendPubRel(entry.packetId, ReasonCode.SUCCESS);
        }
    }

    /// The next step of a QoS 2 message is PUBREL.
    ///
    /// @return whether it may leave now; else when that is on disk
    private boolean release(InFlight entry) {
        Kept kept = entry.delivery.kept();
        if (kept != null && entry.delivery.isRecordedFirst()) {
            entry.state = InFlight.State.HOLD_PUBREL;
            kept.record(Phase.RELEASED, entry.packetId);
            return false;
        }
        entry.state = InFlight.State.AWAIT_PUBCOMP;
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
    void pubComp(int packetId, long now) {
        InFlight entry = window.get(packetId);
        if (entry != null && entry.state == InFlight.State.AWAIT_PUBCOMP) {
            complete(entry, now); // [MQTT-4.3.3-5]
        }
    }

    private void complete(InFlight entry, long now) {
        leave(entry);
        drain(now);
    }

    // --- for those who look after sessions

    int inFlight() {
        return window.size();
    }

    /// Lets go of messages that the client may not have any more, whether they wait or are in
    /// flight, and goes on with those behind them.
    ///
    /// An identifier that the client may answer on this connection stays taken until it does. A
    /// message of QoS 2 that may have arrived is released, as if PUBREC had come: the client, which
    /// may know its identifier, lets go of it, and the payload is not sent again.
    void purge(Predicate<Message> unwanted, long now) {
        tally.dropped(queue.removeIf(delivery -> unwanted.test(delivery.message())));
        List<InFlight> withdrawn =
                inFlight(entry -> !entry.withdrawn && unwanted.test(entry.delivery.message()));
        withdrawn.forEach(this::withdraw);
        tally.dropped(withdrawn.size());
        letGo(now);
        drain(now);
    }

    private void withdraw(InFlight entry) {
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
    private static void forget(InFlight entry) {
        Kept kept = entry.delivery.kept();
        if (kept != null && entry.state == InFlight.State.AWAIT_PUBACK) {
            kept.gone();
        } else if (kept != null) {
            kept.record(Phase.RELEASED, entry.packetId);
        }
    }

    /// Ends a withdrawn message that the client cannot answer any more, or begins its end.
    private void settle(InFlight entry) {
        if (entry.state == InFlight.State.AWAIT_PUBACK) {
            leave(entry);
        } else {
            var _ = release(entry); // PUBREL goes out in the turn of the message
        }
    }

    private void settleWithdrawn() {
        inFlight(entry -> entry.withdrawn).forEach(this::settle);
    }

    private List<InFlight> inFlight(Predicate<InFlight> which) {
        List<InFlight> found = new ArrayList<>(0);
        window.forEach(
                entry -> {
                    if (entry.state.mayBeSentAgain() && which.test(entry)) {
                        found.add(entry);
                    }
                });
        return found;
    }

    /// Hands over every message of a shared subscription that another member may still get, oldest
    /// first, because this session ends: those in the queue and those of QoS 1 that were not
    /// acknowledged. One of QoS 2 that was sent stays with its receiver [MQTT-4.8.2-5].
    void forEachShared(Consumer<Delivery> heir) {
        window.forEach(
                entry -> {
                    if ((entry.state == InFlight.State.AWAIT_PUBACK && !entry.withdrawn)
                            || entry.state == InFlight.State.HOLD_PUBLISH) {
                        inherit(entry.delivery, heir);
                    }
                });
        for (Delivery waiting = queue.poll(); waiting != null; waiting = queue.poll()) {
            inherit(waiting, heir);
            waiting.held().release();
        }
    }

    /// The session is over and holds nothing any more.
    void end() {
        window.forEach(entry -> entry.delivery.held().release());
        window.clear();
        onHold.clear();
        resendFrom = null;
        for (Delivery waiting = queue.poll(); waiting != null; waiting = queue.poll()) {
            waiting.held().release();
        }
    }

    private static void inherit(Delivery delivery, Consumer<Delivery> heir) {
        if (delivery.terms().sharedBy() != null) {
            heir.accept(delivery);
        }
    }
}
