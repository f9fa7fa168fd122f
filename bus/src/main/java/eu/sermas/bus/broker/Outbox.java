package eu.sermas.bus.broker;

import eu.sermas.bus.journal.Contribution;
import eu.sermas.bus.journal.Journal;
import eu.sermas.bus.journal.Stored;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.session.Outcome;
import eu.sermas.bus.session.Session;
import eu.sermas.bus.session.Terms;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Messages that one event loop has for the sessions of another, gathered for a turn and handed
/// over as one task. The answers for the receipts go back the same way, all in one task.
final class Outbox {

    /// What handing a message over costs besides the message, about.
    private static final int PARCEL_BYTES = 128;

    /// A topic and properties up to here are not counted: they are those of other messages too.
    private static final int USUAL_PARTS = 2048;

    /// @param publisher whose own subscriptions may keep the message away, or null
    private record Parcel(
            Message message,
            Target[] targets,
            @Nullable Session publisher,
            @Nullable Receipt receipt,
            Promise promise) {}

    private record RetainedChange(Topic topic, @Nullable Receipt receipt) {}

    private record Answer(Receipt receipt, Outcome outcome, @Nullable Contribution part) {

        void give() {
            if (part != null) {
                receipt.contribute(part);
            }
            receipt.answer(outcome);
        }
    }

    private final Shard from;
    private final Shard to;
    private final long maxInTransit;

    // On the loop of `from`.
    private long bytesAdded;
    private long bytesSeenTaken;
    private List<Parcel> parcels = new ArrayList<>();
    private List<RetainedChange> retained = new ArrayList<>(0);
    private List<Answer> answers = new ArrayList<>(0);

    /// Written by the loop of `to`, once a batch, and seldom read: what both loops use with each
    /// message goes back and forth between their processors.
    private volatile long bytesTaken;

    /// @param maxInTransit bytes on their way beyond which publishers should slow down
    Outbox(Shard from, Shard to, long maxInTransit) {
        this.from = from;
        this.to = to;
        this.maxInTransit = maxInTransit;
    }

    /// On the loop of `from`.
    void add(
            Message message,
            Target[] targets,
            @Nullable Session publisher,
            @Nullable Receipt receipt,
            Promise promise) {
        parcels.add(new Parcel(message, targets, publisher, receipt, promise));
        bytesAdded += cost(message);
        if (receipt != null) {
            receipt.expect();
        }
        from.needsEndOfTurn();
    }

    /// Tells the loop that writes the topic that its retained message is another one. On the loop
    /// of `from`.
    void retainedChanged(Topic topic, @Nullable Receipt receipt) {
        retained.add(new RetainedChange(topic, receipt));
        from.needsEndOfTurn();
    }

    /// Answers a publisher of the other loop later than in the task that brought its message. On
    /// the loop of `from`.
    void answer(Receipt receipt, Outcome outcome) {
        answers.add(new Answer(receipt, outcome, null));
        from.needsEndOfTurn();
    }

    private static long cost(Message message) {
        long parts = message.cost() - message.ownCost();
        return message.ownCost() + PARCEL_BYTES + (parts > USUAL_PARTS ? parts : 0);
    }

    /// Whether the other loop is so far behind that publishers should slow down. On the loop of
    /// `from`.
    boolean isBehind() {
        if (bytesAdded - bytesSeenTaken <= maxInTransit) {
            return false;
        }
        bytesSeenTaken = bytesTaken;
        return bytesAdded - bytesSeenTaken > maxInTransit;
    }

    /// On the loop of `from`, at the end of its turn.
    void handOver() {
        if (!parcels.isEmpty()) {
            List<Parcel> full = parcels;
            parcels = new ArrayList<>(full.size());
            to.loop().execute(() -> unpack(full));
        }
        if (!retained.isEmpty()) {
            List<RetainedChange> changes = retained;
            retained = new ArrayList<>();
            to.loop().execute(() -> changes.forEach(this::keepRetained));
        }
        if (!answers.isEmpty()) {
            List<Answer> given = answers;
            answers = new ArrayList<>();
            to.loop().execute(() -> given.forEach(Answer::give));
        }
    }

    /// On the loop of `to`.
    private void keepRetained(RetainedChange change) {
        keepRetained(to, change.topic, from, change.receipt);
    }

    /// @param receipt of a publisher on the loop of `publisher`, which expects the answer already
    static void keepRetained(Shard at, Topic topic, Shard publisher, @Nullable Receipt receipt) {
        Journal journal = at.journal();
        if (journal != null) {
            journal.retainedChanged(
                    topic,
                    receipt == null
                            ? null
                            : new Answering(at, publisher, receipt, Outcome.ACCEPTED));
        }
    }

    /// On the loop of `to`.
    private void unpack(List<Parcel> full) {
        // Nearly all answers are that all is well, and need no more than the receipt.
        List<Receipt> accepted = new ArrayList<>(full.getFirst().receipt == null ? 0 : full.size());
        List<Answer> given = new ArrayList<>(0);
        long bytes = 0;
        for (Parcel parcel : full) {
            bytes += cost(parcel.message);
            begin(to, parcel.message, parcel.promise);
            Outcome worst = deliver(to, parcel.message, parcel.targets, parcel.publisher);
            Stored kept = end(to);
            Receipt receipt = parcel.receipt;
            if (receipt == null) {
                continue;
            }
            if (parcel.promise.together() && kept != null) {
                given.add(new Answer(receipt, worst, contribution(to, kept)));
            } else if (kept != null && !kept.isSafe()) {
                kept.listener(new Answering(to, from, receipt, worst));
            } else if (worst == Outcome.ACCEPTED) {
                accepted.add(receipt);
            } else {
                given.add(new Answer(receipt, worst, null));
            }
        }
        taken(bytes);
        if (!accepted.isEmpty()) {
            from.loop().execute(() -> accepted.forEach(Receipt::accepted));
        }
        if (!given.isEmpty()) {
            from.loop().execute(() -> given.forEach(Answer::give));
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one loop alone writes it
    private void taken(long bytes) {
        bytesTaken += bytes;
    }

    /// Gives a message to sessions of the publisher's own loop.
    static void deliverHere(
            Shard shard,
            Message message,
            Target[] targets,
            @Nullable Session publisher,
            @Nullable Receipt receipt,
            Promise promise) {
        begin(shard, message, promise);
        Outcome worst = deliver(shard, message, targets, publisher);
        Stored kept = end(shard);
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

    private static void begin(Shard shard, Message message, Promise promise) {
        Journal journal = shard.journal();
        if (journal != null) {
            journal.begin(message, promise.durability(), promise.together(), promise.refusable());
        }
    }

    private static @Nullable Stored end(Shard shard) {
        Journal journal = shard.journal();
        return journal == null ? null : journal.end();
    }

    private static Contribution contribution(Shard shard, Stored kept) {
        Journal journal = shard.journal();
        if (journal == null) {
            throw new IllegalStateException("a message is kept without a journal");
        }
        return journal.contribution(kept);
    }

    /// @return the worst of what the sessions said
    private static Outcome deliver(
            Shard shard, Message message, Target[] targets, @Nullable Session publisher) {
        long now = shard.timeOfTurn();
        Outcome worst = Outcome.ACCEPTED;
        for (Target target : targets) {
            Terms terms = target.termsFor(publisher);
            if (terms != null) {
                Outcome outcome = target.session().deliver(message, terms, now);
                // In the order of the constants, and none of the milder ones matters here.
                worst = outcome.compareTo(worst) > 0 ? outcome : worst;
            }
        }
        shard.needsEndOfTurn();
        return worst;
    }
}
