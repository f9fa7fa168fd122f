package eu.sermas.bus.journal;

import eu.sermas.bus.journal.QueueRecord.Phase;
import eu.sermas.bus.packet.Durability;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.QoS;
import org.jspecify.annotations.Nullable;

/// A message that one session has to get, from when it was accepted until the client has
/// acknowledged it. Whoever sends it says how far it has come; the log writes that down.
public final class Kept {

    private final SessionLog log;
    private final long sequence;
    private final Stored stored;
    private final QoS maximumQos;
    private final boolean retainAsPublished;
    private final int[] subscriptionIds;
    private final @Nullable String sharedBy;

    private Phase phase = Phase.QUEUED;
    private int packetId;
    private boolean gone;

    // What the log knows about the disk.
    boolean touched;

    /// Whether there may be a record of it.
    boolean onDisk;

    /// Whether its record, and its present phase, are in a batch that has not failed.
    boolean recorded;

    boolean phaseRecorded;
    boolean hasPhaseRecord;

    /// Whether the message knows that this session lets go of it.
    boolean released;

    private int unconfirmed;
    private boolean awaited;
    private boolean safe;

    Kept(
            SessionLog log,
            long sequence,
            Stored stored,
            QoS maximumQos,
            boolean retainAsPublished,
            int[] subscriptionIds,
            @Nullable String sharedBy) {
        this.log = log;
        this.sequence = sequence;
        this.stored = stored;
        this.maximumQos = maximumQos;
        this.retainAsPublished = retainAsPublished;
        this.subscriptionIds = subscriptionIds;
        this.sharedBy = sharedBy;
        this.safe = stored.durability() != Durability.FSYNC;
    }

    public Message message() {
        return stored.message();
    }

    public QoS maximumQos() {
        return maximumQos;
    }

    public boolean retainAsPublished() {
        return retainAsPublished;
    }

    public int[] subscriptionIds() {
        return subscriptionIds;
    }

    public @Nullable String sharedBy() {
        return sharedBy;
    }

    public Phase phase() {
        return phase;
    }

    /// The packet identifier that it was sent with; 0 while it is queued.
    public int packetId() {
        return packetId;
    }

    long sequence() {
        return sequence;
    }

    Stored stored() {
        return stored;
    }

    SessionLog log() {
        return log;
    }

    boolean isGone() {
        return gone;
    }

    /// Whether what is sent of it has to wait until it is on disk: exactly once means that neither
    /// side may forget a packet identifier that the other one still knows.
    public boolean mustBeRecordedFirst() {
        return stored.durability() == Durability.FSYNC;
    }

    /// It takes the next step, at leisure: at QoS 1 a step that is lost costs a second delivery.
    public void sent(int identifier) {
        step(Phase.SENT, identifier);
        log.touch(this, false);
    }

    /// The client has it and was told so, at leisure too.
    public void released(int identifier) {
        step(Phase.RELEASED, identifier);
        log.touch(this, false);
    }

    /// It is to take the next step; [Journaled#recorded] says when it may.
    public void record(Phase next, int identifier) {
        step(next, identifier);
        awaited = true;
        log.touch(this, true);
    }

    private void step(Phase next, int identifier) {
        phase = next;
        packetId = identifier;
        phaseRecorded = false;
    }

    /// As it was found on disk.
    void restore(Phase found, int identifier) {
        phase = found;
        packetId = identifier;
        onDisk = true;
        recorded = true;
        phaseRecorded = true;
        hasPhaseRecord = found != Phase.QUEUED;
        safe = true;
    }

    /// It was about to be sent when the last process ended, and was not.
    public void notSent() {
        phase = Phase.QUEUED;
        packetId = 0;
    }

    boolean isAwaited() {
        return awaited;
    }

    /// Nobody has to get it any more: it is acknowledged, expired or dropped.
    public void gone() {
        if (!gone) {
            gone = true;
            log.touch(this, false);
            safe();
        }
    }

    /// A batch has it.
    void handedOver() {
        unconfirmed++;
    }

    /// A batch that has it was committed.
    void committed() {
        unconfirmed--;
        safe();
        if (awaited && !gone && unconfirmed == 0 && recorded && phaseRecorded) {
            awaited = false;
            log.session().recorded(this, log.now());
        }
    }

    void notCommitted() {
        unconfirmed--;
    }

    private void safe() {
        if (!safe) {
            safe = true;
            stored.oneIsSafe();
        }
    }
}
