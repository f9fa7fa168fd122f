package eu.sermas.bus.session;

import eu.sermas.bus.journal.Journaled;
import eu.sermas.bus.journal.Kept;
import eu.sermas.bus.journal.QueueRecord.Phase;
import eu.sermas.bus.journal.SavedSession;
import eu.sermas.bus.journal.SessionLog;
import eu.sermas.bus.journal.SessionRecord;
import eu.sermas.bus.journal.SubscriptionRecord;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.PubRel;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.packet.Will;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// One client's session, MQTT 5 section 4.1: what outlives a connection, and the two windows of
/// messages that are on their way.
///
/// It promises that messages leave in the order in which they came; that a message of QoS 1 or 2,
/// once accepted, is sent until it is acknowledged, across any number of connections; that one of
/// QoS 2 goes through each of its four steps once; and that no more are in flight than the client's
/// Receive Maximum. It does so as a plain state machine: the event loop that owns it calls it, the
/// time comes in as an argument, and it writes to a [Connection] that may be missing.
///
/// A message waits in the queue whenever it cannot be written now, whatever the reason: no
/// connection, no room in the window, or a connection that is slower than its messages. Everything
/// that takes such a reason away ([#attach], an acknowledgement, [#writable]) drains the queue.
///
/// A session that outlives its connection has a [SessionLog], which is told of every change and
/// writes it down. At QoS 2 a step is sent only when it is on disk: exactly once means that neither
/// side may forget what the other one still knows.
public final class Session implements Journaled {

    // For the life of the session, owned by its event loop; the first three never change.
    private final SessionKey key;
    private final int loop;
    private final Tally tally;
    private final boolean queueQos0;
    private final Map<TopicFilter, Held> subscriptions = new LinkedHashMap<>(2);
    private final MessageQueue queue;
    private final OutboundWindow window = new OutboundWindow();

    /// Those of the window whose PUBLISH has to be on disk first, in order.
    private final ArrayDeque<InFlight> onHold = new ArrayDeque<>(0);

    private @Nullable ReceivedIds received;
    private long expiryInterval;
    private @Nullable Will will;

    /// The last will, as long as it is not safe with those who get it.
    private @Nullable Will published;

    /// Where it is kept beyond the process, or null.
    private @Nullable SessionLog log;

    private long absentSince;

    // For the life of a connection.
    private @Nullable Connection connection;
    private int sendQuota;
    private @Nullable InFlight resendFrom;

    /// Read by other loops when they choose a member of a shared subscription: a hint, no more.
    private volatile boolean online;

    /// @param loop the index of the event loop that owns this session
    public Session(SessionKey key, int loop, QueueLimits limits, QueueBudget budget, Tally tally) {
        this.key = key;
        this.loop = loop;
        this.tally = tally;
        this.queue = new MessageQueue(limits, budget);
        this.queueQos0 = limits.queueQos0();
    }

    public SessionKey key() {
        return key;
    }

    /// The index of the event loop that owns this session.
    public int loop() {
        return loop;
    }

    /// Whether a client is connected; may be read by any thread.
    public boolean isOnline() {
        return online;
    }

    /// Whether messages wait although a client is connected. Other loops read it without
    /// synchronization, as a hint that may be late.
    public boolean isStalled() {
        return !queue.isEmpty();
    }

    /// Messages on their way or waiting. Other loops read it without synchronization, as a hint
    /// that may be late.
    public int load() {
        return window.size() + queue.size();
    }

    /// Seconds that the session outlives its connection; 0 ends it with the connection.
    public long expiryInterval() {
        return expiryInterval;
    }

    public void expiryInterval(long seconds) {
        if (expiryInterval != seconds) {
            expiryInterval = seconds;
            changed();
        }
    }

    public @Nullable Will will() {
        return will;
    }

    public void will(@Nullable Will message) {
        if (will != null || message != null) {
            will = message;
            changed();
        }
    }

    /// Takes the will to publish it. What is kept of the session still has it, until [#willIsSafe]:
    /// rather twice than never.
    public @Nullable Will takeWill() {
        Will taken = will;
        will = null;
        published = taken == null ? published : taken;
        return taken;
    }

    /// Whoever is to get the will has it.
    public void willIsSafe() {
        if (published != null) {
            published = null;
            changed();
        }
    }

    // --- what outlives the process

    /// From now on the session is kept.
    public void keepIn(SessionLog kept) {
        log = kept;
    }

    /// Where the session is kept, or null.
    public @Nullable SessionLog log() {
        return log;
    }

    /// Does something once all that has changed so far is as safe as the session itself.
    public void afterCommit(Runnable action) {
        if (log == null) {
            action.run();
        } else {
            log.afterCommit(action);
        }
    }

    private void changed() {
        if (log != null) {
            log.changed();
        }
    }

    @Override
    public SessionRecord record() {
        return new SessionRecord(
                key.principalId(),
                key.clientId(),
                expiryInterval,
                absentSince,
                will != null ? will : published);
    }

    @Override
    public @Nullable SubscriptionRecord subscription(TopicFilter filter) {
        Held held = subscriptions.get(filter);
        return held == null ? null : new SubscriptionRecord(held.subscription(), held.identifier());
    }

    /// Goes on where an earlier process left it. Subscriptions are held, but it is for the caller
    /// to put them in force.
    ///
    /// @param since when its client went away, in milliseconds since the epoch
    public void restore(SavedSession saved, SessionLog reopened, long since) {
        log = reopened;
        expiryInterval = saved.record().expiryInterval();
        will = saved.record().will();
        absentSince = since;
        if (saved.record().absentSince() != since) {
            changed(); // or the next process would take its client as gone when this one ends
        }
        for (SubscriptionRecord held : saved.subscriptions()) {
            subscriptions.put(
                    held.subscription().filter(), new Held(held.subscription(), held.identifier()));
        }
        saved.received().stream().forEach(packetId -> received(packetId, true));
        boolean waiting = false;
        for (SavedSession.Entry entry : saved.queue()) {
            Kept kept = SavedSession.putBack(reopened, entry);
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
        Delivery delivery = new Delivery(kept.message(), terms, kept);
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
            queue.putBack(delivery);
        } else {
            window.restore(delivery, state, kept.packetId()).sent = true;
        }
    }

    // --- subscriptions

    /// @return what was held under this filter before, or null
    public @Nullable Held subscribe(Held subscription) {
        subscriptionChanged(subscription.filter());
        return subscriptions.put(subscription.filter(), subscription); // [MQTT-3.8.4-3]
    }

    /// @return what was held under this filter, or null
    public @Nullable Held unsubscribe(TopicFilter filter) {
        subscriptionChanged(filter);
        return subscriptions.remove(filter);
    }

    private void subscriptionChanged(TopicFilter filter) {
        if (log != null) {
            log.subscriptionChanged(filter);
        }
    }

    public Map<TopicFilter, Held> subscriptions() {
        return Collections.unmodifiableMap(subscriptions);
    }

    // --- connections

    /// Its client has come back: from now on the session does not expire, whatever becomes of the
    /// process before [#attach].
    public void welcome() {
        if (absentSince != 0) {
            absentSince = 0;
            changed();
        }
    }

    /// Goes on with a new connection: first what was in flight, in the order in which it was sent
    /// [MQTT-4.4.0-1] [MQTT-4.8.2-4], then what has waited.
    ///
    /// @param receiveMaximum how many QoS 1 and 2 messages the client takes at a time
    public void attach(Connection connection, int receiveMaximum, long now) {
        this.connection = connection;
        this.sendQuota = receiveMaximum; // [MQTT-4.9.0-1]
        this.resendFrom = window.oldest();
        this.online = true;
        window.forEach(entry -> entry.counted = false);
        drain(now);
    }

    /// The connection is gone; everything else stays.
    public void detach(long now) {
        connection = null;
        resendFrom = null;
        online = false;
        absentSince = now;
        changed();
    }

    /// The connection takes more again.
    public void writable(long now) {
        drain(now);
    }

    // --- to the client

    /// Sends the message, or keeps it until it can be sent.
    public Outcome deliver(Message message, Terms terms, long now) {
        if (message.isExpired(now)) {
            tally.dropped(1); // [MQTT-3.3.2-5]
            return Outcome.DROPPED;
        }
        if (message.qos() == QoS.AT_MOST_ONCE || terms.maximumQos() == QoS.AT_MOST_ONCE) {
            return deliverAtMostOnce(message, terms, now); // [MQTT-3.3.4-10]
        }
        boolean sendable = queue.isEmpty() && maySend();
        if (log == null || !log.keepsCurrent()) {
            return accept(new Delivery(message, terms, null), sendable, now);
        }
        boolean needsDisk = !sendable || message.qos().min(terms.maximumQos()) == QoS.EXACTLY_ONCE;
        if (needsDisk && log.refusesCurrent()) {
            tally.dropped(1);
            return Outcome.NOT_STORABLE;
        }
        Kept kept =
                log.keep(
                        terms.maximumQos(),
                        terms.retainAsPublished(),
                        terms.subscriptionIds(),
                        terms.sharedBy(),
                        needsDisk);
        return accept(new Delivery(message, terms, kept), sendable, now);
    }

    private Outcome accept(Delivery delivery, boolean sendable, long now) {
        if (sendable) {
            sendFirstTime(delivery, now);
            return Outcome.ACCEPTED;
        }
        if (enqueue(delivery)) {
            return Outcome.ACCEPTED;
        }
        delivery.gone();
        return Outcome.REJECTED;
    }

    private boolean enqueue(Delivery delivery) {
        int evicted = queue.offer(delivery);
        tally.dropped(evicted < 0 ? 1 : evicted);
        return evicted >= 0;
    }

    private Outcome deliverAtMostOnce(Message message, Terms terms, long now) {
        Connection target = connection;
        if (target == null && queueQos0 && expiryInterval > 0) {
            return enqueue(new Delivery(message, terms, null)) ? Outcome.ACCEPTED : Outcome.DROPPED;
        }
        if (target == null || !target.isWritable()) {
            tally.dropped(1);
            return Outcome.DROPPED;
        }
        boolean retain = message.retain() && terms.retainAsPublished();
        // Whatever the windows hold [MQTT-4.9.0-3].
        target.deliver( // [MQTT-4.3.1-1]
                message, QoS.AT_MOST_ONCE, retain, false, 0, terms.subscriptionIds(), now);
        tally.delivered();
        return Outcome.ACCEPTED;
    }

    private boolean maySend() {
        return connection != null
                && sendQuota > 0 // [MQTT-3.3.4-9] [MQTT-4.9.0-2]
                && resendFrom == null
                && !window.isFull()
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

    @Override
    public void recorded(Kept kept, long now) {
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

    @Override
    public void withdraw(Kept kept, long now) {
        InFlight entry = window.get(kept.packetId());
        if (kept.packetId() == 0) {
            tally.dropped(queue.removeIf(delivery -> delivery.kept() == kept));
        } else if (entry != null
                && entry.delivery.kept() == kept
                && entry.state == InFlight.State.HOLD_PUBLISH) {
            leave(entry);
            tally.dropped(1);
            letGo(now); // those that were behind it
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
                deliverAtMostOnce(next.message(), next.terms(), now);
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
    public void pubAck(int packetId, long now) {
        InFlight entry = window.get(packetId);
        if (entry != null && entry.state == InFlight.State.AWAIT_PUBACK) {
            complete(entry, now); // [MQTT-4.3.2-3]
        }
    }

    /// PUBREC came: the answer is PUBREL, unless the client refused the message.
    public void pubRec(int packetId, ReasonCode reason, long now) {
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
        Kept kept = entry.delivery.kept();
        if (kept != null && entry.delivery.isRecordedFirst()) {
            entry.state = InFlight.State.HOLD_PUBREL;
            kept.record(Phase.RELEASED, entry.packetId);
            return;
        }
        entry.state = InFlight.State.AWAIT_PUBCOMP;
        if (kept != null) {
            kept.released(entry.packetId);
        }
        sendPubRel(entry.packetId, ReasonCode.SUCCESS);
    }

    private void sendPubRel(int packetId, ReasonCode reason) {
        if (connection != null) {
            connection.send(new PubRel(packetId, reason, Properties.NONE));
        }
    }

    /// PUBCOMP came.
    public void pubComp(int packetId, long now) {
        InFlight entry = window.get(packetId);
        if (entry != null && entry.state == InFlight.State.AWAIT_PUBCOMP) {
            complete(entry, now); // [MQTT-4.3.3-5]
        }
    }

    private void complete(InFlight entry, long now) {
        leave(entry);
        drain(now);
    }

    // --- from the client

    /// Whether a QoS 2 message with this identifier came before and is not released yet; then it is
    /// not published again [MQTT-4.3.3-10].
    @Override
    public boolean isReceived(int packetId) {
        return received != null && received.contains(packetId);
    }

    /// Remembers the identifier of a QoS 2 message until PUBREL.
    ///
    /// @param kept whether it is on disk too, or will be
    public void received(int packetId, boolean kept) {
        if (received == null) {
            received = new ReceivedIds();
        }
        received.add(packetId, kept);
    }

    /// PUBREL came: the identifier is free, whether the message has expired or not [MQTT-4.3.3-12]
    /// [MQTT-4.3.3-13].
    ///
    /// @return whether the identifier was known
    public boolean release(int packetId) {
        return received != null && received.remove(packetId, log);
    }

    /// How many QoS 2 messages of the client are not released yet.
    public int receivedCount() {
        return received == null ? 0 : received.count();
    }

    // --- for those who look after sessions

    public int queuedMessages() {
        return queue.size();
    }

    public long queuedBytes() {
        return queue.bytes();
    }

    public int inFlight() {
        return window.size();
    }

    /// Drops queued messages, such as those that may no longer be read.
    public void purge(Predicate<Message> unwanted) {
        tally.dropped(queue.removeIf(delivery -> unwanted.test(delivery.message())));
    }

    /// Hands over every message of a shared subscription that another member may still get, oldest
    /// first, because this session ends: those in the queue and those of QoS 1 that were not
    /// acknowledged. One of QoS 2 that was sent stays with its receiver [MQTT-4.8.2-5].
    public void forEachShared(Consumer<Delivery> heir) {
        window.forEach(
                entry -> {
                    if (entry.state == InFlight.State.AWAIT_PUBACK
                            || entry.state == InFlight.State.HOLD_PUBLISH) {
                        inherit(entry.delivery, heir);
                    }
                });
        for (Delivery waiting = queue.poll(); waiting != null; waiting = queue.poll()) {
            inherit(waiting, heir);
        }
    }

    private static void inherit(Delivery delivery, Consumer<Delivery> heir) {
        if (delivery.terms().sharedBy() != null) {
            heir.accept(delivery);
        }
    }
}
