package eu.sermas.bus.broker;

import eu.sermas.bus.access.AccessRights;
import eu.sermas.bus.access.Verdict;
import eu.sermas.bus.journal.Journal;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.Property;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.packet.SubAck;
import eu.sermas.bus.packet.Subscribe;
import eu.sermas.bus.packet.Subscription;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.packet.UnsubAck;
import eu.sermas.bus.packet.Unsubscribe;
import eu.sermas.bus.session.Connection;
import eu.sermas.bus.session.Held;
import eu.sermas.bus.session.Session;
import eu.sermas.bus.session.Terms;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The subscriptions of one client: from SUBSCRIBE to SUBACK and the retained messages behind it.
///
/// A subscription is in force for every event loop before SUBACK leaves. Retained messages are read
/// after that, so a message that is published meanwhile comes one way, the other or both, and never
/// before an older one.
final class Subscribing {

    private final Shard shard;
    private final Router router;
    private final Limits limits;
    private final Features features;
    private final Renewal renewal;
    private final Session session;
    private final Connection connection;
    private AccessRights rights;

    Subscribing(
            Shard shard,
            Router router,
            Limits limits,
            Features features,
            Session session,
            Connection connection,
            AccessRights rights,
            Renewal renewal) {
        this.shard = shard;
        this.router = router;
        this.limits = limits;
        this.features = features;
        this.renewal = renewal;
        this.session = session;
        this.connection = connection;
        this.rights = rights;
    }

    void rights(AccessRights changed) {
        rights = changed;
    }

    void subscribe(Subscribe packet) {
        int identifier = (int) packet.properties().number(Property.SUBSCRIPTION_IDENTIFIER, 0);
        List<ReasonCode> codes = new ArrayList<>(packet.subscriptions().size());
        List<Held> bringsRetained = new ArrayList<>();
        String reason = null;
        for (Subscription subscription : packet.subscriptions()) { // [MQTT-3.8.4-5]
            if (Renewal.isPrivate(subscription.filter())) {
                codes.add(renewal.subscribe(subscription.filter()));
                continue;
            }
            Violation refusal = refusal(subscription, identifier, codes.size());
            if (refusal == null) {
                Held held = new Held(bounded(subscription), identifier);
                boolean isNew = hold(held);
                if (bringsRetained(subscription, isNew)) {
                    bringsRetained.add(held);
                }
                codes.add(ReasonCode.granted(held.subscription().qos())); // [MQTT-3.9.3-1]
            } else {
                reason = reason == null ? refusal.reasonString() : reason;
                codes.add(refusal.reasonCode()); // [MQTT-3.8.4-7] [MQTT-3.9.3-2]
            }
        }
        SubAck answer = // [MQTT-3.8.4-1] [MQTT-3.8.4-2] [MQTT-3.8.4-6]
                // [MQTT-2.2.1-6], MQTT 3.1.1 [MQTT-2.3.1-7]
                new SubAck(packet.packetId(), codes, Properties.reason(reason));
        session.afterCommit(
                () -> {
                    connection.send(answer);
                    bringsRetained.forEach(this::deliverRetained);
                });
    }

    /// With the QoS that the broker offers [MQTT-3.8.4-8]; a higher one is no error
    /// [MQTT-3.2.2-10].
    private Subscription bounded(Subscription asked) {
        QoS qos = asked.qos().min(features.maximumQos());
        return qos == asked.qos()
                ? asked
                : new Subscription(
                        asked.filter(),
                        qos,
                        asked.noLocal(),
                        asked.retainAsPublished(),
                        asked.retainHandling());
    }

    private @Nullable Violation refusal(Subscription subscription, int identifier, int position) {
        Violation unsupported = features.refusal(subscription, identifier);
        if (unsupported != null) {
            return unsupported;
        }
        if (position >= limits.maxSubscriptionsPerPacket()) {
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
        if (session.subscriptions().size() >= limits.maxSubscriptions()
                && !session.subscriptions().containsKey(filter)) {
            return new Violation(
                    ReasonCode.QUOTA_EXCEEDED,
                    "subscriptions: more than " + limits.maxSubscriptions());
        }
        Verdict verdict = rights.maySubscribe(filter);
        if (!verdict.isAllowed()) {
            shard.denials().subscribe(session.key(), rights, filter, verdict);
            return new Violation(ReasonCode.NOT_AUTHORIZED, String.valueOf(verdict.reason()));
        }
        return null;
    }

    /// Puts the subscription in force, in one step where it replaces another, so that no message
    /// falls in between [MQTT-3.8.4-4].
    ///
    /// @return whether the session did not hold the filter before
    private boolean hold(Held held) {
        router.subscriptions().add(session, held.subscription(), held.identifier());
        return session.subscribe(held) == null;
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

    private void deliverRetained(Held held) {
        QoS maximum = held.subscription().qos();
        int[] ids = held.identifier() == 0 ? Terms.NO_IDS : new int[] {held.identifier()};
        // The RETAIN flag is set on these whatever Retain As Published says, section 3.3.1.3.
        Terms terms = new Terms(maximum, true, ids, null);
        long now = shard.now();
        router.retained()
                .forEachMatch(
                        held.filter(),
                        now,
                        (Message message) ->
                                router.deliverRetained(shard, message, session, terms));
        shard.needsEndOfTurn();
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
        router.subscriptions().remove(session, filter); // [MQTT-3.10.4-1] [MQTT-3.10.4-2]
        return session.unsubscribe(filter) != null;
    }
}
