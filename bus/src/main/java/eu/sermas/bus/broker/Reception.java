package eu.sermas.bus.broker;

import eu.sermas.bus.journal.Contribution;
import eu.sermas.bus.journal.Journal;
import eu.sermas.bus.journal.Stored;
import eu.sermas.bus.metrics.Faults;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.session.Outcome;
import eu.sermas.bus.session.Session;
import eu.sermas.bus.session.Terms;
import org.jspecify.annotations.Nullable;

/// A message at the sessions of one event loop that are to get it.
final class Reception {

    private Reception() {}

    /// Gives a message to sessions of its publisher's own loop.
    static void here(
            Shard shard,
            Message message,
            Target[] targets,
            @Nullable Session publisher,
            @Nullable Receipt receipt,
            Promise promise,
            int refusals) {
        begin(shard, message, promise);
        Outcome worst = deliver(shard, message, targets, publisher, promise);
        Stored kept = end(shard);
        if (worst != Outcome.ACCEPTED && isForAnother(worst, targets)) {
            Router.giveToAnother(
                    shard,
                    new Parcel(message, targets, publisher, receipt, promise, refusals),
                    worst);
            return;
        }
        if (receipt == null) {
            return;
        }
        receipt.note(worst);
        if (kept == null) {
            return;
        }
        if (promise.together()) {
            receipt.contribute(contribution(shard, kept));
        } else if (!kept.isSafe()) {
            receipt.expect();
            kept.listener(new Answering(shard, shard, receipt, worst));
        }
    }

    /// Whether another member of a shared subscription is to get a message, because this one is no
    /// more or has no room. Nothing of it is kept here then.
    static boolean isForAnother(Outcome outcome, Target[] targets) {
        return (outcome == Outcome.ENDED || outcome == Outcome.REJECTED)
                && targets[0].terms().sharedBy() != null;
    }

    static void begin(Shard shard, Message message, Promise promise) {
        Journal journal = shard.journal();
        if (journal != null) {
            journal.begin(message, promise.durability(), promise.together(), promise.refusable());
        }
    }

    static @Nullable Stored end(Shard shard) {
        Journal journal = shard.journal();
        return journal == null ? null : journal.end();
    }

    static Contribution contribution(Shard shard, Stored kept) {
        Journal journal = shard.journal();
        if (journal == null) {
            throw new IllegalStateException("a message is kept without a journal");
        }
        return journal.contribution(kept);
    }

    /// Between [#begin] and [#end].
    ///
    /// @return the worst of what the sessions said
    static Outcome deliver(
            Shard shard,
            Message message,
            Target[] targets,
            @Nullable Session publisher,
            Promise promise) {
        long now = shard.timeOfTurn();
        Outcome worst = Outcome.ACCEPTED;
        for (Target target : targets) {
            Terms terms = target.termsFor(publisher);
            if (terms != null) {
                Outcome outcome = give(shard, message, target.session(), terms, promise, now);
                if (outcome != Outcome.ACCEPTED && outcome.compareTo(worst) > 0) {
                    worst = outcome; // in the order of the constants: no milder one matters here
                }
            }
        }
        shard.needsEndOfTurn();
        return worst;
    }

    /// A session that fails is alone with that: its client has to come back, and the message goes
    /// on to the others.
    private static Outcome give(
            Shard shard, Message message, Session session, Terms terms, Promise promise, long now) {
        try {
            return promise.inherited()
                    ? session.inherit(message, terms, now)
                    : session.deliver(message, terms, now);
        } catch (RuntimeException e) {
            Faults faults = shard.metrics().faults();
            faults.note("a message for " + session.key(), e);
            faults.contain("the end of a connection of " + session.key(), session::failed);
            return Outcome.FAILED;
        }
    }
}
