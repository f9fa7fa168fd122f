package eu.sermas.bus.broker;

import eu.sermas.bus.packet.Message;
import eu.sermas.bus.session.Outcome;
import eu.sermas.bus.session.Session;
import eu.sermas.bus.session.Terms;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Messages that one event loop has for the sessions of another, gathered for a turn and handed
/// over as one task. The answers for the receipts go back the same way, all in one task.
final class Outbox {

    private static final long MAX_IN_TRANSIT = 8 * 1024 * 1024;

    /// What a message costs besides its payload, about.
    private static final int PARCEL_BYTES = 128;

    /// @param publisher whose own subscriptions may keep the message away, or null
    private record Parcel(
            Message message,
            Target[] targets,
            @Nullable Session publisher,
            @Nullable Receipt receipt) {}

    private record Answer(Receipt receipt, Outcome outcome) {}

    private final Shard from;
    private final Shard to;

    /// Bytes that the other loop has not taken yet; written by both loops.
    private final AtomicLong inTransit = new AtomicLong();

    private List<Parcel> parcels = new ArrayList<>();

    Outbox(Shard from, Shard to) {
        this.from = from;
        this.to = to;
    }

    /// On the loop of `from`.
    void add(
            Message message,
            Target[] targets,
            @Nullable Session publisher,
            @Nullable Receipt receipt) {
        parcels.add(new Parcel(message, targets, publisher, receipt));
        inTransit.getAndAdd(cost(message));
        if (receipt != null) {
            receipt.expect();
        }
        from.needsEndOfTurn();
    }

    private static long cost(Message message) {
        return (long) message.payload().length + PARCEL_BYTES;
    }

    /// Whether the other loop is so far behind that publishers should slow down.
    boolean isBehind() {
        return inTransit.get() > MAX_IN_TRANSIT;
    }

    /// On the loop of `from`, at the end of its turn.
    void handOver() {
        if (parcels.isEmpty()) {
            return;
        }
        List<Parcel> full = parcels;
        parcels = new ArrayList<>(full.size());
        to.loop().execute(() -> unpack(full));
    }

    /// On the loop of `to`.
    private void unpack(List<Parcel> full) {
        List<Answer> answers = new ArrayList<>();
        for (Parcel parcel : full) {
            inTransit.getAndAdd(-cost(parcel.message));
            Outcome worst = deliver(to, parcel.message, parcel.targets, parcel.publisher);
            if (parcel.receipt != null) {
                answers.add(new Answer(parcel.receipt, worst));
            }
        }
        if (!answers.isEmpty()) {
            from.loop()
                    .execute(
                            () -> answers.forEach(answer -> answer.receipt.answer(answer.outcome)));
        }
    }

    /// Gives a message to sessions of this shard, on its loop.
    ///
    /// @return REJECTED where one of them could not take it, else ACCEPTED
    static Outcome deliver(
            Shard shard, Message message, Target[] targets, @Nullable Session publisher) {
        long now = shard.now();
        Outcome worst = Outcome.ACCEPTED;
        for (Target target : targets) {
            Terms terms = target.termsFor(publisher);
            if (terms != null
                    && target.session().deliver(message, terms, now) == Outcome.REJECTED) {
                worst = Outcome.REJECTED;
            }
        }
        shard.needsEndOfTurn();
        return worst;
    }
}
