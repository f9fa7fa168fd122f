package eu.sermas.bus.broker;

import eu.sermas.bus.broker.Congestion.Reason;
import eu.sermas.bus.journal.Contribution;
import eu.sermas.bus.journal.Journal;
import eu.sermas.bus.journal.SessionLog;
import eu.sermas.bus.packet.Packet;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.PubAck;
import eu.sermas.bus.packet.PubComp;
import eu.sermas.bus.packet.PubRec;
import eu.sermas.bus.packet.PubRel;
import eu.sermas.bus.packet.Publish;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.session.Connection;
import eu.sermas.bus.session.Outcome;
import eu.sermas.bus.session.Session;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What one client is answered for its messages of QoS 1 and 2.
///
/// Acknowledgements leave in the order in which the messages came [MQTT-4.6.0-2] [MQTT-4.6.0-3],
/// each when every session that must get the message has answered for it; those that have to wait
/// stand in a queue.
///
/// A QoS 2 message and its identifier go into one batch, so the identifier is on disk where the
/// message was taken, and there alone: a refusal is known before anything is written, and what is
/// handed to the disk is written until it is there. Otherwise an identifier could outlive the
/// refusal of its message, and the next message under it would be taken for the one before.
final class Acknowledgements {

    // For the life of the connection; the shard's loop owns everything.
    private final Shard shard;
    private final Session session;
    private final Connection connection;
    private final boolean mqtt5;
    private final int maxUnacknowledged;

    private final ArrayDeque<Owed> owed = new ArrayDeque<>(0);
    private int qos1Owed;

    /// Whether what is settled now is not answered, since it was not published.
    private boolean dropping;

    /// What is done when nothing is owed any more.
    private @Nullable Runnable afterLast;

    Acknowledgements(Shard shard, Session session, Connection connection, int maxUnacknowledged) {
        this.shard = shard;
        this.session = session;
        this.connection = connection;
        this.mqtt5 = connection.version().isMqtt5();
        this.maxUnacknowledged = maxUnacknowledged;
    }

    /// An acknowledgement that this client waits for.
    final class Owed extends Receipt {
        private final int packetId;
        private final QoS qos;

        /// Whether it has its place in the queue although nobody knows yet whether the message may
        /// be published.
        private boolean undecided;

        private boolean remembered;
        private @Nullable List<Contribution> gathered;

        private Owed(int packetId, QoS qos) {
            this.packetId = packetId;
            this.qos = qos;
        }

        /// The message is looked at no further until somebody else has been asked. When it comes
        /// again meanwhile, on this connection or another one, it is not asked for again.
        void waitForVerdict() {
            remember();
            expect();
            undecided = true;
            enqueue(this);
        }

        /// From now on a message of this identifier is this one, until it is released.
        void remember() {
            if (qos == QoS.EXACTLY_ONCE && !remembered) {
                remembered = true;
                session.received(packetId);
            }
        }

        /// Nothing becomes of the message; when it comes again, it is a new one.
        private void drop() {
            if (remembered) {
                session.release(packetId);
            }
            decided();
        }

        /// The message is taken or refused: the answer leaves in its turn, once all have answered.
        void decided() {
            if (undecided) {
                undecided = false;
                accepted();
            } else {
                acknowledge(this);
            }
        }

        /// As far as the client can be told; MQTT 3 has no negative acknowledgement, so there the
        /// message counts as handled [MQTT-3.3.5-2].
        void refuse(ReasonCode reason, @Nullable String why) {
            if (mqtt5) {
                refused(reason, why);
            } else {
                remember();
            }
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

        private boolean isRefused() {
            return mqtt5 && reasonCode().isError();
        }

        @Override
        boolean hasPacketIdToKeep() {
            return qos == QoS.EXACTLY_ONCE && session.log() != null;
        }

        @Override
        void expectBatch() {
            super.expectBatch();
            shard.openReceipts().awaitsBatch(session, this);
        }

        @Override
        void writeTogether(List<Contribution> parts) {
            gathered = parts;
            shard.openReceipts().writeGathered(session);
        }

        /// Whether all is there that belongs in its batch.
        boolean isGathered() {
            return gathered != null;
        }

        /// Hands the batch to the disk.
        void write() {
            Journal journal = shard.journal();
            SessionLog log = session.log();
            List<Contribution> parts = gathered;
            if (journal == null || log == null || parts == null) {
                throw new IllegalStateException("a publisher without a log");
            }
            if (isRefused()) {
                accepted();
                return;
            }
            gathered = null;
            Answering answering = new Answering(shard, shard, this, Outcome.ACCEPTED);
            journal.commitTogether(log, packetId, parts, answering);
        }

        /// Sessions that have taken a message which others have refused get it all the same, and
        /// nothing of it was on disk before its publisher was told.
        private void leaveToReceivers() {
            if (gathered != null) {
                gathered.forEach(Contribution::alone);
            }
        }
    }

    /// The answer to a message of QoS 1 or 2.
    Owed owe(Publish publish) {
        return new Owed(publish.packetId(), publish.qos());
    }

    /// How many messages of the client are not answered, or not released, yet.
    int unacknowledged() {
        return qos1Owed + session.receivedCount();
    }

    /// The connection is gone. What waits for a verdict was promised to nobody: it is dropped, and
    /// a client that comes back sends it again.
    void end() {
        dropping = true;
        List.copyOf(owed).stream().filter(each -> each.undecided).forEach(Owed::drop);
        dropping = false;
    }

    private void acknowledge(Owed receipt) {
        if (receipt.packetId == 0) { // [MQTT-3.3.4-1]
            return;
        }
        if (owed.isEmpty() && receipt.isSettled()) {
            send(receipt);
        } else {
            enqueue(receipt);
        }
    }

    private void enqueue(Owed receipt) {
        owed.addLast(receipt);
        if (owed.size() >= maxUnacknowledged) {
            shard.congestion()
                    .pauseWhile(
                            connection,
                            Reason.UNACKNOWLEDGED,
                            () -> owed.size() >= maxUnacknowledged);
        }
        if (receipt.qos != QoS.EXACTLY_ONCE) {
            qos1Owed++;
        } else {
            shard.openReceipts().opened(session, receipt.packetId, receipt);
        }
    }

    /// A QoS 2 message came again before it was released: its answer is that of the first sending,
    /// which may have come on another connection and still be open.
    void answerAgain(int packetId) {
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
        Runnable then = afterLast;
        if (then != null && owed.isEmpty()) {
            afterLast = null;
            then.run();
        }
    }

    /// Does something behind the last answer that is owed now, at once where none is.
    void whenAllAreSent(Runnable then) {
        if (owed.isEmpty()) {
            then.run();
        } else {
            afterLast = then;
        }
    }

    private void send(Owed receipt) {
        ReasonCode reason = mqtt5 ? receipt.reasonCode() : ReasonCode.SUCCESS;
        Properties properties = Properties.reason(mqtt5 ? receipt.reasonString() : null);
        if (receipt.qos != QoS.EXACTLY_ONCE) {
            // Nothing is remembered, so the identifier is free [MQTT-4.3.2-5].
            // With the identifier of the PUBLISH [MQTT-2.2.1-5], MQTT 3.1.1 [MQTT-2.3.1-6].
            answer(new PubAck(receipt.packetId, reason, properties)); // [MQTT-4.3.2-4]
            return;
        }
        shard.openReceipts().answered(session, receipt.packetId, receipt);
        answer(new PubRec(receipt.packetId, reason, properties)); // [MQTT-4.3.3-8]
        if (reason.isError()) {
            session.release(receipt.packetId); // [MQTT-4.3.3-9]
            receipt.leaveToReceivers();
        }
    }

    private void answer(Packet packet) {
        if (!dropping) {
            connection.send(packet);
        }
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
