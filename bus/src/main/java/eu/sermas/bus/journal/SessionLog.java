package eu.sermas.bus.journal;

import static java.nio.charset.StandardCharsets.UTF_8;

import eu.sermas.bus.packet.Durability;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.store.Batch;
import eu.sermas.bus.store.Store.Family;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What is to be written of one session. It gathers what has changed, not how: when its turn comes,
/// the state of that moment is written, and of a message that came and went meanwhile nothing at
/// all.
///
/// Everything of a session that is not written yet goes into the same batch, messages in their
/// order. So what is on disk is at any moment a beginning of what the session was given, and no
/// later message of a publisher survives an earlier one.
public final class SessionLog {

    /// From so many deleted messages at the head of the queue on, one range is cheaper. Smaller
    /// ranges cost more than they save: whoever reads sorts all that are not in a file yet.
    private static final int RANGE = 256;

    private static final byte[] NOTHING = {};

    private final Journal journal;
    private final Journaled session;
    private final long number;

    /// The messages of which something is in memory.
    private final Live live = new Live();

    private long nextSequence = 1;

    /// Below this nothing is on disk.
    private long deletedBelow;

    /// What has changed since the last batch, or null.
    private @Nullable Changes changes;

    /// How many of its messages are in the batch of somebody else.
    private int held;

    private @Nullable Runnable whenNoneIsHeld;
    private int commitsUnderway;
    private int actionsWaiting;
    private boolean onDisk;

    /// Whether there may be more of it on disk than its own record and its queue.
    private boolean hasParts;

    private boolean ended;

    // When its turn comes; kept by the journal.
    boolean isDue;
    boolean isPatient;

    /// What one batch takes of a session, to be taken again where the batch fails.
    static final class Changes {
        /// The session itself, or its end.
        private boolean session;

        private final List<Kept> touched = new ArrayList<>(2);

        // Seldom, so made when they are needed.
        private Set<TopicFilter> filters = Set.of();
        private Set<Integer> inbound = Set.of();
        private List<Runnable> waiting = List.of();

        void add(TopicFilter filter) {
            filters = filters.isEmpty() ? new LinkedHashSet<>() : filters;
            filters.add(filter);
        }

        void add(int packetId) {
            inbound = inbound.isEmpty() ? new LinkedHashSet<>() : inbound;
            inbound.add(packetId);
        }

        void add(Runnable action) {
            waiting = waiting.isEmpty() ? new ArrayList<>() : waiting;
            waiting.add(action);
        }

        /// Takes over what an earlier batch did not get onto the disk.
        void addEarlier(Changes other) {
            session |= other.session;
            other.filters.forEach(this::add);
            other.inbound.forEach(this::add);
            List<Runnable> later = waiting;
            waiting = List.of();
            other.waiting.forEach(this::add);
            later.forEach(this::add);
        }

        List<Runnable> waiting() {
            return waiting;
        }
    }

    SessionLog(Journal journal, Journaled session, long number) {
        this.journal = journal;
        this.session = session;
        this.number = number;
        changes().session = true;
    }

    Journaled session() {
        return session;
    }

    /// Keeps a message for the session.
    ///
    /// @param urgent whether it is to be written at once; else the client gets a moment to
    ///   acknowledge it first
    public Kept keep(
            QoS maximumQos,
            boolean retainAsPublished,
            int[] subscriptionIds,
            @Nullable String sharedBy,
            boolean urgent) {
        Kept kept =
                keep(journal.current(), maximumQos, retainAsPublished, subscriptionIds, sharedBy);
        if (journal.isTogether()) {
            kept.hold();
        } else {
            touch(kept, urgent);
        }
        return kept;
    }

    /// Keeps a message that is for this session alone and comes from no publisher.
    ///
    /// @param urgent as above
    public Kept keepRetained(
            Message message,
            Durability durability,
            QoS maximumQos,
            int[] subscriptionIds,
            boolean urgent) {
        Stored stored = new Stored(message, durability);
        Kept kept = keep(stored, maximumQos, true, subscriptionIds, null);
        kept.feed();
        touch(kept, urgent);
        return kept;
    }

    private Kept keep(
            Stored stored,
            QoS maximumQos,
            boolean retainAsPublished,
            int[] subscriptionIds,
            @Nullable String sharedBy) {
        Kept kept =
                new Kept(
                        this,
                        nextSequence++,
                        stored,
                        maximumQos,
                        retainAsPublished,
                        subscriptionIds,
                        sharedBy);
        stored.add(kept);
        live.add(kept);
        return kept;
    }

    /// Why nothing can be written now, or null.
    public @Nullable String failure() {
        return journal.failure();
    }

    /// Whether messages of the present topic are kept at all.
    public boolean keepsCurrent() {
        return journal.keepsCurrent();
    }

    /// Whether the present message is to be refused rather than wait for a disk that fails.
    public boolean refusesCurrent() {
        return journal.refusesCurrent();
    }

    /// What was promised of the present message.
    public Durability durabilityOfCurrent() {
        return journal.durabilityOfCurrent();
    }

    /// Milliseconds of the time of the bus.
    public long now() {
        return journal.now();
    }

    void touch(Kept kept, boolean urgent) {
        if (kept.isHeld()) {
            return; // whoever ends that looks at it again
        }
        if (!kept.touched) {
            kept.touched = true;
            changes().touched.add(kept);
        }
        journal.hasChanges(this, urgent);
    }

    void held() {
        held++;
    }

    void endHold() {
        held--;
        if (held == 0 && whenNoneIsHeld != null) {
            journal.onLoop(whenNoneIsHeld);
            whenNoneIsHeld = null;
        }
    }

    /// Does something once no message of the session is in a batch of its publisher that may still
    /// be taken back. Its session gets no new ones.
    public void afterBatchesOfOthers(Runnable action) {
        if (held == 0) {
            action.run();
        } else {
            whenNoneIsHeld = action;
        }
    }

    /// The session itself is another one: connected or not, its expiry, its will.
    public void changed() {
        changes().session = true;
        journal.hasChanges(this, false);
    }

    public void subscriptionChanged(TopicFilter filter) {
        changes().add(filter);
        journal.hasChanges(this, false);
    }

    public void receivedChanged(int packetId) {
        changes().add(packetId);
        journal.hasChanges(this, false);
    }

    /// Does something once all changes so far are on disk, which may be at once.
    public void afterCommit(Runnable action) {
        if (commitsUnderway == 0 && changes == null) {
            action.run();
        } else {
            await(action);
        }
    }

    /// Does something behind what waits for the disk, so that answers leave in order; at once where
    /// nothing waits, or the disk fails.
    public void inOrder(Runnable action) {
        if (actionsWaiting == 0 || journal.failure() != null) {
            action.run();
        } else {
            await(action);
        }
    }

    private void await(Runnable action) {
        changes().add(action);
        actionsWaiting++;
        journal.hasChanges(this, true);
    }

    boolean hasChanges() {
        return changes != null;
    }

    private Changes changes() {
        Changes pending = changes;
        if (pending == null) {
            pending = new Changes();
            changes = pending;
        }
        return pending;
    }

    /// The session is over: nothing of it stays.
    public void end() {
        if (!ended) {
            ended = true;
            live.forEach(Kept::gone);
            changes().session = true;
            journal.hasChanges(this, true);
        }
    }

    // --- writing

    /// Adds all changes to a batch.
    void writeTo(Commit commit) {
        isDue = false;
        isPatient = false;
        Changes taken = changes;
        if (taken == null) {
            return;
        }
        changes = null;
        commitsUnderway++;
        commit.take(this, taken);
        for (int packetId : taken.inbound) {
            writeReceived(packetId, commit.batch());
        }
        if (ended) {
            taken.touched.forEach(kept -> write(kept, commit));
            writeEnd(commit.batch());
            return;
        }
        if (taken.session) {
            writeSession(commit.batch());
        }
        taken.filters.forEach(filter -> write(filter, commit.batch()));
        taken.touched.forEach(kept -> write(kept, commit));
        deleteGone(taken.touched, commit.batch());
    }

    private void write(TopicFilter filter, Batch batch) {
        hasParts = true;
        byte[] key = Keys.of(number, filter.text().getBytes(UTF_8));
        SubscriptionRecord held = session.subscription(filter);
        if (held == null) {
            batch.delete(Family.SUBSCRIPTION, key);
        } else {
            batch.put(Family.SUBSCRIPTION, key, Records.subscription(held));
        }
    }

    /// Writes the session itself, unless it is over.
    void writeSession(Batch batch) {
        if (!ended) {
            batch.put(Family.SESSION, Keys.of(number), Records.session(session.record()));
            onDisk = true;
        }
    }

    /// Writes whether a QoS 2 message of this identifier came and is not released yet.
    void writeReceived(int packetId, Batch batch) {
        hasParts = true;
        byte[] key = Keys.ofPacketId(number, packetId);
        if (!ended && session.isReceived(packetId)) {
            batch.put(Family.INBOUND, key, NOTHING);
            session.receivedIsKept(packetId);
        } else {
            batch.delete(Family.INBOUND, key);
        }
    }

    private void write(Kept kept, Commit commit) {
        kept.touched = false;
        if (kept.isHeld()) {
            return;
        }
        if (kept.isGone()) {
            live.remove(kept);
            commit.leave(kept);
        } else if (!kept.recorded) {
            put(kept, commit.batch());
            commit.wrote(kept);
        } else if (!kept.phaseRecorded) {
            commit.batch()
                    .put(
                            Family.IN_FLIGHT,
                            Keys.of(number, kept.sequence()),
                            Records.inFlight(kept.phase(), kept.packetId()));
            kept.phaseRecorded = true;
            kept.hasPhaseRecord = true;
            commit.stepped(kept);
        }
    }

    /// Writes the message with its present phase, over all that was written of it before.
    void put(Kept kept, Batch batch) {
        Stored stored = kept.stored();
        if (stored.isShared() && stored.id() == 0) {
            stored.share(journal.numbers());
        }
        if (stored.isShared() && !stored.isRecorded()) {
            batch.put(Family.MESSAGE, Keys.of(stored.id()), Records.message(stored.message()));
            stored.recorded(true);
        }
        byte[] key = Keys.of(number, kept.sequence());
        batch.put(Family.QUEUE, key, Records.queued(kept, stored.isShared() ? stored.id() : 0));
        if (kept.hasPhaseRecord) {
            batch.delete(Family.IN_FLIGHT, key); // an earlier phase, which would count as the later
        }
        kept.onDisk = true;
        kept.recorded = true;
        kept.phaseRecorded = true;
    }

    /// No record of a message is left.
    ///
    /// @return whether nobody has to get it any more, and there is a record of it
    boolean left(Kept kept) {
        live.left(kept);
        return kept.stored().release(journal.numbers().references());
    }

    /// Deletes the messages that are gone, those at the head of the queue as one range where they
    /// are many.
    private void deleteGone(List<Kept> touched, Batch batch) {
        long head = live.first(nextSequence);
        int atHead = 0;
        for (Kept kept : touched) {
            atHead += kept.isGone() && kept.onDisk && kept.sequence() < head ? 1 : 0;
        }
        boolean asRange = atHead >= RANGE;
        if (asRange) {
            batch.deleteRange(Family.QUEUE, Keys.of(number, deletedBelow), Keys.of(number, head));
            deletedBelow = head;
        }
        for (Kept kept : touched) {
            if (kept.isGone() && kept.onDisk) {
                byte[] key = Keys.of(number, kept.sequence());
                if (!asRange || kept.sequence() >= head) {
                    batch.delete(Family.QUEUE, key);
                }
                if (kept.hasPhaseRecord) {
                    batch.delete(Family.IN_FLIGHT, key);
                }
            }
        }
    }

    /// Deletes messages that other sessions get with the same batch.
    void deleteGiven(List<Kept> given, Batch batch) {
        for (Kept kept : given) {
            if (kept.onDisk) {
                byte[] key = Keys.of(number, kept.sequence());
                batch.delete(Family.QUEUE, key);
                batch.delete(Family.IN_FLIGHT, key);
            }
        }
    }

    private void writeEnd(Batch batch) {
        if (!onDisk) {
            return; // a session that came and went meanwhile
        }
        byte[] from = Keys.of(number);
        byte[] to = Keys.of(number + 1);
        batch.delete(Family.SESSION, from);
        if (hasParts) {
            batch.deleteRange(Family.SUBSCRIPTION, from, to);
            batch.deleteRange(Family.INBOUND, from, to);
        }
        if (nextSequence > 1) {
            Extent left = onDisk();
            batch.deleteRange(Family.QUEUE, from, Keys.of(number, left.from()));
            batch.deleteRange(Family.QUEUE, Keys.of(number, left.to()), to);
            batch.deleteRange(Family.IN_FLIGHT, from, to);
        }
    }

    void committed() {
        commitsUnderway--;
    }

    /// All that follows from a batch at once has happened.
    void settled() {
        if (!ended) {
            session.committed();
        } else if (commitsUnderway == 0 && changes == null && !onDisk().isEmpty()) {
            journal.dispose(number, onDisk());
            onDisk().clear();
        }
    }

    /// Runs what has waited for a batch.
    void run(List<Runnable> actions) {
        actionsWaiting -= actions.size();
        journal.faults().each("what has waited for the disk", actions, Runnable::run);
    }

    /// The batch may or may not be on disk: all of it is written or deleted again.
    void notCommitted(Changes taken) {
        commitsUnderway--;
        deletedBelow = 0;
        Changes again = changes();
        again.addEarlier(taken);
        taken.touched.forEach(this::again);
        journal.hasChanges(this, true);
    }

    /// Its changes could not be put into the batch, by a fault: they are tried again, at leisure.
    void leftOut(Changes taken) {
        commitsUnderway--;
        Changes again = changes();
        again.addEarlier(taken);
        for (Kept kept : taken.touched) {
            kept.touched = true;
            again.touched.add(kept);
        }
        journal.hasChanges(this, false);
    }

    void again(Kept kept) {
        kept.recorded = false;
        kept.stored().recorded(false);
        touch(kept, true);
    }

    // --- what is on disk only

    /// The messages that are on disk only; to be read here, and changed by this log alone.
    public Extent onDisk() {
        return live.onDisk();
    }

    /// Forgets a message that waits, where it is on disk and nothing more of it is to be written.
    /// Only for the first message that waits behind those that are on disk only.
    ///
    /// @return false where it has to stay in memory
    public boolean letGo(Kept kept) {
        boolean isOnDiskOnly = kept.isSettled() && live.letGo(kept);
        if (isOnDiskOnly) {
            kept.stored().remove(kept);
        }
        return isOnDiskOnly;
    }

    /// Reads the next messages that are on disk only. They are in memory again once the reader is
    /// told of them, unless the session is over by then; where they cannot be read it is tried
    /// again. One page at a time.
    public void readPage(Page.Size size, Consumer<Page> reader) {
        Extent extent = onDisk();
        long from = extent.from();
        long to = extent.to();
        boolean isBegun = extent.isBegun();
        journal.read(
                store -> Page.read(store, number, from, to, isBegun, size),
                page -> {
                    if (!ended) {
                        extent.took(page);
                        reader.accept(page);
                    }
                });
    }

    /// Puts a message of a page back; in their order.
    public Kept restore(SavedSession.Entry entry) {
        QueueRecord record = entry.record();
        Kept kept =
                new Kept(
                        this,
                        entry.sequence(),
                        entry.stored(),
                        record.maximumQos(),
                        record.retainAsPublished(),
                        record.subscriptionIds(),
                        record.sharedBy());
        kept.restore(entry.phase(), entry.packetId(), record.fed());
        live.restore(kept);
        return kept;
    }

    // --- after a start

    /// It is on disk as the session is, with records up to this place in the queue: a new one must
    /// not meet what is left of an older one.
    ///
    /// @param messages all that the session has to get
    void restored(Extent messages, long lastSequence) {
        live.restore(messages);
        onDisk = true;
        hasParts = true;
        nextSequence = lastSequence + 1;
        changes = null;
    }
}
