package eu.sermas.bus.journal;

import eu.sermas.bus.journal.QueueRecord.Phase;
import eu.sermas.bus.packet.Durability;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.QoS;
import org.jspecify.annotations.Nullable;

/// A message that one session has to get, from when it was accepted until the client has
/// acknowledged it. Whoever sends it says how far it has come; the log writes that down.
public final class Kept {

    /// What a session needs to hold a message, in the queue, in flight and here, in bytes.
    public static final int PLACE = 160;

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

    // Its neighbours, in the list of its session and in that of its message.
    @Nullable Kept previous;
    @Nullable Kept next;
    boolean isListed;
    boolean isLeaving;
    @Nullable Kept previousPlace;
    @Nullable Kept nextPlace;
    boolean isPlace;

    // What the log knows about the disk.
    boolean touched;

    /// Whether the batch of its publisher writes it first; until that has ended nothing else of it
    /// is written, or an older record would follow a newer one.
    private boolean held;

    /// Whether another session had it before.
    private boolean inherited;

    /// Whether it is sent as soon as it is here, though others wait.
    private boolean fed;

    /// Whether there may be a record of it.
    boolean onDisk;

    /// Whether its record, and its present phase, are in a batch that has not failed.
    boolean recorded;

    boolean phaseRecorded;

    /// Whether there may be a record of its phase beside its own.
    boolean hasPhaseRecord;

    // Batches on their way to the disk: with its record, and with its phase alone.
    private int puts;
    private int steps;

    private boolean left;
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

    /// What a message costs that one session holds.
    public static long cost(Message message) {
        return message.cost() + PLACE;
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

    public Durability durability() {
        return stored.durability();
    }

    /// Whether what is sent of it has to wait until it is on disk: exactly once means that neither
    /// side may forget a packet identifier that the other one still knows.
    public boolean mustBeRecordedFirst() {
        return stored.durability() == Durability.FSYNC;
    }

    /// It is what a subscription brings, and does not wait behind others.
    void feed() {
        fed = true;
    }

    boolean isFed() {
        return fed;
    }

    /// It comes from a session that has ended: one batch gives it to this one and takes it from
    /// that one.
    public void inherit() {
        inherited = true;
    }

    /// Whether it may still be that only the session has it which had it before.
    public boolean isBeingInherited() {
        return inherited && held;
    }

    /// The session has ended, and another one is to have it: from now on nothing of it is written
    /// but by the batch that does so, or is given up with [#givenAway].
    public void giveAway() {
        hold();
    }

    /// Another session has it, or nobody is to get it.
    public void givenAway() {
        endHold();
        gone();
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
    void restore(Phase found, int identifier, boolean wasFed) {
        phase = found;
        packetId = identifier;
        fed = wasFed;
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

    /// Whether it waits, and is on disk as it is.
    boolean isSettled() {
        return phase == Phase.QUEUED
                && recorded
                && phaseRecorded
                && puts + steps == 0
                && safe
                && !touched
                && !held
                && !gone
                && !awaited;
    }

    boolean isAwaited() {
        return awaited;
    }

    /// Nobody has to get it any more: it is acknowledged, expired or dropped.
    public void gone() {
        if (!gone) {
            gone = true;
            log.touch(this, false);
            if (!held) {
                stored.remove(this);
            }
            safe();
        }
    }

    boolean isHeld() {
        return held;
    }

    void hold() {
        held = true;
        log.held();
    }

    /// The batch of its publisher is on disk, or has been given up.
    void endHold() {
        held = false;
        log.endHold();
        if (gone) {
            stored.remove(this);
        }
    }

    /// No record of it is left on disk, or none was ever made.
    ///
    /// @return whether nobody has to get the message any more, and there is a record of that
    boolean leave() {
        if (left) {
            return false;
        }
        left = true;
        return log.left(this);
    }

    boolean hasLeft() {
        return left;
    }

    /// A batch has its record.
    void putHandedOver() {
        puts++;
    }

    /// It is safe with the last batch that has its record, and if none of them has failed: what an
    /// earlier one brings to the disk may lack its message.
    void putCommitted() {
        puts--;
        if (recorded && puts == 0) {
            safe();
        }
        lookIfRecorded();
    }

    void putFailed() {
        puts--;
    }

    /// A batch has its phase.
    void stepHandedOver() {
        steps++;
    }

    void stepCommitted() {
        steps--;
        lookIfRecorded();
    }

    void stepFailed() {
        steps--;
    }

    private void lookIfRecorded() {
        if (awaited && !gone && puts + steps == 0 && recorded && phaseRecorded) {
            awaited = false;
            log.session().recorded(this, log.now());
        }
    }

    private void safe() {
        if (!safe) {
            safe = true;
            stored.oneIsSafe();
        }
    }
}
