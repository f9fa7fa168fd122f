package eu.sermas.bus.broker;

import eu.sermas.bus.access.AccessRights;
import eu.sermas.bus.access.Login;
import eu.sermas.bus.access.PayloadCheck;
import eu.sermas.bus.access.Rule;
import eu.sermas.bus.access.Sender;
import eu.sermas.bus.access.Verdict;
import eu.sermas.bus.broker.Acknowledgements.Owed;
import eu.sermas.bus.broker.Congestion.Reason;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.Property;
import eu.sermas.bus.packet.PubRel;
import eu.sermas.bus.packet.Publish;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.session.Connection;
import eu.sermas.bus.session.Outcome;
import eu.sermas.bus.session.Session;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// The publications of one client: from PUBLISH to the router, or to the refusal. What is answered,
/// and when, is the business of [Acknowledgements].
final class Inbound {

    /// One that takes more of the heap is not remembered, as there may be many connections.
    private static final int LONG_TOPIC = 4096;

    // For the life of the connection; the shard's loop owns everything.
    private final Shard shard;
    private final Router router;
    private final Session session;
    private final Connection connection;
    private final Renewal renewal;
    private final Features features;
    private final boolean mqtt5;
    private final int receiveMaximum;
    private final InboundAliases aliases;
    private final Hold hold;
    private final Acknowledgements acknowledgements;

    /// Of the publisher's app, or null where that has no quota.
    private final @Nullable AppUsage usage;

    /// What every message says of its publisher, or null where it says nothing.
    private final @Nullable Properties sender;

    private AccessRights rights;
    private @Nullable Topic lastTopic;
    private Verdict lastVerdict = Verdict.ALLOWED;
    private @Nullable PayloadCheck lastCheck;

    // The message that is refused before it is there, and why.
    private @Nullable Publish refusedHead;
    private Verdict refusal = Verdict.ALLOWED;

    /// Of the message that is looked at again because its verdict has come.
    private @Nullable Owed reserved;

    // The connection is gone; and whether it was the broker that has ended it.
    private boolean ended;
    private boolean sentAway;

    Inbound(
            Shard shard,
            Router router,
            Session session,
            Connection connection,
            Login login,
            @Nullable AppUsage usage,
            Hold hold,
            Renewal renewal,
            Limits limits,
            Features features) {
        this.shard = shard;
        this.router = router;
        this.session = session;
        this.connection = connection;
        this.rights = login.rights();
        this.sender = features.namesSender() ? Sender.of(login.principal()) : null;
        this.usage = usage;
        this.hold = hold;
        this.renewal = renewal;
        this.features = features;
        this.mqtt5 = connection.version().isMqtt5();
        this.receiveMaximum = mqtt5 ? limits.receiveMaximum() : Integer.MAX_VALUE;
        this.acknowledgements =
                new Acknowledgements(shard, session, connection, limits.maxUnacknowledged());
        this.aliases = // [MQTT-3.3.2-7]
                new InboundAliases(limits.topicAliasMaximum(), session.footprint());
    }

    /// The connection is gone.
    ///
    /// @param byBroker whether the broker has ended it
    void end(boolean byBroker) {
        ended = true;
        sentAway = byBroker;
        acknowledgements.end();
        aliases.clear();
        lastTopic = null;
    }

    void rights(AccessRights changed) {
        rights = changed;
        lastTopic = null;
    }

    /// What is known of the last topic may be different now.
    ///
    /// @param appId where it is one of this app, or null for any
    void forgetTopic(@Nullable String appId) {
        if (lastTopic != null && (appId == null || lastTopic.isOfApp(appId))) {
            lastTopic = null;
        }
    }

    /// @return what was wrong, or null; the connection is to be closed then
    @Nullable Violation publish(Publish publish) {
        Violation unsupported = features.refusal(publish);
        if (unsupported != null) {
            return unsupported;
        }
        if (!aliases.hasRoomFor(publish)) {
            return new Violation(
                    ReasonCode.QUOTA_EXCEEDED, "the memory for sessions is full: topic alias");
        }
        Topic topic = aliases.resolve(publish);
        if (topic == null) {
            return aliases.violation(publish);
        }
        if (publish.properties().has(Property.SUBSCRIPTION_IDENTIFIER)) {
            return new Violation( // [MQTT-3.3.4-6]
                    ReasonCode.PROTOCOL_ERROR, "subscription identifier in a PUBLISH of a client");
        }
        QoS qos = publish.qos();
        if (qos == QoS.EXACTLY_ONCE && session.isReceived(publish.packetId())) {
            acknowledgements.answerAgain(publish.packetId()); // [MQTT-4.3.3-10]
            return null;
        }
        if (qos == QoS.EXACTLY_ONCE && !session.mayReceive(publish.packetId())) {
            return new Violation(
                    ReasonCode.QUOTA_EXCEEDED,
                    "the memory for sessions is full: no room for packet identifier "
                            + publish.packetId());
        }
        if (qos != QoS.AT_MOST_ONCE && acknowledgements.unacknowledged() >= receiveMaximum) {
            return new Violation( // [MQTT-3.3.4-7]
                    ReasonCode.RECEIVE_MAXIMUM_EXCEEDED,
                    "more unacknowledged messages than the receive maximum " + receiveMaximum);
        }
        if (Renewal.isPrivate(topic)) {
            takeToken(publish, topic);
            return null;
        }
        Verdict verdict = isRefusedHead(publish) ? refusal : verdict(topic);
        if (verdict.isUndecided()) {
            ask(publish, topic);
        } else {
            take(publish, topic, verdict);
        }
        return null;
    }

    /// Whether a message will be refused for its head. It is judged here once and for all: rights
    /// that come while the rest of it is passed over are not for this message, which has no payload
    /// any more.
    ///
    /// Everything else that may be wrong with it is found when it has ended, as with any other.
    boolean refuses(Publish head) {
        Topic topic = aliases.resolve(head);
        if (topic == null || Renewal.isPrivate(topic)) {
            return false;
        }
        Verdict verdict = verdict(topic);
        if (verdict.isUndecided()) {
            return false;
        }
        String unfit = verdict.isAllowed() ? verdict.refusal(head.qos(), head.retain()) : null;
        if (verdict.isAllowed() && unfit == null) {
            return false;
        }
        refusedHead = head;
        refusal = unfit == null ? verdict : Verdict.denied(Rule.MISSING_GRANT, unfit);
        return true;
    }

    @SuppressWarnings("ReferenceEquality") // the transport hands back the same object
    private boolean isRefusedHead(Publish publish) {
        if (publish != refusedHead) {
            return false;
        }
        refusedHead = null;
        return true;
    }

    private void ask(Publish publish, Topic topic) {
        CompletableFuture<Verdict> answer = rights.decidePublish(topic).toCompletableFuture();
        Owed receipt = publish.isAnswered() ? acknowledgements.owe(publish) : null;
        if (receipt != null) {
            receipt.waitForVerdict();
        }
        hold.until(
                answer,
                () -> {
                    if (mayStillPublish(publish)) {
                        reserved = receipt;
                        take(publish, topic, answer.join());
                    }
                });
    }

    /// Of those who are gone nothing is published that they would send again. At QoS 0 nobody does,
    /// so it counts that it was sent before, unless the broker wanted no more of this connection.
    private boolean mayStillPublish(Publish publish) {
        return !ended || (!sentAway && !publish.isAnswered());
    }

    private Owed owe(Publish publish) {
        Owed known = reserved;
        reserved = null;
        return known != null ? known : acknowledgements.owe(publish);
    }

    private void take(Publish publish, Topic topic, Verdict verdict) {
        if (!verdict.isAllowed()) {
            deny(publish, topic, ReasonCode.NOT_AUTHORIZED, verdict);
            return;
        }
        String unfit = verdict.refusal(publish.qos(), publish.retain());
        if (unfit != null) {
            Verdict refusal = Verdict.denied(Rule.MISSING_GRANT, unfit);
            deny(publish, topic, ReasonCode.NOT_AUTHORIZED, refusal);
            return;
        }
        if (!PayloadFormat.isKept(publish)) {
            refuse(publish, ReasonCode.PAYLOAD_FORMAT_INVALID, "payload is not UTF-8 as it says");
            return;
        }
        // What waits for a verdict holds up what comes behind it, so the check is still its own.
        if (lastCheck != null && !passes(lastCheck, publish, topic)) {
            return;
        }
        if (usage != null && !mayUse(usage, publish, topic)) {
            return;
        }
        shard.tally().received();
        shard.needsEndOfTurn();
        accept(publish, topic);
    }

    /// Refuses a message, and tells the owner of the app.
    private void deny(Publish publish, Topic topic, ReasonCode code, Verdict verdict) {
        shard.denials().publish(session.key(), rights, topic, verdict);
        refuse(publish, code, verdict.reason());
    }

    /// Whether the quota of the app has room for the message. Who cannot be told that it has not is
    /// slowed down instead, so that nothing is lost.
    private boolean mayUse(AppUsage used, Publish publish, Topic topic) {
        long now = shard.timeOfTurn();
        String refusal = used.refusesMessage(now);
        if (refusal != null && mqtt5 && publish.isAnswered()) {
            Verdict verdict = Verdict.denied(Rule.LIMIT, refusal);
            deny(publish, topic, ReasonCode.QUOTA_EXCEEDED, verdict);
            return false;
        }
        used.published(Message.content(publish.payload(), publish.properties()), now);
        if (refusal != null) {
            shard.congestion()
                    .pauseWhile(connection, Reason.QUOTA, () -> used.isExhausted(shard.now()));
        }
        return true;
    }

    /// The right to publish, compiled when the client connected. Messages of one connection mostly
    /// go to the same topic, and the codec hands out the same object for it.
    @SuppressWarnings("ReferenceEquality") // the same object is the common case, and enough
    private Verdict verdict(Topic topic) {
        if (topic != lastTopic) {
            lastVerdict = rights.mayPublish(topic);
            lastCheck = shard.denials().payloads().of(topic);
            boolean isKept = rights.reviewMillis() == Long.MAX_VALUE && topic.cost() <= LONG_TOPIC;
            lastTopic = isKept ? topic : null;
        }
        return lastVerdict;
    }

    /// @return false where the message has been refused for its payload
    private boolean passes(PayloadCheck check, Publish publish, Topic topic) {
        String violation = check.violation(publish.payload());
        if (violation == null) {
            return true;
        }
        shard.denials().payload(session.key(), rights, topic, check.mode(), violation);
        if (check.mode() == PayloadCheck.Mode.OBSERVE) {
            return true;
        }
        refuse(publish, ReasonCode.PAYLOAD_FORMAT_INVALID, violation);
        return false;
    }

    /// A new token, which is for the broker alone.
    private void takeToken(Publish publish, Topic topic) {
        if (!topic.name().equals(Renewal.TOKEN_TOPIC)) {
            refuse(publish, ReasonCode.NOT_AUTHORIZED, "expected: " + Renewal.TOKEN_TOPIC);
            return;
        }
        Owed receipt = acknowledgements.owe(publish);
        receipt.expect();
        renewal.publish(
                publish.payload(),
                refusal -> {
                    if (refusal != null && mqtt5) {
                        receipt.refused(ReasonCode.NOT_AUTHORIZED, refusal);
                    }
                    receipt.answer(Outcome.ACCEPTED);
                });
        receipt.remember();
        receipt.decided();
    }

    private void refuse(Publish publish, ReasonCode reason, @Nullable String why) {
        if (!publish.isAnswered()) {
            return;
        }
        Owed receipt = owe(publish);
        receipt.refuse(reason, why);
        receipt.decided();
    }

    private void accept(Publish publish, Topic topic) {
        Route route = shard.routes().route(topic);
        if (shard.isBehind(route)) {
            shard.congestion().pause(connection);
        }
        Message message = message(publish, topic);
        if (!publish.isAnswered()) {
            router.publish(shard, route, message, session, null);
            return;
        }
        Owed receipt = owe(publish);
        receipt.remember();
        router.publish(shard, route, message, session, receipt);
        receipt.decided();
    }

    void whenAllIsAcknowledged(Runnable then) {
        acknowledgements.whenAllAreSent(then);
    }

    /// The client lets go of a QoS 2 message.
    void release(PubRel release) {
        acknowledgements.release(release);
    }

    private Message message(Publish publish, Topic topic) {
        Properties properties = publish.properties();
        long expiresAt = Message.NEVER;
        if (!properties.isEmpty()) {
            long lifetime = properties.number(Property.MESSAGE_EXPIRY_INTERVAL, -1);
            expiresAt = lifetime < 0 ? Message.NEVER : shard.timeAnew() + lifetime * 1000;
            properties = properties.without(Property.TOPIC_ALIAS, Property.MESSAGE_EXPIRY_INTERVAL);
        }
        if (sender != null) {
            properties = Sender.stamp(properties, sender);
        }
        return new Message(
                topic, publish.payload(), publish.qos(), publish.retain(), properties, expiresAt);
    }
}
