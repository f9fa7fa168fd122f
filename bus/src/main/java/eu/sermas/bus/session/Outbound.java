package eu.sermas.bus.session;

import eu.sermas.bus.journal.Kept;
import eu.sermas.bus.journal.SessionLog;
import eu.sermas.bus.packet.Durability;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.packet.TopicFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The messages of one session on their way to its client: those that wait here, and those that are
/// in flight, in [Sending].
///
/// A message waits in the queue whenever it cannot be written now, whatever the reason: no
/// connection, no room in the window, or a connection that is slower than its messages. A message
/// can leave the window at any step, because the client does not take it, it has expired or was
/// withdrawn; so whatever [Sending] is told of, the queue is drained behind it, and nothing stands
/// still.
final class Outbound {

    /// So many messages that are not sent are passed over in one turn of the loop, and the next
    /// ones in another turn: a queue may hold a million that have expired.
    private static final int PASSED_OVER_AT_ONCE = 1000;

    // For the life of the session.
    private final SessionKey owner;
    private final Tally tally;
    private final Account account;
    private final MessageQueue queue;
    private final Sending sending;
    private final Missed missed;
    private final Executor later;
    private final Restoration restoring;
    private final Consumer<TopicFilter> fed;

    private @Nullable SessionLog log;
    private @Nullable Runnable whenRestored;

    /// What subscriptions still have to bring, or null while there is nothing.
    private @Nullable Feeds feeds;

    /// Whether draining goes on in another turn.
    private boolean goesOn;

    Outbound(
            SessionKey owner,
            Account account,
            MessageQueue queue,
            long maxBytesInFlight,
            Tally tally,
            Executor later,
            Consumer<TopicFilter> fed) {
        this.owner = owner;
        this.account = account;
        this.queue = queue;
        this.tally = tally;
        this.later = later;
        this.fed = fed;
        this.missed = new Missed(owner, tally);
        this.sending = new Sending(maxBytesInFlight, tally, this::drain);
        this.restoring = new Restoration(account, sending, tally);
    }

    /// @param loose how many identifiers an earlier process may have used without a trace
    void keepIn(SessionLog kept, int loose) {
        log = kept;
        queue.keepIn(kept);
        sending.keepIn(kept, loose);
        restoring.keepIn(kept);
    }

    // --- what an earlier process left, and what is on disk only

    /// Has in memory what was on its way when the last process ended, before a client may answer
    /// it; at once where there is none of that.
    ///
    /// @param then is forgotten where somebody else asks before it is run
    void restore(Runnable then) {
        if (queue.isBegun()) {
            whenRestored = then;
            queue.read(restoring, this::pageCame);
        } else {
            then.run();
        }
    }

    private void pageCame() {
        if (queue.isBegun()) {
            queue.read(restoring, this::pageCame);
            return;
        }
        long now = Objects.requireNonNull(log).now();
        restoring.purge(now);
        Runnable waiting = whenRestored;
        whenRestored = null;
        if (waiting != null) {
            waiting.run();
        }
        drain(now);
    }

    /// Something of the session has come onto the disk.
    void committed() {
        queue.letGo();
    }

    // --- connections

    void attach(Connection attached, int receiveMaximum, long now) {
        sending.attach(attached, receiveMaximum);
        drain(now);
    }

    void failed() {
        Connection failing = sending.connection();
        if (failing != null) {
            failing.close(ReasonCode.UNSPECIFIED_ERROR, "a fault of the server");
        }
    }

    void detach() {
        sending.detach();
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
        QoS qos = Delivery.qos(message, terms);
        if (qos == QoS.AT_MOST_ONCE) {
            return deliverAtMostOnce(message, terms, keepsQos0, now); // [MQTT-3.3.4-10]
        }
        boolean exactlyOnce = qos == QoS.EXACTLY_ONCE;
        boolean sendable = isSendable(exactlyOnce);
        SessionLog keeper = keeper(sendable);
        boolean needsDisk = !sendable || exactlyOnce;
        if (keeper != null && needsDisk && keeper.refusesCurrent()) {
            tally.dropped(1);
            return Outcome.NOT_STORABLE;
        }
        // Where a shared subscription chose this session, another member may have room.
        boolean isLost = terms.sharedBy() == null;
        Delivery held = hold(message, terms, sendable, isLost);
        if (held == null) {
            return Outcome.REJECTED;
        }
        Kept kept = keeper == null ? null : keep(keeper, terms, needsDisk);
        take(held.keptAs(kept), sendable, now);
        return Outcome.ACCEPTED;
    }

    /// Takes over a message of a shared subscription from a session that has ended. It was promised
    /// already and is held already, so no limit refuses it; and it is not sent before it is certain
    /// on disk that the other session has it no more.
    Outcome inherit(Message message, Terms terms, boolean keepsQos0, long now) {
        if (message.isExpired(now) || terms.maximumQos() == QoS.AT_MOST_ONCE) {
            return deliver(message, terms, keepsQos0, now);
        }
        boolean sendable = isSendable(Delivery.qos(message, terms) == QoS.EXACTLY_ONCE);
        SessionLog keeper = keeper(sendable);
        Kept kept = keeper == null ? null : keep(keeper, terms, true);
        if (kept != null) {
            kept.inherit();
        }
        take(account.holdAnyway(message, terms).keptAs(kept), sendable, now);
        return Outcome.ACCEPTED;
    }

    private boolean isSendable(boolean exactlyOnce) {
        return queue.isEmpty()
                && sending.hasRoom()
                && (!exactlyOnce || sending.hasIdentifierFor(durability()));
    }

    /// Where the present message is to be kept, or null.
    private @Nullable SessionLog keeper(boolean sendable) {
        return log != null && (log.keepsCurrent() || (!sendable && queue.isPaging())) ? log : null;
    }

    private void take(Delivery delivery, boolean sendable, long now) {
        if (sendable) {
            sending.send(delivery, now);
        } else {
            queue.add(delivery);
            readAhead();
        }
    }

    /// That of the message that is delivered now.
    private Durability durability() {
        return log == null ? Durability.NONE : log.durabilityOfCurrent();
    }

    private static Kept keep(SessionLog keeper, Terms terms, boolean urgent) {
        return keeper.keep(
                terms.maximumQos(),
                terms.retainAsPublished(),
                terms.subscriptionIds(),
                terms.sharedBy(),
                urgent);
    }

    /// Holds a message, if need be at the cost of older ones of QoS 0, or of any where the limits
    /// say so, and of none for one that had no room even then. What has to wait leaves some of the
    /// memory of all to what can be sent at once, so that clients who are away do not keep messages
    /// from those who are there.
    ///
    /// @param isLost whether the message is lost where it is not held
    /// @return null where a limit is reached all the same
    private @Nullable Delivery hold(
            Message message, Terms terms, boolean sendable, boolean isLost) {
        Delivery held = sendable ? account.hold(message, terms) : null;
        return held != null ? held : makeRoom(message, terms, sendable, isLost);
    }

    private @Nullable Delivery makeRoom(
            Message message, Terms terms, boolean sendable, boolean isLost) {
        int evicted = 0;
        Delivery held = null;
        boolean mayGoOn = true;
        while (held == null && mayGoOn) {
            if (!sendable && !queue.hasRoomFor(message)) {
                mayGoOn = queue.couldHold(message) && queue.evictOne();
            } else if (!sendable && !queue.hasDiskFor(message)) {
                mayGoOn = false;
            } else {
                held =
                        sendable || !account.isKeptForSending(message)
                                ? account.hold(message, terms)
                                : null;
                mayGoOn =
                        held != null
                                || (account.couldHold(message, sendable, queue.bytes())
                                        && queue.evictOneForAll());
            }
            evicted += held == null && mayGoOn ? 1 : 0;
        }
        int lost = held == null && isLost ? evicted + 1 : evicted;
        if (lost > 0) {
            tally.overflowed(owner, message.topic(), lost);
        }
        return held;
    }

    private Outcome deliverAtMostOnce(Message message, Terms terms, boolean keepsQos0, long now) {
        Connection target = sending.connection();
        if (target == null && keepsQos0) {
            return enqueue(message, terms);
        }
        if (target == null) {
            tally.dropped(1);
            return Outcome.DROPPED;
        }
        if (queue.holdsAtMostOnce() || (feeds != null && !target.isWritable())) {
            // Behind others of its kind; or it is what the client is fed that is in the way, and
            // they take turns.
            return enqueue(message, terms);
        }
        if (!target.isWritable()) {
            missed.add(message.topic());
            return Outcome.DROPPED;
        }
        write(target, message, terms, now);
        return Outcome.ACCEPTED;
    }

    private Outcome enqueue(Message message, Terms terms) {
        Delivery held = hold(message, terms, false, true);
        if (held == null) {
            return Outcome.DROPPED;
        }
        SessionLog keeper = queue.isPaging() ? log : null;
        Kept kept = keeper == null ? null : keep(keeper, terms, false);
        queue.add(held.keptAs(kept));
        readAhead();
        return Outcome.ACCEPTED;
    }

    private void write(Connection target, Message message, Terms terms, long now) {
        boolean retain = message.retain() && terms.retainAsPublished();
        // Whatever the windows hold [MQTT-4.9.0-3].
        target.deliver( // [MQTT-4.3.1-1]
                message, QoS.AT_MOST_ONCE, retain, false, 0, terms.subscriptionIds(), now);
        tally.delivered();
    }

    void recorded(Kept kept, long now) {
        sending.recorded(kept, now);
        drain(now);
    }

    void withdraw(Kept kept, long now) {
        if (kept.packetId() == 0) {
            tally.dropped(queue.drop(kept));
        } else if (sending.withdraw(kept, now)) {
            tally.dropped(1);
            drain(now);
        }
    }

    /// Sends as much as connection and window take: first again what was in flight, then the queue
    /// and what subscriptions bring, in turns. The next page is read meanwhile.
    private void drain(long now) {
        if (queue.isEmpty() && feeds == null && !sending.hasToResend()) {
            return; // as with nearly every acknowledgement
        }
        readAhead();
        sending.resend(now);
        int passedOver = 0;
        while (sending.hasRoom()) {
            if (passedOver == PASSED_OVER_AT_ONCE) {
                drainLater(now);
                return;
            }
            if (feeds != null && feedOne(now)) {
                continue;
            }
            Delivery next = queue.peek();
            if (next == null || hasToWait(next, now)) {
                break;
            }
            queue.poll();
            if (!sendFromQueue(next, now)) {
                passedOver++;
            }
        }
        readAhead();
    }

    private void readAhead() {
        if (queue.wantsPage(sending.connection() != null)) {
            queue.read(restoring, this::pageCame);
        }
    }

    private boolean hasToWait(Delivery next, long now) {
        return next.qos() == QoS.EXACTLY_ONCE
                && !next.message().isExpired(now)
                && !sending.hasIdentifierFor(next.durability());
    }

    /// @return false where it is passed over
    private boolean sendFromQueue(Delivery next, long now) {
        if (next.message().isExpired(now)) {
            next.gone();
            tally.dropped(1); // [MQTT-3.3.2-5]
            return false;
        }
        if (feeds != null) {
            feeds.passed();
        }
        if (next.qos() == QoS.AT_MOST_ONCE) {
            Connection target = sending.connection();
            if (target != null) {
                write(target, next.message(), next.terms(), now);
            }
            next.gone();
            return true;
        }
        return sending.send(next, now);
    }

    // --- what subscriptions bring

    void feed(Feed feed) {
        if (feeds == null) {
            feeds = new Feeds(fed);
        }
        feeds.add(feed);
    }

    boolean isFed(TopicFilter filter) {
        return feeds != null && feeds.has(filter);
    }

    /// @return whether there was one
    boolean stopFeed(TopicFilter filter) {
        Feeds all = feeds;
        boolean was = all != null && all.remove(filter);
        dropFeeds();
        return was;
    }

    private void dropFeeds() {
        if (feeds != null && feeds.isEmpty()) {
            feeds = null;
        }
    }

    void feedBegins() {
        if (feeds != null) {
            feeds.begin(queue.size());
        }
    }

    /// Sends one message of a feed, where it is its turn. One for which there is no memory now, or
    /// which cannot be written first, waits: it is still there to be looked up again.
    private boolean feedOne(long now) {
        Feeds all = feeds;
        Feed feed = all == null ? null : all.next(!queue.isEmpty(), now);
        dropFeeds();
        Feed.Portion portion = feed == null ? null : feed.next(now);
        if (all == null || feed == null || portion == null) {
            return false;
        }
        if (!send(portion, now)) {
            feed.later();
            return false;
        }
        feed.taken();
        all.sent();
        return true;
    }

    private boolean send(Feed.Portion portion, long now) {
        Message message = portion.message();
        Terms terms = portion.terms();
        QoS qos = Delivery.qos(message, terms);
        Connection target = sending.connection();
        if (qos == QoS.AT_MOST_ONCE && target != null) {
            write(target, message, terms, now);
            return true;
        }
        SessionLog keeper = portion.durability() == Durability.NONE ? null : log;
        boolean isFirstOnDisk = qos == QoS.EXACTLY_ONCE;
        if (keeper != null && isFirstOnDisk && keeper.failure() != null) {
            return false;
        }
        if (isFirstOnDisk && !sending.hasIdentifierFor(portion.durability())) {
            return false;
        }
        Delivery held = account.hold(message, terms);
        if (held == null) {
            return false;
        }
        Kept kept =
                keeper == null
                        ? null
                        : keeper.keepRetained(
                                message,
                                portion.durability(),
                                terms.maximumQos(),
                                terms.subscriptionIds(),
                                isFirstOnDisk);
        sending.send(held.keptAs(kept), now);
        return true;
    }

    private void drainLater(long now) {
        if (!goesOn) {
            goesOn = true;
            later.execute(
                    () -> {
                        goesOn = false;
                        drain(now);
                    });
        }
    }

    // --- what the client answers

    boolean pubAck(int packetId, long now) {
        boolean fits = sending.pubAck(packetId);
        drain(now);
        return fits;
    }

    boolean pubRec(int packetId, ReasonCode reason, long now) {
        boolean fits = sending.pubRec(packetId, reason);
        drain(now);
        return fits;
    }

    boolean pubComp(int packetId, long now) {
        boolean fits = sending.pubComp(packetId);
        drain(now);
        return fits;
    }

    // --- for those who look after sessions

    int inFlight() {
        return sending.size();
    }

    long bytesInFlight() {
        return sending.bytes();
    }

    int sendQuota() {
        return sending.sendQuota();
    }

    /// How many identifiers may be used without a trace.
    int looseIds() {
        return sending.looseIds();
    }

    /// Lets go of messages that the client may not have any more, whether they wait or are in
    /// flight, and goes on with those behind them.
    void purge(Predicate<Message> unwanted, long now) {
        tally.dropped(queue.purge(unwanted));
        tally.dropped(sending.purge(unwanted, now));
        drain(now);
    }

    /// Lets go of messages that wait and have expired; those that were sent stay [MQTT-4.3.3-7].
    void dropExpired(long now) {
        int dropped = queue.dropExpired(now);
        if (dropped > 0) {
            tally.dropped(dropped);
            readAhead();
        }
    }

    /// Takes out the oldest messages of a session that has ended, as far as they are in memory.
    /// What is not for another member of a shared subscription is let go of.
    ///
    /// @param most messages that are looked at
    /// @param mostBytes their cost, from which on no other one is
    /// @return those that others are to get; to be told so by [Delivery#given]
    List<Delivery> takeShared(int most, long mostBytes) {
        List<Delivery> shared = new ArrayList<>(0);
        if (isSharedBegun()) {
            return shared;
        }
        long bytes = 0;
        for (int i = 0; i < most && bytes < mostBytes; i++) {
            Delivery sent = sending.poll();
            Delivery next = sent != null ? sent : queue.poll();
            if (next == null) {
                return shared;
            }
            if (!next.isInheritable()) {
                next.release();
                continue;
            }
            bytes += next.cost();
            if (next.kept() != null) {
                next.kept().giveAway();
            }
            shared.add(next);
        }
        return shared;
    }

    /// Whether there may be more for others.
    boolean mayHoldShared() {
        return sending.size() > 0 || queue.isInMemory() || queue.isSharedOnDisk();
    }

    /// Whether something that was on its way when the last process ended has to be read first.
    private boolean isSharedBegun() {
        return queue.isBegun() && queue.isSharedOnDisk();
    }

    /// Has more of it in memory, in another turn.
    void readShared(Runnable then) {
        if (!isSharedBegun() && (sending.size() > 0 || queue.hasNext())) {
            later.execute(then);
        } else {
            whenRestored = then;
            queue.read(restoring, this::pageCame);
        }
    }

    /// The session is over, and holds nothing any more.
    void end() {
        feeds = null;
        queue.end();
    }
}
