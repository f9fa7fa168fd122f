package eu.sermas.bus.session;

import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.PubRel;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.packet.Will;
import java.util.BitSet;
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
public final class Session {

    // For the life of the session, owned by its event loop; the first three never change.
    private final SessionKey key;
    private final int loop;
    private final Tally tally;
    private final boolean queueQos0;
    private final Map<TopicFilter, Held> subscriptions = new LinkedHashMap<>(2);
    private final MessageQueue queue;
    private final OutboundWindow window = new OutboundWindow();
    private @Nullable BitSet received;
    private int receivedCount;
    private long expiryInterval;
    private @Nullable Will will;

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
        expiryInterval = seconds;
    }

    public @Nullable Will will() {
        return will;
    }

    public void will(@Nullable Will message) {
        will = message;
    }

    // --- subscriptions

    /// @return what was held under this filter before, or null
    public @Nullable Held subscribe(Held subscription) {
        return subscriptions.put(subscription.filter(), subscription); // [MQTT-3.8.4-3]
    }

    /// @return what was held under this filter, or null
    public @Nullable Held unsubscribe(TopicFilter filter) {
        return subscriptions.remove(filter);
    }

    public Map<TopicFilter, Held> subscriptions() {
        return Collections.unmodifiableMap(subscriptions);
    }

    // --- connections

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
    public void detach() {
        connection = null;
        resendFrom = null;
        online = false;
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
        Delivery delivery = new Delivery(message, terms);
        if (queue.isEmpty() && maySend()) {
            sendFirstTime(delivery, now);
            return Outcome.ACCEPTED;
        }
        return enqueue(delivery) ? Outcome.ACCEPTED : Outcome.REJECTED;
    }

    private boolean enqueue(Delivery delivery) {
        int evicted = queue.offer(delivery);
        tally.dropped(evicted < 0 ? 1 : evicted);
        return evicted >= 0;
    }

    private Outcome deliverAtMostOnce(Message message, Terms terms, long now) {
        Connection target = connection;
        if (target == null && queueQos0 && expiryInterval > 0) {
            return enqueue(new Delivery(message, terms)) ? Outcome.ACCEPTED : Outcome.DROPPED;
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
        InFlight.State state =
                delivery.qos() == QoS.AT_LEAST_ONCE
                        ? InFlight.State.AWAIT_PUBACK
                        : InFlight.State.AWAIT_PUBREC;
        InFlight entry = window.add(delivery, state);
        if (write(entry, false, now)) { // [MQTT-3.3.1-3] [MQTT-4.3.2-2] [MQTT-4.3.3-2]
            tally.delivered();
        }
    }

    /// @return false where the client does not take packets of that size: then the message counts
    ///   as delivered [MQTT-3.1.2-25]
    private boolean write(InFlight entry, boolean dup, long now) {
        Delivery delivery = entry.delivery;
        boolean written =
                connection != null
                        && connection.deliver(
                                delivery.message(),
                                delivery.qos(),
                                delivery.retain(),
                                dup,
                                entry.packetId,
                                delivery.terms().subscriptionIds(),
                                now);
        if (written) {
            sendQuota--;
            entry.counted = true;
        } else {
            window.remove(entry);
            tally.dropped(1);
        }
        return written;
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
            if (next == null || next.message().isExpired(now)) {
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
                && (sendQuota > 0 || entry.state == InFlight.State.AWAIT_PUBCOMP);
    }

    private void resend(InFlight entry, long now) {
        // Expired or not, for it was sent before [MQTT-4.3.3-7].
        if (entry.state != InFlight.State.AWAIT_PUBCOMP) { // [MQTT-4.3.3-6]
            write(entry, true, now); // [MQTT-3.3.1-1]
        } else if (connection != null) {
            connection.send(PubRel.success(entry.packetId)); // [MQTT-4.3.3-5] [MQTT-4.4.0-1]
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
        if (entry == null || entry.state == InFlight.State.AWAIT_PUBACK) {
            sendPubRel(packetId, ReasonCode.PACKET_IDENTIFIER_NOT_FOUND);
        } else if (reason.isError()) {
            complete(entry, now); // [MQTT-4.3.3-4] [MQTT-4.4.0-2] [MQTT-4.8.2-6]
        } else {
            entry.state = InFlight.State.AWAIT_PUBCOMP; // [MQTT-4.3.3-3] [MQTT-4.3.3-4]
            sendPubRel(packetId, ReasonCode.SUCCESS);
        }
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
        if (resendFrom == entry) {
            resendFrom = entry.next;
        }
        window.remove(entry);
        // The end of a message that was released on an earlier connection makes no room on this
        // one.
        sendQuota += entry.counted ? 1 : 0;
        drain(now);
    }

    // --- from the client

    /// Whether a QoS 2 message with this identifier came before and is not released yet; then it is
    /// not published again [MQTT-4.3.3-10].
    public boolean isReceived(int packetId) {
        return received != null && received.get(packetId);
    }

    /// Remembers the identifier of a QoS 2 message until PUBREL.
    public void received(int packetId) {
        if (received == null) {
            received = new BitSet();
        }
        received.set(packetId);
        receivedCount++;
    }

    /// PUBREL came: the identifier is free, whether the message has expired or not [MQTT-4.3.3-12]
    /// [MQTT-4.3.3-13].
    ///
    /// @return whether the identifier was known
    public boolean release(int packetId) {
        if (!isReceived(packetId) || received == null) {
            return false;
        }
        received.clear(packetId);
        receivedCount--;
        return true;
    }

    /// How many QoS 2 messages of the client are not released yet.
    public int receivedCount() {
        return receivedCount;
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
                    if (entry.state == InFlight.State.AWAIT_PUBACK) {
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
