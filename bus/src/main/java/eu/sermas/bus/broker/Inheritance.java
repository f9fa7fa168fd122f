package eu.sermas.bus.broker;

import eu.sermas.bus.journal.Contribution;
import eu.sermas.bus.journal.Journal;
import eu.sermas.bus.journal.SessionLog;
import eu.sermas.bus.session.Delivery;
import eu.sermas.bus.session.Outcome;
import eu.sermas.bus.session.Session;
import java.util.List;
import java.util.Objects;

/// The messages of shared subscriptions that a session leaves to the other members when it ends
/// [MQTT-4.8.2-5].
///
/// They go over in parts, oldest first. What the heirs write of a part and what the giver deletes
/// of it is one batch on the disk, and only then an heir sends it: a process that is killed at any
/// moment leaves each message with one of them. A part is small, so that a long queue neither holds
/// up the loop nor is in memory twice, and the next one follows when this one is safe.
final class Inheritance {

    /// Messages that are looked at for one part, and what they may cost together.
    private static final int PART_MESSAGES = 256;

    private static final long PART_BYTES = 1 << 20;

    private final Shard shard;
    private final Session giver;
    private final Runnable done;

    /// @param giver a session that has ended
    /// @param done runs when nothing is left of its messages
    Inheritance(Shard shard, Session giver, Runnable done) {
        this.shard = shard;
        this.giver = giver;
        this.done = done;
    }

    /// A message that is being written in one batch with the packet identifier of its publisher
    /// belongs to that batch until it is on disk, or taken back.
    void begin() {
        SessionLog log = giver.log();
        if (log == null) {
            next();
        } else {
            log.afterBatchesOfOthers(this::next);
        }
    }

    private void next() {
        List<Delivery> part = giver.takeShared(PART_MESSAGES, PART_BYTES);
        if (!part.isEmpty()) {
            new Part(part).handOut();
        } else if (giver.mayHoldShared()) {
            giver.readShared(this::next);
        } else {
            giver.letGo();
            done.run();
            shard.needsEndOfTurn();
        }
    }

    /// What goes over at once.
    private final class Part extends Receipt {

        private final List<Delivery> given;

        Part(List<Delivery> given) {
            this.given = given;
        }

        void handOut() {
            boolean together = giver.log() != null;
            expect();
            if (together) {
                expectBatch();
            }
            int heirs = 0;
            for (Delivery delivery : given) {
                heirs += Router.redirect(shard, delivery, this, together) ? 1 : 0;
            }
            if (heirs == 0) {
                settled(); // they are gone as the subscription is
                return;
            }
            answer(Outcome.ACCEPTED);
        }

        @Override
        void writeTogether(List<Contribution> parts) {
            Journal journal = Objects.requireNonNull(shard.journal());
            journal.commitInheritance(
                    Objects.requireNonNull(giver.log()),
                    given.stream().map(Delivery::kept).filter(Objects::nonNull).toList(),
                    parts,
                    new Answering(shard, shard, this, Outcome.ACCEPTED));
        }

        @Override
        void settled() {
            given.forEach(Delivery::given);
            shard.later(Inheritance.this::next);
        }

        @Override
        boolean isRefusable() {
            return false;
        }
    }
}
