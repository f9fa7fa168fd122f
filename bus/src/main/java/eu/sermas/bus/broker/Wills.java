package eu.sermas.bus.broker;

import eu.sermas.bus.access.AccessRights;
import eu.sermas.bus.access.PayloadCheck;
import eu.sermas.bus.access.Rule;
import eu.sermas.bus.access.Verdict;
import eu.sermas.bus.journal.Contribution;
import eu.sermas.bus.journal.Journal;
import eu.sermas.bus.journal.SessionLog;
import eu.sermas.bus.journal.WillVerdict;
import eu.sermas.bus.packet.Connect;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.Property;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.packet.Will;
import eu.sermas.bus.session.LeftWill;
import eu.sermas.bus.session.Outcome;
import eu.sermas.bus.session.Session;
import eu.sermas.bus.session.SessionKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Publishes the wills of one event loop's sessions, MQTT 5 section 3.1.2.5.
final class Wills {

    private static final Verdict NOT_KNOWN =
            Verdict.denied(
                    Rule.CREDENTIALS,
                    "will: not granted while the rights of its client were known");

    private final Shard shard;
    private final Router router;

    Wills(Shard shard, Router router) {
        this.shard = shard;
        this.router = router;
    }

    /// Why a client may not connect with its will, or null: its payload is held against the
    /// catalogue as that of a PUBLISH is. A client of MQTT 3 could not be told; its will is looked
    /// at when it is due.
    @Nullable Violation refusal(Connect connect, SessionKey who, AccessRights rights) {
        Will will = connect.will();
        if (will == null || !connect.version().isMqtt5()) {
            return null;
        }
        PayloadCheck check = shard.denials().payloads().of(will.topic());
        if (check == null || check.mode() != PayloadCheck.Mode.REJECT) {
            return null;
        }
        Verdict verdict = rights.mayPublish(will.topic());
        if (!verdict.isAllowed() && !verdict.isUndecided()) {
            return null; // it is never published
        }
        String violation = check.violation(will.payload());
        if (violation == null) {
            return null;
        }
        shard.denials().payload(who, rights, will.topic(), check.mode(), violation);
        return new Violation(ReasonCode.PAYLOAD_FORMAT_INVALID, violation);
    }

    /// Finds out whether the will may be published, for whoever has to do so after a restart
    /// without knowing these rights. It is also asked now so that the answer is there when the will
    /// goes out, whoever has to give it.
    void judge(Session session, AccessRights rights) {
        Will will = session.will();
        if (will == null) {
            return;
        }
        Verdict verdict = rights.mayPublish(will.topic());
        if (!verdict.isUndecided()) {
            WillVerdict found = kept(verdict, will);
            if (rights.isCertain() || found == WillVerdict.REFUSED) {
                session.testament().judge(found);
            }
            return;
        }
        rights.decidePublish(will.topic())
                .thenAccept(late -> shard.loop().execute(() -> judged(session, will, late)));
    }

    @SuppressWarnings("ReferenceEquality") // another will is another object, whatever it says
    private static void judged(Session session, Will will, Verdict verdict) {
        if (session.will() == will) {
            session.testament().judge(kept(verdict, will));
        }
    }

    private static WillVerdict kept(Verdict verdict, Will will) {
        return verdict.isAllowed() && verdict.refusal(will.qos(), will.retain()) == null
                ? WillVerdict.GRANTED
                : WillVerdict.REFUSED;
    }

    /// A session of an earlier process: its will stays where the verdict that was kept with it, or
    /// where there is none, rights that are certain, grant it.
    void restored(Session session, WillVerdict verdict, RightsWhileAway rights) {
        Will will = session.will();
        if (will == null || verdict == WillVerdict.GRANTED) {
            return;
        }
        if (verdict == WillVerdict.NOT_MADE && rights.known()) {
            judge(session, rights.rights());
            return;
        }
        session.will(null);
        shard.denials().publish(session.key(), rights.rights(), will.topic(), NOT_KNOWN);
    }

    /// Publishes the will, if there is one, and forgets it [MQTT-3.1.2-10]. It is judged by the
    /// rights of this moment, as any other publication.
    void publish(Session session, AccessRights rights) {
        publish(session, rights, () -> {});
    }

    /// @param done runs when the message is safe; the will stays on disk until then
    void publish(Session session, AccessRights rights, Runnable done) {
        LeftWill left = session.testament().take();
        if (left == null) {
            done.run();
            return;
        }
        Will will = left.will();
        LastWill handover = new LastWill(session, left, done);
        Verdict verdict = rights.mayPublish(will.topic());
        if (verdict.isUndecided()) {
            rights.decidePublish(will.topic())
                    .thenAccept(
                            late ->
                                    shard.loop()
                                            .execute(
                                                    () ->
                                                            publish(
                                                                    session, rights, left, late,
                                                                    handover)));
        } else {
            publish(session, rights, left, verdict, handover);
        }
    }

    private void publish(
            Session session,
            AccessRights rights,
            LeftWill left,
            Verdict verdict,
            LastWill handover) {
        Will will = left.will();
        String unfit = verdict.isAllowed() ? verdict.refusal(will.qos(), will.retain()) : null;
        if (!rights.isCertain() && left.verdict() != WillVerdict.GRANTED) {
            shard.denials().publish(session.key(), rights, will.topic(), NOT_KNOWN);
        } else if (!verdict.isAllowed() || unfit != null) {
            Verdict refusal = unfit == null ? verdict : Verdict.denied(Rule.MISSING_GRANT, unfit);
            shard.denials().publish(session.key(), rights, will.topic(), refusal);
        } else if (passes(session, rights, will)) {
            router.publish(shard, message(will), session, handover); // [MQTT-3.1.2-8]
        }
        handover.complete();
        shard.needsEndOfTurn();
    }

    private boolean passes(Session session, AccessRights rights, Will will) {
        PayloadCheck check = shard.denials().payloads().of(will.topic());
        String violation = check == null ? null : check.violation(will.payload());
        if (check == null || violation == null) {
            return true;
        }
        shard.denials().payload(session.key(), rights, will.topic(), check.mode(), violation);
        return check.mode() == PayloadCheck.Mode.OBSERVE;
    }

    /// A will on its way to those who get it. At QoS 2 one batch gives it to them and takes it from
    /// the session, or it would be published again after a crash in between.
    private final class LastWill extends Handover {

        private final Session session;
        private final LeftWill left;

        LastWill(Session session, LeftWill left, Runnable done) {
            super(done);
            this.session = session;
            this.left = left;
        }

        @Override
        boolean hasPacketIdToKeep() {
            return left.will().qos() == QoS.EXACTLY_ONCE && session.recordLog() != null;
        }

        @Override
        void writeTogether(List<Contribution> parts) {
            Journal journal = shard.journal();
            SessionLog log = session.recordLog();
            if (journal == null || log == null) {
                throw new IllegalStateException("a will without a log");
            }
            Answering answering = new Answering(shard, shard, this, Outcome.ACCEPTED);
            journal.commitWill(
                    log,
                    () -> session.testament().forget(left),
                    () -> session.testament().remember(left),
                    parts,
                    answering);
        }

        @Override
        void settled() {
            session.testament().isSafe(left);
            super.settled();
        }
    }

    private Message message(Will will) {
        long lifetime = will.properties().number(Property.MESSAGE_EXPIRY_INTERVAL, -1);
        return new Message(
                will.topic(),
                will.payload(),
                will.qos(),
                will.retain(), // [MQTT-3.1.2-14] [MQTT-3.1.2-15], 3.1.1 [MQTT-3.1.2-16] and -17
                // in their order [MQTT-3.1.3-10]
                will.properties()
                        .without(Property.WILL_DELAY_INTERVAL, Property.MESSAGE_EXPIRY_INTERVAL),
                lifetime < 0 ? Message.NEVER : shard.timeAnew() + lifetime * 1000);
    }
}
