package eu.sermas.bus.broker;

import eu.sermas.bus.journal.Contribution;
import eu.sermas.bus.journal.Journal;
import eu.sermas.bus.journal.Stored;
import eu.sermas.bus.metrics.Faults;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.session.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Messages that one event loop has for the sessions of another, gathered for a turn and handed
/// over as one task. The answers for the receipts go back the same way, all in one task.
final class Outbox {

    /// What handing a message over costs besides the message, about.
    private static final int PARCEL_BYTES = 128;

    /// A topic and properties up to here are not counted: they are those of other messages too.
    private static final int USUAL_PARTS = 2048;

    private record RetainedChange(Topic topic, @Nullable Receipt receipt) {}

    private record Answer(Receipt receipt, Outcome outcome, @Nullable Contribution part) {

        void give() {
            if (part != null) {
                receipt.contribute(part);
            }
            receipt.answer(outcome);
        }
    }

    /// A message that the chosen member of a shared subscription did not take.
    private record Returned(Parcel parcel, Outcome why) {}

    private final Shard from;
    private final Shard to;
    private final long maxInTransit;

    // On the loop of `from`.
    private long bytesAdded;
    private long bytesHandedOver;
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
    void add(Parcel parcel) {
        parcels.add(parcel);
        bytesAdded += cost(parcel.message());
        if (parcel.receipt() != null) {
            parcel.receipt().expect();
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
            long bytes = bytesAdded - bytesHandedOver;
            parcels = new ArrayList<>(full.size());
            bytesHandedOver = bytesAdded;
            to.loop().execute(() -> unpack(full, bytes));
        }
        if (!retained.isEmpty()) {
            List<RetainedChange> changes = retained;
            retained = new ArrayList<>();
            to.loop().execute(() -> answer(changes, this::keepRetained));
        }
        if (!answers.isEmpty()) {
            List<Answer> given = answers;
            answers = new ArrayList<>();
            to.loop().execute(() -> answer(given, Answer::give));
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
    private void unpack(List<Parcel> full, long bytes) {
        // Nearly all answers are that all is well, and need no more than the receipt.
        List<Receipt> accepted =
                new ArrayList<>(full.getFirst().receipt() == null ? 0 : full.size());
        List<Answer> given = new ArrayList<>(0);
        List<Returned> returned = new ArrayList<>(0);
        for (Parcel parcel : full) {
            try {
                take(parcel, accepted, given, returned);
            } catch (RuntimeException e) {
                faults().note("a message of another loop", e);
                if (parcel.receipt() != null) {
                    given.add(new Answer(parcel.receipt(), Outcome.FAILED, null));
                }
            }
        }
        taken(bytes);
        if (!accepted.isEmpty()) {
            from.loop().execute(() -> answer(accepted, Receipt::accepted));
        }
        if (!given.isEmpty()) {
            from.loop().execute(() -> answer(given, Answer::give));
        }
        if (!returned.isEmpty()) {
            from.loop().execute(() -> answer(returned, this::giveToAnother));
        }
    }

    private void take(
            Parcel parcel, List<Receipt> accepted, List<Answer> given, List<Returned> returned) {
        Reception.begin(to, parcel.message(), parcel.promise());
        Outcome worst =
                Reception.deliver(
                        to,
                        parcel.message(),
                        parcel.targets(),
                        parcel.publisher(),
                        parcel.promise());
        Stored kept = Reception.end(to);
        Receipt receipt = parcel.receipt();
        if (worst != Outcome.ACCEPTED && Reception.isForAnother(worst, parcel.targets())) {
            returned.add(new Returned(parcel, worst));
            return;
        }
        if (receipt == null) {
            return;
        }
        if (parcel.promise().together() && kept != null) {
            given.add(new Answer(receipt, worst, Reception.contribution(to, kept)));
        } else if (kept != null && !kept.isSafe()) {
            kept.listener(new Answering(to, from, receipt, worst));
        } else if (worst == Outcome.ACCEPTED) {
            accepted.add(receipt);
        } else {
            given.add(new Answer(receipt, worst, null));
        }
    }

    /// Several publishers are answered in one task, and each is alone with what goes wrong.
    private <T> void answer(List<T> all, Consumer<T> answer) {
        faults().each("an answer to a publisher", all, answer);
    }

    private Faults faults() {
        return from.metrics().faults();
    }

    /// On the loop of `from`. The receipt is answered when another member is known, which then has
    /// to answer too.
    private void giveToAnother(Returned returned) {
        Parcel parcel = returned.parcel;
        Router.giveToAnother(from, parcel, returned.why);
        if (parcel.receipt() != null) {
            parcel.receipt().accepted();
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one loop alone writes it
    private void taken(long bytes) {
        bytesTaken += bytes;
    }
}
