package eu.sermas.bus.broker;

import eu.sermas.bus.packet.Message;
import eu.sermas.bus.session.Outcome;
import eu.sermas.bus.session.Session;
import eu.sermas.bus.session.Terms;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Messages that one event loop has for the sessions of another, gathered for a turn and handed
/// over as one task. The answers for the receipts go back the same way, all in one task.
final class Outbox {

    /// @param publisher whose own subscriptions may keep the message away, or null
    private record Parcel(
            Message message,
            Target[] targets,
            @Nullable Session publisher,
            @Nullable Receipt receipt) {}

    private record Answer(Receipt receipt, Outcome outcome) {}

    private final Shard from;
    private final Shard to;
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
        if (receipt != null) {
            receipt.expect();
        }
        from.needsEndOfTurn();
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
