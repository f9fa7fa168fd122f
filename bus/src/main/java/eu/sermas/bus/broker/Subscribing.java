package eu.sermas.bus.broker;

import eu.sermas.bus.access.AccessRights;
import eu.sermas.bus.access.Uses;
import eu.sermas.bus.access.Verdict;
import eu.sermas.bus.journal.Journal;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.packet.SubAck;
import eu.sermas.bus.packet.Subscribe;
import eu.sermas.bus.packet.Subscription;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.packet.UnsubAck;
import eu.sermas.bus.packet.Unsubscribe;
import eu.sermas.bus.session.Connection;
import eu.sermas.bus.session.ConnectionMemory;
import eu.sermas.bus.session.Footprint;
import eu.sermas.bus.session.Held;
import eu.sermas.bus.session.Session;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// The subscriptions of one client: from SUBSCRIBE to SUBACK and the retained messages behind it.
///
/// A subscription is in force for every event loop before SUBACK leaves, and so is the note that
/// its retained messages are not all out. They follow as the client takes them, see [RetainedFeed].
final class Subscribing {

    private final Shard shard;
    private final Router router;
    private final Limits limits;
    private final Features features;
    private final Renewal renewal;
    private final Session session;
    private final ConnectionMemory memory;
    private final Connection connection;
    private final Hold hold;
    private final Map<TopicFilter, List<TopicFilter>> narrowed = new HashMap<>(0);
    private AccessRights rights;
    private boolean ended;

    Subscribing(
            Shard shard,
            Router router,
            Limits limits,
            Features features,
            Session session,
            ConnectionMemory memory,
            Connection connection,
            AccessRights rights,
            Hold hold,
            Renewal renewal) {
        this.shard = shard;
        this.router = router;
        this.limits = limits;
        this.features = features;
        this.renewal = renewal;
        this.session = session;
        this.memory = memory;
        this.connection = connection;
        this.rights = rights;
        this.hold = hold;
    }

    /// The connection is gone. A SUBSCRIBE that waits for its verdict is dropped: nobody was told
    /// that it holds, and the client may have come back and asked for something else.
    void end() {
        ended = true;
    }

    void rights(AccessRights changed) {
        rights = changed;
    }

    void subscribe(Subscribe packet) {
        Map<TopicFilter, CompletableFuture<Verdict>> asked = new HashMap<>(0);
        if (rights.reviewMillis() != Long.MAX_VALUE) {
            for (Subscription subscription : packet.subscriptions()) {
                TopicFilter filter = subscription.filter();
                asked.put(filter, rights.decideSubscribe(filter).toCompletableFuture());
            }
        }
        CompletableFuture<Void> answered =
                CompletableFuture.allOf(asked.values().toArray(CompletableFuture[]::new));
        if (answered.isDone()) {
            answer(packet, asked);
        } else {
            hold.until(answered, () -> answer(packet, asked));
        }
    }

    /// @param asked the verdicts for which somebody else had to be asked
    private void answer(Subscribe packet, Map<TopicFilter, CompletableFuture<Verdict>> asked) {
        if (ended) {
            return;
        }
        SubAckAnswer answer = new SubAckAnswer(packet);
        List<RetainedFeed> feeds = new ArrayList<>(0);
        for (Subscription subscription : packet.subscriptions()) { // [MQTT-3.8.4-5]
            TopicFilter filter = subscription.filter();
            if (Renewal.isPrivate(filter)) {
                answer.add(renewal.subscribe(filter));
                continue;
            }
            CompletableFuture<Verdict> known = asked.get(filter);
            Verdict verdict = known == null ? rights.maySubscribe(filter) : known.join();
            List<TopicFilter> parts =
                    verdict.isAllowed() || !answer.isToBeNarrowed()
                            ? List.of(filter)
                            : rights.narrow(filter);
            boolean isPart = !parts.equals(List.of(filter));
            Violation refusal =
                    refusal(
                            subscription,
                            answer,
                            isPart && !parts.isEmpty() ? Verdict.ALLOWED : verdict,
                            parts);
            if (refusal != null) {
                answer.refuse(refusal); // [MQTT-3.8.4-7] [MQTT-3.9.3-2]
                continue;
            }
            QoS granted = QoS.AT_MOST_ONCE;
            for (TopicFilter part : parts) {
                Uses uses = (isPart ? rights.maySubscribe(part) : verdict).uses();
                QoS qos = hold(bounded(subscription, part, uses), answer, uses, feeds);
                granted = qos.compareTo(granted) > 0 ? qos : granted;
            }
            answer.add(ReasonCode.granted(granted)); // [MQTT-3.9.3-1]
            if (isPart) {
                if (narrowed.put(filter, parts) == null) {
                    memory.take(Footprint.of(filter));
                }
                answer.narrowed(filter, parts);
            }
        }
        SubAck subAck = answer.packet(); // [MQTT-3.8.4-1] [MQTT-3.8.4-2] [MQTT-3.8.4-6]
        session.afterCommit(() -> send(subAck, feeds));
    }

    /// SUBACK waits until its retained messages may come, so that they follow it at once: a client
    /// that asks whether that was all, by PINGREQ, gets the answer behind them.
    private void send(SubAck subAck, List<RetainedFeed> feeds) {
        if (feeds.isEmpty()) {
            connection.send(subAck);
            return;
        }
        shard.transit()
                .await(
                        () -> {
                            connection.send(subAck);
                            feeds.forEach(RetainedFeed::begin);
                        });
    }

    /// With the QoS that the broker offers [MQTT-3.8.4-8]; a higher one is no error
    /// [MQTT-3.2.2-10].
    private Subscription bounded(Subscription asked, TopicFilter part, Uses uses) {
        return new Subscription(
                part,
                asked.qos().min(features.maximumQos()).min(uses.maximumQos()),
                asked.noLocal(),
                asked.retainAsPublished(),
                asked.retainHandling());
    }

    private @Nullable Violation refusal(
            Subscription subscription,
            SubAckAnswer answer,
            Verdict verdict,
            List<TopicFilter> parts) {
        Violation unsupported = features.refusal(subscription, answer.identifier());
        if (unsupported != null) {
            return unsupported;
        }
        if (answer.size() >= limits.maxSubscriptionsPerPacket()) {
            return new Violation(
                    ReasonCode.QUOTA_EXCEEDED,
                    "filters in one SUBSCRIBE: more than " + limits.maxSubscriptionsPerPacket());
        }
        Journal journal = shard.journal();
        String failure = journal == null || session.log() == null ? null : journal.failure();
        if (failure != null) {
            return new Violation(
                    ReasonCode.IMPLEMENTATION_SPECIFIC_ERROR,
                    "subscriptions cannot be stored now: " + failure);
        }
        TopicFilter filter = subscription.filter();
        List<TopicFilter> added =
                parts.stream().filter(part -> !session.subscriptions().containsKey(part)).toList();
        if (!added.isEmpty()
                && session.subscriptions().size() + added.size() > limits.maxSubscriptions()) {
            return new Violation(
                    ReasonCode.QUOTA_EXCEEDED,
                    "subscriptions: more than " + limits.maxSubscriptions());
        }
        long more = added.stream().mapToLong(Footprint::of).sum();
        if (!parts.isEmpty() && !parts.contains(filter) && !narrowed.containsKey(filter)) {
            more += Footprint.of(filter);
        }
        if (!session.footprint().mayGrow(more)) {
            return new Violation(ReasonCode.QUOTA_EXCEEDED, "the memory for subscriptions is full");
        }
        if (!verdict.isAllowed()) {
            shard.denials().subscribe(session.key(), rights, filter, verdict);
            return new Violation(ReasonCode.NOT_AUTHORIZED, String.valueOf(verdict.reason()));
        }
        return null;
    }

    /// Puts the subscription in force, in one step where it replaces another, so that no message
    /// falls in between [MQTT-3.8.4-4].
    ///
    /// @return the QoS that is granted
    private QoS hold(
            Subscription granted, SubAckAnswer answer, Uses uses, List<RetainedFeed> feeds) {
        Held held = new Held(granted, answer.identifier());
        router.subscriptions().add(session, granted, held.identifier());
        boolean isNew = session.subscribe(held) == null;
        if (uses.allowsRetained() && bringsRetained(granted, isNew)) {
            RetainedFeed feed =
                    new RetainedFeed(shard, router.retained(), session, granted.filter());
            if (!feed.isOver()) {
                session.feed(feed);
                feeds.add(feed);
            }
        }
        return granted.qos();
    }

    private static boolean bringsRetained(Subscription subscription, boolean isNew) {
        if (subscription.filter().isShared()) {
            return false;
        }
        return switch (subscription.retainHandling()) {
            case SEND -> true; // [MQTT-3.3.1-9]
            case SEND_IF_NEW -> isNew; // [MQTT-3.3.1-10]
            case DO_NOT_SEND -> false; // [MQTT-3.3.1-11]
        };
    }

    void unsubscribe(Unsubscribe packet) {
        List<ReasonCode> codes = new ArrayList<>(packet.filters().size());
        for (TopicFilter filter : packet.filters()) { // [MQTT-3.10.4-6]
            boolean held = Renewal.isPrivate(filter) ? renewal.unsubscribe(filter) : drop(filter);
            codes.add( // [MQTT-3.11.3-1]
                    held ? ReasonCode.SUCCESS : ReasonCode.NO_SUBSCRIPTION_EXISTED);
        }
        UnsubAck answer = // [MQTT-3.10.4-4] [MQTT-3.10.4-5] [MQTT-3.11.3-2]
                new UnsubAck(packet.packetId(), codes, Properties.NONE);
        session.afterCommit(() -> connection.send(answer));
    }

    /// What is in flight stays so [MQTT-3.10.4-3].
    private boolean drop(TopicFilter filter) {
        List<TopicFilter> parts = narrowed.remove(filter);
        if (parts != null) {
            memory.take(-Footprint.of(filter));
        }
        if (parts != null && !session.subscriptions().containsKey(filter)) {
            return parts.stream().map(this::dropOne).reduce(false, Boolean::logicalOr);
        }
        return dropOne(filter);
    }

    private boolean dropOne(TopicFilter filter) {
        router.subscriptions().remove(session, filter); // [MQTT-3.10.4-1] [MQTT-3.10.4-2]
        return session.unsubscribe(filter) != null;
    }
}
