package eu.sermas.bus.session;

import eu.sermas.bus.journal.Journaled;
import eu.sermas.bus.journal.Kept;
import eu.sermas.bus.journal.SavedSession;
import eu.sermas.bus.journal.SessionLog;
import eu.sermas.bus.journal.SessionRecord;
import eu.sermas.bus.journal.SubscriptionRecord;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.packet.Will;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
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
/// A session that outlives its connection has a [SessionLog], which is told of every change and
/// writes it down.
public final class Session implements Journaled {

    /// So many messages, at this cost in bytes.
    public record Amount(int messages, long bytes) {}

    // For the life of the session, owned by its event loop; the first two never change.
    private final SessionKey key;
    private final int loop;
    private final boolean queueQos0;
    private final Map<TopicFilter, Held> subscriptions = new LinkedHashMap<>(2);
    private final Footprint footprint;
    private final MessageQueue queue;
    private final Outbound outbound;
    private @Nullable ReceivedIds received;
    private long expiryInterval;
    private final Testament testament;

    /// Where it is kept beyond the process, or null.
    private @Nullable SessionLog log;

    /// Where its record is kept, and its will in it: the same, or one for a session that ends with
    /// its connection and has nothing else to keep.
    private @Nullable SessionLog recordLog;

    private long absentSince;
    private long number;

    /// Read by other loops when they choose a member of a shared subscription: a hint, no more.
    private volatile boolean online;

    /// Nothing is taken any more. Read by other loops too, which may know this object for a while.
    private volatile boolean ended;

    /// @param loop the index of the event loop that owns this session
    /// @param account of the app that it belongs to
    /// @param later does something in another turn of the event loop that owns this session
    public Session(
            SessionKey key,
            int loop,
            QueueLimits limits,
            Account account,
            Tally tally,
            Executor later) {
        this.key = key;
        this.loop = loop;
        this.footprint = new Footprint(account, key);
        this.testament = new Testament(footprint, this::changed);
        this.queue = new MessageQueue(limits, account, tally);
        this.outbound =
                new Outbound(
                        key,
                        account,
                        queue,
                        limits.maxBytesInFlight(),
                        tally,
                        later,
                        this::subscriptionChanged);
        this.queueQos0 = limits.queueQos0();
    }

    public SessionKey key() {
        return key;
    }

    /// The index of the event loop that owns this session.
    public int loop() {
        return loop;
    }

    /// What it takes of the memory of its app.
    public Footprint footprint() {
        return footprint;
    }

    /// Whether a client is connected; may be read by any thread.
    public boolean isOnline() {
        return online;
    }

    /// Whether messages wait although a client is connected. Other loops read it without
    /// synchronization, as a hint that may be late; so it does not touch what changes with each
    /// message, which would have to come over from the owner's processor.
    public boolean isStalled() {
        return !queue.isEmpty();
    }

    /// Whether it is over: it takes nothing any more. From any thread.
    public boolean isEnded() {
        return ended;
    }

    /// Whether a message could wait here. Other loops read it without synchronization, as a hint
    /// that may be late; as long as the client keeps up, nothing of it changes with a message.
    public boolean hasRoomFor(Message message) {
        return queue.hasRoomFor(message) && !footprint.account().isKeptForSending(message);
    }

    /// Messages on their way or waiting. Other loops read it without synchronization, as a hint
    /// that may be late.
    public int load() {
        return outbound.inFlight() + queue.size();
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

    /// The will of the present connection, and the one that its predecessor has left.
    public Testament testament() {
        return testament;
    }

    public @Nullable Will will() {
        return testament.will();
    }

    /// Another will, or none, see [Testament#will].
    public void will(@Nullable Will message) {
        testament.will(message);
    }

    /// Its place in the order in which the sessions of its loop were made, 0 before it has one.
    public long number() {
        return number;
    }

    /// To be called once.
    public void number(long place) {
        number = place;
    }

    // --- what outlives the process

    /// From now on the session is kept.
    public void keepIn(SessionLog kept) {
        outbound.keepIn(kept, 0);
        log = kept;
        recordLog = kept;
    }

    /// From now on the record of the session is kept, and nothing else.
    public void keepRecordIn(SessionLog kept) {
        recordLog = kept;
    }

    /// Where the record of the session is kept, or null.
    public @Nullable SessionLog recordLog() {
        return recordLog;
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

    /// Does something behind what waits for [#afterCommit], and never later than that.
    public void inOrder(Runnable action) {
        if (log == null) {
            action.run();
        } else {
            log.inOrder(action);
        }
    }

    private void changed() {
        if (recordLog != null) {
            recordLog.changed();
        }
    }

    /// Does something once its record is on disk; at once where none is kept.
    public void afterRecord(Runnable action) {
        if (recordLog == null) {
            action.run();
        } else {
            recordLog.afterCommit(action);
        }
    }

    @Override
    public SessionRecord record() {
        return new SessionRecord(
                key.principalId(),
                key.clientId(),
                expiryInterval,
                absentSince,
                testament.written(),
                testament.writtenVerdict(),
                outbound.looseIds());
    }

    @Override
    public @Nullable SubscriptionRecord subscription(TopicFilter filter) {
        Held held = subscriptions.get(filter);
        return held == null
                ? null
                : new SubscriptionRecord(
                        held.subscription(), held.identifier(), outbound.isFed(filter));
    }

    /// Goes on where an earlier process left it. Subscriptions are held, but it is for the caller
    /// to put them in force.
    ///
    /// @param since when its client went away, in milliseconds of the time of the bus
    public void restore(SavedSession saved, SessionLog reopened, long since) {
        log = reopened;
        recordLog = reopened;
        expiryInterval = saved.record().expiryInterval();
        testament.restore(saved.record().will(), saved.record().willVerdict());
        absentSince = since;
        if (saved.record().absentSince() != since) {
            changed(); // or the next process would take its client as gone when this one ends
        }
        for (SubscriptionRecord held : saved.subscriptions()) {
            TopicFilter filter = held.subscription().filter();
            subscriptions.put(filter, new Held(held.subscription(), held.identifier()));
            footprint.subscribed(filter);
        }
        saved.received().stream()
                .forEach(
                        packetId -> {
                            received(packetId);
                            receivedIsKept(packetId);
                        });
        outbound.keepIn(reopened, saved.record().looseIds());
    }

    /// Does something once the session knows what was on its way to its client when the last
    /// process ended, which is at once as a rule; of several who ask, the last one is heard.
    public void afterRestore(Runnable then) {
        outbound.restore(then);
    }

    /// Whether [#afterRestore] takes a moment.
    public boolean isToBeRestored() {
        return queue.isBegun();
    }

    // --- subscriptions

    /// @return what was held under this filter before, or null
    public @Nullable Held subscribe(Held subscription) {
        TopicFilter filter = subscription.filter();
        subscriptionChanged(filter);
        Held before = subscriptions.put(filter, subscription); // [MQTT-3.8.4-3]
        if (before == null) {
            footprint.subscribed(filter);
        }
        return before;
    }

    /// @return what was held under this filter, or null
    public @Nullable Held unsubscribe(TopicFilter filter) {
        subscriptionChanged(filter);
        outbound.stopFeed(filter);
        Held before = subscriptions.remove(filter);
        if (before != null) {
            footprint.unsubscribed(before.filter());
        }
        return before;
    }

    /// From now on the session takes what this feed has, until that is over or the subscription is
    /// gone. The next process is told as long as it is not over.
    public void feed(Feed feed) {
        subscriptionChanged(feed.filter());
        outbound.feed(feed);
    }

    /// A feed has begun: its messages go behind all that waits now.
    public void feedBegins(long now) {
        outbound.feedBegins();
        outbound.writable(now);
    }

    /// Its subscription does not bring retained messages any more.
    public void stopFeed(TopicFilter filter) {
        if (outbound.stopFeed(filter)) {
            subscriptionChanged(filter);
        }
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
        if (ended) {
            return;
        }
        online = true;
        outbound.attach(connection, receiveMaximum, now);
    }

    /// The connection is gone; everything else stays.
    public void detach(long now) {
        outbound.detach();
        online = false;
        absentSince = now;
        changed();
    }

    /// The connection takes more again.
    public void writable(long now) {
        outbound.writable(now);
    }

    // --- to the client

    /// Sends the message, or keeps it until it can be sent. Whoever knows this session by a route
    /// may come with a message when it is over.
    public Outcome deliver(Message message, Terms terms, long now) {
        return ended
                ? Outcome.ENDED
                : outbound.deliver(message, terms, queueQos0 && expiryInterval > 0, now);
    }

    /// Something went wrong with this session by a fault of the bus: its client is to come back,
    /// and gets what is left of it then.
    @Override
    public void failed() {
        outbound.failed();
    }

    /// Takes over a message of a shared subscription from a session that has ended, whatever the
    /// limits.
    public Outcome inherit(Message message, Terms terms, long now) {
        return ended
                ? Outcome.ENDED
                : outbound.inherit(message, terms, queueQos0 && expiryInterval > 0, now);
    }

    /// PUBACK came, whatever its reason [MQTT-4.4.0-2] [MQTT-4.8.2-6].
    ///
    /// @return false where the message waits for another answer, which ends the connection; one
    ///   that belongs to nothing is passed over
    public boolean pubAck(int packetId, long now) {
        return outbound.pubAck(packetId, now);
    }

    /// PUBREC came: the answer is PUBREL, unless the client refused the message.
    ///
    /// @return as for [#pubAck]
    public boolean pubRec(int packetId, ReasonCode reason, long now) {
        return outbound.pubRec(packetId, reason, now);
    }

    /// PUBCOMP came.
    ///
    /// @return as for [#pubAck]
    public boolean pubComp(int packetId, long now) {
        return outbound.pubComp(packetId, now);
    }

    @Override
    public void recorded(Kept kept, long now) {
        outbound.recorded(kept, now);
    }

    @Override
    public void committed() {
        outbound.committed();
    }

    @Override
    public void withdraw(Kept kept, long now) {
        outbound.withdraw(kept, now);
    }

    // --- from the client

    /// Whether a QoS 2 message with this identifier came before and is not released yet; then it is
    /// not published again [MQTT-4.3.3-10].
    @Override
    public boolean isReceived(int packetId) {
        return received != null && received.contains(packetId);
    }

    /// Whether there is room to remember this identifier.
    public boolean mayReceive(int packetId) {
        long missing = ReceivedIds.cost(packetId) - (received == null ? 0 : received.cost());
        return missing <= 0 || footprint.mayGrow(missing);
    }

    /// Remembers the identifier of a QoS 2 message until PUBREL.
    public void received(int packetId) {
        if (received == null) {
            received = new ReceivedIds();
        }
        received.add(packetId);
        footprint.received(received.cost());
    }

    @Override
    public void receivedIsKept(int packetId) {
        if (received != null) {
            received.keep(packetId);
            footprint.received(received.cost());
        }
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

    // --- for people

    /// What waits, wherever it is.
    public Amount queued() {
        return new Amount(queue.size(), queue.bytes());
    }

    /// What is sent and not acknowledged.
    public Amount unacknowledged() {
        return new Amount(outbound.inFlight(), outbound.bytesInFlight());
    }

    /// How many messages of QoS 1 and 2 its client takes more now; 0 without one.
    public int sendQuota() {
        return outbound.sendQuota();
    }

    // --- for those who look after sessions

    public int queuedMessages() {
        return queue.size();
    }

    public long queuedBytes() {
        return queue.bytes();
    }

    public int inFlight() {
        return outbound.inFlight();
    }

    /// Lets go of messages that wait and have expired, on disk too.
    public void dropExpired(long now) {
        outbound.dropExpired(now);
    }

    /// Lets go of messages that may no longer be read, whether they wait or are in flight.
    public void purge(Predicate<Message> unwanted, long now) {
        outbound.purge(unwanted, now);
    }

    /// The session is over: it takes nothing any more, and whoever still knows this object, as a
    /// route does for a while, keeps nothing else alive by it. Its messages are to be taken out
    /// with [#takeShared]. What is on disk is the business of its log.
    public void end() {
        ended = true;
        online = false;
        outbound.detach();
        subscriptions.clear();
        footprint.end();
    }

    /// Takes out the oldest messages of a session that has ended, as far as they are in memory:
    /// those that are not acknowledged, and those that wait. What no other member of a shared
    /// subscription may get is let go of; one of QoS 2 that was sent stays with its receiver
    /// [MQTT-4.8.2-5].
    ///
    /// @param most messages that are looked at
    /// @param mostBytes their cost, from which on no other one is
    /// @return those that others are to get; each holds its memory until [Delivery#given]
    public List<Delivery> takeShared(int most, long mostBytes) {
        return outbound.takeShared(most, mostBytes);
    }

    /// Whether there may be more for others.
    public boolean mayHoldShared() {
        return outbound.mayHoldShared();
    }

    /// Has more of it in memory, in another turn of the loop.
    public void readShared(Runnable then) {
        outbound.readShared(then);
    }

    /// Others have what they are to get: nothing is held any more.
    public void letGo() {
        outbound.end();
    }
}
