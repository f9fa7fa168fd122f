package eu.sermas.bus.broker;

import eu.sermas.bus.access.AccessRights;
import eu.sermas.bus.access.Login;
import eu.sermas.bus.access.PayloadCheck;
import eu.sermas.bus.access.Rule;
import eu.sermas.bus.access.Sender;
import eu.sermas.bus.access.Verdict;
import eu.sermas.bus.journal.Contribution;
import eu.sermas.bus.journal.Journal;
import eu.sermas.bus.journal.SessionLog;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.Property;
import eu.sermas.bus.packet.PubAck;
import eu.sermas.bus.packet.PubComp;
import eu.sermas.bus.packet.PubRec;
import eu.sermas.bus.packet.PubRel;
import eu.sermas.bus.packet.Publish;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.session.Connection;
import eu.sermas.bus.session.Outcome;
import eu.sermas.bus.session.Session;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// The publications of one client: from PUBLISH to the acknowledgement.
///
/// Acknowledgements leave in the order in which the messages came [MQTT-4.6.0-2] [MQTT-4.6.0-3],
/// each when every session that must get the message has answered for it; those that have to wait
/// stand in a queue.
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
    private final int maxUnacknowledged;
    private final int topicAliasMaximum;
    private final InboundAliases aliases;
    private final Hold hold;

    /// Of the publisher's app, or null where that has no quota.
    private final @Nullable AppUsage usage;

    /// What every message says of its publisher, or null where it says nothing.
    private final @Nullable Properties sender;

    private final ArrayDeque<Owed> owed = new ArrayDeque<>(0);
    private final ArrayDeque<Owed> toWrite = new ArrayDeque<>(0);
    private int qos1Owed;

    private AccessRights rights;
    private @Nullable Topic lastTopic;
    private Verdict lastVerdict = Verdict.ALLOWED;
    private @Nullable PayloadCheck lastCheck;

    // The message that is refused before it is there, and why.
    private @Nullable Publish refusedHead;
    private Verdict refusal = Verdict.ALLOWED;

    /// An acknowledgement that this client waits for.
    private final class Owed extends Receipt {
        private final int packetId;
        private final QoS qos;
        private @Nullable List<Contribution> gathered;

        Owed(int packetId, QoS qos) {
            this.packetId = packetId;
            this.qos = qos;
        }

        @Override
        void settled() {
            acknowledgeSettled();
        }

        @Override
        String notStorable() {
            Journal journal = shard.journal();
            String failure = journal == null ? null : journal.failure();
            return super.notStorable() + (failure == null ? "" : ": " + failure);
        }

        @Override
        boolean isRefusable() {
            return mqtt5;
        }

        @Override
        boolean hasPacketIdToKeep() {
            return qos == QoS.EXACTLY_ONCE && session.log() != null;
        }

        @Override
        void expectBatch() {
            super.expectBatch();
            toWrite.addLast(this);
        }

        @Override
        void writeTogether(List<Contribution> parts) {
            Journal journal = shard.journal();
            SessionLog log = session.log();
            if (journal == null || log == null) {
                throw new IllegalStateException("a publisher without a log");
            }
            gathered = parts;
            // In the order of the messages, though some have waited for more than others.
            for (Owed first = toWrite.peekFirst();
                    first != null && first.gathered != null;
                    first = toWrite.peekFirst()) {
                toWrite.removeFirst();
                journal.commitTogether(
                        log,
                        first.packetId,
                        first.gathered,
                        new Answering(shard, shard, first, Outcome.ACCEPTED));
            }
        }
    }

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
        this.maxUnacknowledged = limits.maxUnacknowledged();
        this.topicAliasMaximum = limits.topicAliasMaximum();
        this.aliases = // [MQTT-3.3.2-7]
                new InboundAliases(topicAliasMaximum, session.footprint());
    }

    /// The connection is gone.
    void end() {
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
            return new Violation(
                    ReasonCode.TOPIC_ALIAS_INVALID,
                    "topic alias: out of range or not set (expected: 1.."
                            + topicAliasMaximum
                            + ", set by a message with a topic)");
        }
        if (publish.properties().has(Property.SUBSCRIPTION_IDENTIFIER)) {
            return new Violation( // [MQTT-3.3.4-6]
                    ReasonCode.PROTOCOL_ERROR, "subscription identifier in a PUBLISH of a client");
        }
        QoS qos = publish.qos();
        if (qos == QoS.EXACTLY_ONCE && session.isReceived(publish.packetId())) {
            answerAgain(publish.packetId()); // [MQTT-4.3.3-10]
            return null;
        }
        if (qos == QoS.EXACTLY_ONCE && !session.mayReceive(publish.packetId())) {
            return new Violation(
                    ReasonCode.QUOTA_EXCEEDED,
                    "the memory for sessions is full: no room for packet identifier "
                            + publish.packetId());
        }
        if (qos != QoS.AT_MOST_ONCE && qos1Owed + session.receivedCount() >= receiveMaximum) {
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
        hold.until(answer, () -> take(publish, topic, answer.join()));
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
            shard.congestion().pauseWhile(connection, () -> used.isExhausted(shard.now()));
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
        Owed receipt = new Owed(publish.packetId(), publish.qos());
        receipt.expect();
        renewal.publish(
                publish.payload(),
                refusal -> {
                    if (refusal != null && mqtt5) {
                        receipt.refused(ReasonCode.NOT_AUTHORIZED, refusal);
                    }
                    receipt.answer(Outcome.ACCEPTED);
                });
        if (publish.qos() == QoS.EXACTLY_ONCE) {
            session.received(publish.packetId(), false);
        }
        acknowledge(receipt);
    }

    private void refuse(Publish publish, ReasonCode reason, @Nullable String why) {
        if (!publish.isAnswered()) {
            return;
        }
        // MQTT 3 has no negative acknowledgement: the message counts as handled [MQTT-3.3.5-2].
        Owed refusal = new Owed(publish.packetId(), publish.qos());
        refusal.refused(mqtt5 ? reason : ReasonCode.SUCCESS, why);
        if (!mqtt5 && publish.qos() == QoS.EXACTLY_ONCE) {
            session.received(publish.packetId(), false);
        }
        acknowledge(refusal);
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
        Owed receipt = new Owed(publish.packetId(), publish.qos());
        if (publish.qos() == QoS.EXACTLY_ONCE) {
            session.received(publish.packetId(), session.log() != null);
        }
        router.publish(shard, route, message, session, receipt);
        acknowledge(receipt);
    }

    private Message message(Publish publish, Topic topic) {
        Properties properties = publish.properties();
        long expiresAt = Message.NEVER;
        if (!properties.isEmpty()) {
            long lifetime = properties.number(Property.MESSAGE_EXPIRY_INTERVAL, -1);
            expiresAt = lifetime < 0 ? Message.NEVER : shard.now() + lifetime * 1000;
            properties = properties.without(Property.TOPIC_ALIAS, Property.MESSAGE_EXPIRY_INTERVAL);
        }
        if (sender != null) {
            properties = Sender.stamp(properties, sender);
        }
        return new Message(
                topic, publish.payload(), publish.qos(), publish.retain(), properties, expiresAt);
    }

    private void acknowledge(Owed receipt) {
        if (receipt.packetId == 0) { // [MQTT-3.3.4-1]
            return;
        }
        if (owed.isEmpty() && receipt.isSettled()) {
            send(receipt);
        } else {
            owed.addLast(receipt);
            if (owed.size() >= maxUnacknowledged) {
                shard.congestion().pauseWhile(connection, () -> owed.size() >= maxUnacknowledged);
            }
            if (receipt.qos != QoS.EXACTLY_ONCE) {
                qos1Owed++;
            } else {
                shard.openReceipts().opened(session, receipt.packetId, receipt);
            }
        }
    }

    /// A QoS 2 message came again before it was released: its answer is that of the first sending,
    /// which may have come on another connection and still be open.
    private void answerAgain(int packetId) {
        Owed answer = new Owed(packetId, QoS.EXACTLY_ONCE);
        Receipt first = shard.openReceipts().find(session, packetId);
        if (first != null) {
            answer.follow(first);
        }
        acknowledge(answer);
    }

    private void acknowledgeSettled() {
        for (Owed first = owed.peekFirst();
                first != null && first.isSettled();
                first = owed.peekFirst()) {
            owed.removeFirst();
            qos1Owed -= first.qos == QoS.EXACTLY_ONCE ? 0 : 1;
            send(first);
        }
    }

    private void send(Owed receipt) {
        ReasonCode reason = mqtt5 ? receipt.reasonCode() : ReasonCode.SUCCESS;
        Properties properties = Properties.reason(mqtt5 ? receipt.reasonString() : null);
        if (receipt.qos != QoS.EXACTLY_ONCE) {
            // Nothing is remembered, so the identifier is free [MQTT-4.3.2-5].
            // With the identifier of the PUBLISH [MQTT-2.2.1-5], MQTT 3.1.1 [MQTT-2.3.1-6].
            connection.send(new PubAck(receipt.packetId, reason, properties)); // [MQTT-4.3.2-4]
            return;
        }
        shard.openReceipts().answered(session, receipt.packetId, receipt);
        if (reason.isError()) {
            session.release(receipt.packetId); // [MQTT-4.3.3-9]
        }
        connection.send(new PubRec(receipt.packetId, reason, properties)); // [MQTT-4.3.3-8]
    }

    /// The client lets go of a QoS 2 message.
    void release(PubRel release) {
        boolean known = session.release(release.packetId());
        PubComp answer = // [MQTT-4.3.3-11]
                new PubComp(
                        release.packetId(),
                        known || !mqtt5
                                ? ReasonCode.SUCCESS
                                : ReasonCode.PACKET_IDENTIFIER_NOT_FOUND,
                        Properties.NONE);
        // The client may use the identifier for another message from then on.
        session.afterCommit(() -> connection.send(answer));
    }
}
