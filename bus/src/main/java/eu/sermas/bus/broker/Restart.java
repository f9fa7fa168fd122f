package eu.sermas.bus.broker;

import eu.sermas.bus.journal.Journal;
import eu.sermas.bus.journal.Numbers;
import eu.sermas.bus.journal.References;
import eu.sermas.bus.journal.Saved;
import eu.sermas.bus.journal.SavedSession;
import eu.sermas.bus.metrics.Metrics;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.session.SessionKey;
import eu.sermas.bus.store.Store;
import eu.sermas.bus.time.BusClock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The way from what an earlier process left in the store to a broker that goes on with it.
///
/// Sessions whose clients were connected when the process ended are taken as gone away at the last
/// moment at which it may have lived, or they would expire before their time [MQTT-3.1.2-23]. It
/// leaves a note each second, synced, as a power cut may be the end; so a session may live on for a
/// second too long, and no more.
final class Restart {

    private static final Logger LOG = LoggerFactory.getLogger(Restart.class);
    private static final long ALIVE_MILLIS = 1_000;
    private static final long PROGRESS_MILLIS = 1_000;

    private final Store store;
    private final List<Shard> shards;
    private final List<Sessions> sessions;
    private final Router router;
    private final DurabilityPolicy durability;
    private final BusClock clock;
    private final Metrics metrics;
    private final Numbers numbers;

    private final AtomicLong records = new AtomicLong();
    private final AtomicLong nextProgress = new AtomicLong();

    /// @param references bytes for the knowledge of who refers to which message on disk
    Restart(
            Store store,
            long references,
            List<Shard> shards,
            List<Sessions> sessions,
            Router router,
            DurabilityPolicy durability,
            BusClock clock,
            Metrics metrics) {
        this.store = store;
        this.numbers = new Numbers(new References(references));
        this.shards = shards;
        this.sessions = sessions;
        this.router = router;
        this.durability = durability;
        this.clock = clock;
        this.metrics = metrics;
    }

    /// @param rights of a principal, or null where there is none of that id any more
    CompletionStage<Void> begin(
            ToIntFunction<SessionKey> ownerOf, Function<String, @Nullable RightsWhileAway> rights) {
        long begun = clock.now();
        nextProgress.set(begun + PROGRESS_MILLIS);
        BusClock.Moment known = Saved.lastAlive(store);
        long lastAlive = known == null ? begun : Math.min(known.time() + ALIVE_MILLIS, begun);
        CompletableFuture<Integer> retained =
                CompletableFuture.supplyAsync(
                        () ->
                                Saved.retained(
                                        store, message -> retain(message, begun), this::oneMore));
        Saved saved = Saved.sessions(store, numbers, this::oneMore);
        int damaged = saved.damaged() + retained.join(); // wills may replace what is retained
        List<List<SavedSession>> byLoop = new ArrayList<>();
        shards.forEach(_ -> byLoop.add(new ArrayList<>()));
        // The later of two sessions of one client counts.
        List<SavedSession> inOrder = new ArrayList<>(saved.sessions());
        inOrder.sort(Comparator.comparingLong(SavedSession::number));
        for (SavedSession session : inOrder) {
            SessionKey key =
                    new SessionKey(session.record().principalId(), session.record().clientId());
            byLoop.get(ownerOf.applyAsInt(key)).add(session);
        }
        return Shard.onEach(
                        shards,
                        shard -> restore(shard, byLoop.get(shard.index()), rights, lastAlive))
                .thenCompose(_ -> Shard.onEach(shards, this::resume))
                .thenCompose(_ -> noteFirst())
                .thenRun(() -> report(saved, damaged, begun));
    }

    /// @return whether it is still there
    private boolean retain(Message message, long now) {
        if (message.isExpired(now)) {
            return false;
        }
        router.retained().restore(message);
        return true;
    }

    private void restore(
            Shard shard,
            List<SavedSession> owned,
            Function<String, @Nullable RightsWhileAway> rights,
            long lastAlive) {
        Journal journal =
                new Journal(
                        store,
                        shard.loop()::execute,
                        shard.loop()::schedule,
                        numbers,
                        (Topic topic) -> router.retained().get(topic),
                        durability.patience(),
                        shard::now,
                        metrics);
        shard.keepIn(journal);
        Sessions here = sessions.get(shard.index());
        for (SavedSession saved : owned) {
            here.restore(saved, rights.apply(saved.record().principalId()), lastAlive);
        }
    }

    private void resume(Shard shard) {
        sessions.get(shard.index()).resume();
        shard.needsEndOfTurn();
    }

    /// Notes that this process is alive, once it is on disk who was absent before it began.
    ///
    /// @return completes before the first client may come, or its session would count as one of the
    ///   last process
    private CompletionStage<Void> noteFirst() {
        Shard first = shards.getFirst();
        return Shard.flush(shards)
                .thenComposeAsync(_ -> noteAlive(first), first.loop()::execute)
                .exceptionally(_ -> null); // the store says itself that it fails
    }

    private CompletionStage<Void> noteAlive(Shard shard) {
        shard.deadlines().add(shard.now() + ALIVE_MILLIS, () -> noteAlive(shard));
        return store.failure() == null
                ? store.commit(Saved.alive(clock.moment()), Store.Safety.SYNCED)
                : CompletableFuture.completedFuture(null);
    }

    /// From any thread.
    private void oneMore() {
        long read = records.incrementAndGet();
        long now = (read & 0xfff) == 0 ? clock.now() : 0;
        long due = nextProgress.get();
        if (now >= due && nextProgress.compareAndSet(due, now + PROGRESS_MILLIS)) {
            LOG.info("loading: {} records so far", read);
        }
    }

    private void report(Saved saved, int damaged, long begun) {
        if (records.get() > 0) {
            LOG.info(
                    "loaded {} sessions, {} retained messages, {} records in all, in {} ms{}",
                    saved.sessions().size(),
                    router.retained().size(),
                    records,
                    clock.now() - begun,
                    damaged == 0 ? "" : "; " + damaged + " damaged records are left out");
        }
    }
}
