package eu.sermas.bus.journal;

import eu.sermas.bus.metrics.Count;
import eu.sermas.bus.metrics.Faults;
import eu.sermas.bus.metrics.Metrics;
import eu.sermas.bus.packet.Durability;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.store.Batch;
import eu.sermas.bus.store.Store;
import eu.sermas.bus.store.Store.Safety;
import eu.sermas.bus.store.StoreException;
import eu.sermas.bus.store.Succession;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What one event loop has to write, and who waits for it.
///
/// Sessions say that they have changes; at the end of a turn of the loop those that are urgent
/// become one batch, which the store's committer writes together with those of other loops. Nothing
/// here waits for the disk: when a batch is there, or has failed, its [Commit] goes on from there,
/// on the loop again.
///
/// **Messages that need no disk.** A message that was sent to its receiver at once is not urgent:
/// the client gets `patience` to acknowledge it. If all its receivers do, nothing of it is ever
/// written, and the publisher is acknowledged then.
///
/// **A disk that fails.** Changes are kept as "this is not as it should be on disk", not as a list
/// of writes, so a failed batch is simply made again. While the store says that it fails, nothing
/// is handed to it; publishers that can be told so are refused by those who ask [#failure], all
/// others wait.
///
/// A batch may fail and the store be well again before this loop hears of it. What it has handed
/// over meanwhile, or hands over then, must not be on disk without the one that failed; so all are
/// one [Succession], and after a failure the next one follows when all have been answered.
///
/// Owned by one event loop, except where a method says otherwise.
public final class Journal {

    private static final Logger LOG = LoggerFactory.getLogger(Journal.class);

    /// How its loop does something later.
    public interface Timer {
        void schedule(Runnable task, long delayMillis);
    }

    /// How much may be on its way to the disk before publishers are slowed, of all loops together a
    /// small part of the heap.
    private static final long MAX_UNDERWAY =
            Math.clamp(Runtime.getRuntime().maxMemory() / 32, 1024 * 1024, 32L * 1024 * 1024);

    private static final long RETRY_MILLIS = 100;

    // For the life of the journal.
    private final Store store;
    private final Executor loop;
    private final Timer timer;
    private final Numbers numbers;
    private final long patience;
    private final LongSupplier clock;
    private final Metrics metrics;
    private final RetainedChanges retained;
    private final Succession batches = new Succession();

    // What has changed: those whose turn it is, and those that have a moment, in the order of that.
    private final List<SessionLog> due = new ArrayList<>();
    private final ArrayDeque<Patient> patients = new ArrayDeque<>();

    /// Messages to which nothing refers any more. They wait for a batch that is made anyway, or for
    /// the next tick.
    private final List<Long> deletable = new ArrayList<>();

    /// Batches of publishers that were not written, in their order.
    private final NavigableMap<Long, Together> retries = new TreeMap<>();

    private final List<CompletableFuture<Void>> flushes = new ArrayList<>();
    private boolean timerRuns;
    private boolean handOverAsked;
    private boolean deletionsDue;
    private int commitsUnderway;
    private long bytesUnderway;
    private long lastTogether;

    // The message that is handed to sessions at this moment.
    private @Nullable Message message;
    private Durability durability = Durability.NONE;
    private boolean together;
    private boolean refusable;
    private @Nullable Stored stored;

    private record Patient(SessionLog log, long until) {}

    /// @param retained what is retained for a topic now; safe for all loops
    /// @param patience milliseconds that a client gets to acknowledge a message before it is
    ///   written
    /// @param clock milliseconds of the time of the bus
    public Journal(
            Store store,
            Executor loop,
            Timer timer,
            Numbers numbers,
            Function<Topic, @Nullable Message> retained,
            long patience,
            LongSupplier clock,
            Metrics metrics) {
        this.store = store;
        this.loop = loop;
        this.timer = timer;
        this.numbers = numbers;
        this.retained = new RetainedChanges(retained);
        this.patience = patience;
        this.clock = clock;
        this.metrics = metrics;
    }

    /// Why nothing can be written now, or null. From any thread.
    public @Nullable String failure() {
        return store.failure();
    }

    /// Whether what is handed over now would fail, or come before what has failed.
    private boolean isStopped() {
        return failure() != null || batches.isBroken();
    }

    /// Whether so much is on its way to the disk that publishers should slow down.
    public boolean isBehind() {
        return bytesUnderway > MAX_UNDERWAY;
    }

    /// The log of a new session.
    public SessionLog open(Journaled session) {
        SessionLog log = new SessionLog(this, session, numbers.nextSession());
        hasChanges(log, false);
        return log;
    }

    /// The log of a session that was found on disk: goes on where it was left.
    public SessionLog reopen(Journaled session, SavedSession saved) {
        SessionLog log = new SessionLog(this, session, saved.number());
        log.restored(saved.queue(), saved.lastSequence());
        return log;
    }

    Numbers numbers() {
        return numbers;
    }

    Faults faults() {
        return metrics.faults();
    }

    /// Takes the next step of several messages, each of a session of its own: one that fails is
    /// alone with that.
    void each(List<Kept> all, Consumer<Kept> step) {
        for (Kept kept : all) {
            try {
                step.accept(kept);
            } catch (RuntimeException e) {
                faults().note("a message of a session", e);
                faults().contain("the end of a connection", kept.log().session()::failed);
            }
        }
    }

    void onLoop(Runnable task) {
        loop.execute(task);
    }

    // --- a message on its way to the sessions of this loop

    /// Every session that is given this message until [#end] keeps it under these terms.
    ///
    /// @param withPublisher whether it is written in one batch with the packet identifier of its
    ///   publisher, by [#contribution], and not by the sessions
    /// @param mayBeRefused whether the publisher can be told that it cannot be kept
    public void begin(
            Message given, Durability promised, boolean withPublisher, boolean mayBeRefused) {
        message = given;
        durability = promised;
        together = withPublisher;
        refusable = mayBeRefused;
    }

    /// @return the message as it is kept, or null where no session has to keep it
    public @Nullable Stored end() {
        Stored kept = stored;
        message = null;
        stored = null;
        return kept;
    }

    boolean keepsCurrent() {
        return durability != Durability.NONE;
    }

    Durability durabilityOfCurrent() {
        return durability;
    }

    boolean refusesCurrent() {
        return refusable && durability == Durability.FSYNC && failure() != null;
    }

    long now() {
        return clock.getAsLong();
    }

    boolean isTogether() {
        return together;
    }

    Stored current() {
        Stored known = stored;
        if (known == null) {
            Message given = message;
            if (given == null) {
                throw new IllegalStateException("no message has begun");
            }
            known = new Stored(given, durability);
            stored = known;
        }
        return known;
    }

    // --- retained messages

    /// What is retained for a topic has changed.
    ///
    /// @param whenSafe is told when it is on disk, or null
    public void retainedChanged(Topic topic, Stored.@Nullable Listener whenSafe) {
        retained.add(topic, whenSafe);
        needsHandOver();
    }

    // --- batches

    void hasChanges(SessionLog log, boolean urgent) {
        if (urgent && !log.isDue) {
            makeDue(log);
            needsHandOver();
        } else if (!log.isDue && !log.isPatient) {
            log.isPatient = true;
            patients.addLast(new Patient(log, clock.getAsLong() + patience));
            startTimer();
        }
    }

    private void makeDue(SessionLog log) {
        if (!log.isDue) {
            log.isDue = true;
            due.add(log);
        }
    }

    /// What is due goes behind everything that the loop does in this turn.
    private void needsHandOver() {
        if (!handOverAsked) {
            handOverAsked = true;
            loop.execute(this::endOfTurn);
        }
    }

    private void startTimer() {
        if (!timerRuns) {
            timerRuns = true;
            long delay = failure() == null ? Math.max(1, patience) : RETRY_MILLIS;
            timer.schedule(this::tick, delay);
        }
    }

    private void tick() {
        timerRuns = false;
        deletionsDue = !deletable.isEmpty();
        if (!isStopped()) {
            List<Together> again = List.copyOf(retries.values());
            retries.clear();
            faults().each("a batch that is tried again", again, this::write);
        }
        endOfTurn();
        if (!patients.isEmpty() || !due.isEmpty() || !retries.isEmpty() || !deletable.isEmpty()) {
            startTimer();
        }
    }

    private void endOfTurn() {
        handOverAsked = false;
        if (patients.isEmpty()
                && due.isEmpty()
                && retained.isEmpty()
                && !deletionsDue
                && flushes.isEmpty()) {
            return;
        }
        long now = clock.getAsLong();
        for (Patient first = patients.peekFirst();
                first != null && (first.until <= now || !flushes.isEmpty());
                first = patients.peekFirst()) {
            patients.removeFirst();
            if (first.log.isPatient) {
                makeDue(first.log);
            }
        }
        if (isStopped()) {
            startTimer();
            return;
        }
        deletionsDue |= !flushes.isEmpty() && !deletable.isEmpty();
        if (!due.isEmpty() || !retained.isEmpty() || deletionsDue) {
            handOver();
        }
        endFlushes();
    }

    private void handOver() {
        Commit commit = new Commit(this, retained.take());
        List<SessionLog> turn = List.copyOf(due);
        due.clear();
        for (SessionLog log : turn) {
            if (!faults().contain(
                            "what is to be written of a session", () -> log.writeTo(commit))) {
                commit.leaveOut(log);
            }
        }
        commit.writeRetained();
        deletable.forEach(commit::delete);
        deletable.clear();
        deletionsDue = false;
        metrics.add(Count.JOURNAL_MESSAGES_SPARED, commit.spared());
        if (commit.batch().isEmpty() && !commit.isAwaited()) {
            commit.succeeded();
            return;
        }
        metrics.add(Count.JOURNAL_MESSAGES_WRITTEN, commit.messages());
        write(commit.batch(), commit.safety(), commit::succeeded, commit::failed);
    }

    /// @param failed is told why
    private void write(Batch batch, Safety safety, Runnable succeeded, Consumer<String> failed) {
        long bytes = batch.bytes();
        bytesUnderway += bytes;
        commitsUnderway++;
        metrics.add(Count.JOURNAL_BYTES_WRITTEN, bytes);
        store.commit(batch, safety, batches)
                .whenComplete(
                        (_, failure) ->
                                loop.execute(
                                        () -> {
                                            bytesUnderway -= bytes;
                                            commitsUnderway--;
                                            faults().contain(
                                                            "what follows a batch",
                                                            () -> {
                                                                if (failure == null) {
                                                                    succeeded.run();
                                                                } else {
                                                                    failed.accept(
                                                                            reasonOf(failure));
                                                                }
                                                            });
                                            if (commitsUnderway == 0) {
                                                batches.mend();
                                            }
                                            endOfTurn();
                                        }));
    }

    private static String reasonOf(Throwable failure) {
        Throwable cause = failure.getCause() != null ? failure.getCause() : failure;
        return String.valueOf(cause.getMessage());
    }

    void deleteLater(long message) {
        deletable.add(message);
        startTimer();
    }

    // --- QoS 2 of publishers whose session is kept

    /// What the sessions of this loop add to the batch of the publisher.
    public Contribution contribution(Stored kept) {
        // Their earlier messages have to be on disk before this one.
        boolean earlier = false;
        List<Kept> places = kept.places();
        for (Kept place : places) {
            if (place.log().hasChanges()) {
                makeDue(place.log());
            }
            earlier |= place.log().isDue;
        }
        if (earlier && !isStopped()) {
            handOver();
        }
        return new Contribution(this, places);
    }

    /// Writes a QoS 2 message for all its receivers together with its packet identifier.
    ///
    /// @param publisher whose identifier it is
    public void commitTogether(
            SessionLog publisher,
            int packetId,
            List<Contribution> contributions,
            Stored.Listener listener) {
        commit(
                new Together(
                        ++lastTogether,
                        publisher,
                        batch -> publisher.writeReceived(packetId, batch),
                        () -> {
                            if (!publisher.session().isReceived(packetId)) {
                                publisher.receivedChanged(packetId);
                            }
                        },
                        () -> {},
                        contributions,
                        listener));
    }

    /// Writes a QoS 2 will for all its receivers together with the session that leaves it.
    ///
    /// @param forget lets the session forget the will: what it writes behind this batch is on disk
    ///   only where this is
    /// @param remember where this has failed
    public void commitWill(
            SessionLog owner,
            Runnable forget,
            Runnable remember,
            List<Contribution> contributions,
            Stored.Listener listener) {
        commit(
                new Together(
                        ++lastTogether,
                        owner,
                        batch -> {
                            forget.run();
                            owner.writeSession(batch);
                        },
                        () -> {},
                        remember,
                        contributions,
                        listener));
    }

    /// Writes messages of a session that has ended for those who get them, together with their end
    /// there.
    public void commitInheritance(
            SessionLog giver,
            List<Kept> given,
            List<Contribution> contributions,
            Stored.Listener listener) {
        commit(
                new Together(
                        ++lastTogether,
                        giver,
                        batch -> giver.deleteGiven(given, batch),
                        () -> {},
                        () -> {},
                        contributions,
                        listener));
    }

    /// One batch of a publisher and all who get its message.
    ///
    /// @param number counts them
    /// @param own adds what concerns the publisher
    /// @param written follows when it is on disk
    /// @param failed follows when it is not, before it is tried again
    private record Together(
            long number,
            SessionLog publisher,
            Consumer<Batch> own,
            Runnable written,
            Runnable failed,
            List<Contribution> contributions,
            Stored.Listener listener) {}

    /// A publisher is refused before anything is handed to the disk, or not at all: what has failed
    /// may be there all the same, with the identifier of its message, and nobody could say so.
    private void commit(Together together) {
        String failure = failure();
        if (failure != null && together.listener.failed(failure)) {
            together.contributions.forEach(Contribution::withdrawn);
        } else if (isStopped() || !retries.isEmpty()) {
            retryLater(together); // behind those before it
        } else {
            write(together);
        }
    }

    private void write(Together together) {
        if (together.publisher.hasChanges() && !isStopped()) {
            makeDue(together.publisher); // the session itself, at the latest
            handOver();
        }
        Batch batch = new Batch();
        together.contributions.forEach(part -> batch.addAll(part.batch()));
        together.own.accept(batch);
        metrics.add(Count.JOURNAL_MESSAGES_WRITTEN, 1);
        write(
                batch,
                Safety.SYNCED,
                () -> {
                    together.contributions.forEach(Contribution::succeeded);
                    together.written.run();
                    together.listener.safe();
                },
                _ -> {
                    together.failed.run();
                    retryLater(together);
                });
    }

    private void retryLater(Together together) {
        retries.put(together.number, together);
        startTimer();
    }

    // --- what is on disk only

    /// Reads where it may wait for the disk.
    ///
    /// @param then is told on the loop what was read; where that is not possible it is tried again
    <T> void read(Function<Store, T> reading, Consumer<T> then) {
        store.read(
                () -> {
                    try {
                        T found = reading.apply(store);
                        loop.execute(() -> then.accept(found));
                    } catch (StoreException e) {
                        LOG.warn("not read, to be tried again: {}", e.getMessage());
                        loop.execute(() -> timer.schedule(() -> read(reading, then), RETRY_MILLIS));
                    }
                });
    }

    /// Deletes what a session that is over has on disk only, bit by bit.
    void dispose(long session, Extent left) {
        new Disposal(this, session, left).begin();
    }

    /// Deletes something for nobody who waits, until that has succeeded.
    void delete(Batch batch, Runnable then) {
        if (isStopped()) {
            timer.schedule(() -> delete(batch, then), RETRY_MILLIS);
        } else {
            write(batch, Safety.WRITTEN, then, _ -> delete(batch, then));
        }
    }

    // --- the end

    /// Writes everything that there is to write; completes when it is on disk, or at once where
    /// nothing can be written. On the loop.
    public CompletionStage<Void> flush() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        flushes.add(done);
        endOfTurn();
        endFlushes();
        return done;
    }

    private void endFlushes() {
        boolean clean =
                due.isEmpty() && patients.isEmpty() && deletable.isEmpty() && commitsUnderway == 0;
        if (!flushes.isEmpty() && (clean || failure() != null)) {
            flushes.forEach(done -> done.complete(null));
            flushes.clear();
        }
    }
}
