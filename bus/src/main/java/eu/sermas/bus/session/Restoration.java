package eu.sermas.bus.session;

import eu.sermas.bus.journal.Kept;
import eu.sermas.bus.journal.QueueRecord.Phase;
import eu.sermas.bus.journal.SavedSession;
import eu.sermas.bus.journal.SessionLog;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.QoS;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Makes of what is on disk only, or was left by an earlier process, what it was before: messages
/// of one session that wait, and such that are on their way to its client.
final class Restoration implements MessageQueue.Restoring {

    private final Account account;
    private final Sending sending;
    private final Tally tally;
    private @Nullable SessionLog log;

    /// Of which QoS there is a message that waits.
    private final EnumSet<QoS> waiting = EnumSet.noneOf(QoS.class);

    /// What is on its way and the client may not have any more.
    private final List<Message> withdrawn = new ArrayList<>(0);

    Restoration(Account account, Sending sending, Tally tally) {
        this.account = account;
        this.sending = sending;
        this.tally = tally;
    }

    void keepIn(SessionLog kept) {
        log = kept;
    }

    @Override
    public Delivery delivery(SavedSession.Entry entry) {
        Kept kept = Objects.requireNonNull(log).restore(entry);
        if (waiting.contains(entry.qos()) && wouldOvertake(entry)) {
            kept.notSent();
        }
        if (kept.phase() == Phase.QUEUED) {
            waiting.add(entry.qos());
        }
        Terms terms =
                new Terms(
                        kept.maximumQos(),
                        kept.retainAsPublished(),
                        kept.subscriptionIds(),
                        kept.sharedBy());
        return account.holdAnyway(kept.message(), terms).keptAs(kept);
    }

    /// Whether a message that is known to be sent, behind one of which that is not known, has to
    /// wait with that one, so that both go out in their order [MQTT-4.6.0-1]. At QoS 1 both may
    /// have been sent; twice is allowed there. At QoS 2 neither was, for each step is on disk
    /// before the next message is sent, but for those with a loose identifier.
    ///
    /// What a subscription brings overtakes what waits, so of that it says nothing: it may have
    /// been sent, and the client know its identifier.
    private boolean wouldOvertake(SavedSession.Entry entry) {
        return entry.phase() == Phase.SENT
                && !entry.record().fed()
                && (entry.qos() != QoS.EXACTLY_ONCE || !sending.isLoose(entry.packetId()));
    }

    @Override
    public boolean takes(Delivery delivery, boolean isWithdrawn) {
        Kept kept = Objects.requireNonNull(delivery.kept());
        Delivery.State state =
                switch (kept.phase()) {
                    case QUEUED -> null;
                    case SENT -> Delivery.State.awaiting(delivery.qos());
                    case RELEASED -> Delivery.State.AWAIT_PUBCOMP;
                };
        boolean taken =
                state != null
                        && kept.packetId() != 0
                        && sending.restore(delivery, state, kept.packetId());
        if (taken && isWithdrawn) {
            withdrawn.add(delivery.message());
        }
        return taken;
    }

    /// Lets go of what was found and the client may not have any more.
    void purge(long now) {
        if (!withdrawn.isEmpty()) {
            tally.dropped(sending.purge(withdrawn::contains, now));
            withdrawn.clear();
        }
    }
}
