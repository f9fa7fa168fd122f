package eu.sermas.bus.broker;

import eu.sermas.bus.journal.Journal;
import eu.sermas.bus.metrics.Metrics;
import eu.sermas.bus.session.Tally;
import eu.sermas.bus.time.BusClock;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ObjIntConsumer;
import org.jspecify.annotations.Nullable;

/// One event loop's part of the broker: its routes, its deadlines, and what it has for other loops.
/// Nothing here is touched by another thread, except that any thread may ask for the loop.
///
/// Work for other loops and numbers for the metrics are gathered and handed over once at the end of
/// a turn: the first one who has some asks for it by [#needsEndOfTurn], and the task runs behind
/// everything that the loop reads in this turn.
final class Shard {

    private static final long TICK_MILLIS = 100;

    private final int index;
    private final EventLoop loop;
    private final BusClock clock;
    private final Metrics metrics;
    private final RouteCache routes;
    private final Accounts accounts;
    private final Denials denials;
    private final ObjIntConsumer<Tally.Drop> drops;
    private final Congestion congestion;
    private final Transit transit = new Transit(this);
    private final OpenReceipts openReceipts = new OpenReceipts();
    private final Tally tally = new Tally();
    private final Deadlines deadlines = new Deadlines();
    private @Nullable Journal journal;
    private Outbox[] outboxes = {};
    private List<Shard> others = List.of();
    private boolean endOfTurnAsked;
    private long timeOfTurn;
    private boolean stopped;

    Shard(
            int index,
            EventLoop loop,
            BusClock clock,
            Metrics metrics,
            RouteCache routes,
            Accounts accounts,
            Denials denials) {
        this.index = index;
        this.loop = loop;
        this.clock = clock;
        this.metrics = metrics;
        this.routes = routes;
        this.accounts = accounts;
        this.denials = denials;
        this.drops = denials::dropped;
        this.congestion = new Congestion(loop, this::hasBacklog);
    }

    /// Called once, before anything else, when all shards exist.
    ///
    /// @param maxInTransit bytes that may be on their way from one loop to another
    void introduce(List<Shard> all, long maxInTransit) {
        outboxes =
                all.stream()
                        .map(other -> new Outbox(this, other, maxInTransit))
                        .toArray(Outbox[]::new);
        others = all.stream().filter(other -> !other.equals(this)).toList();
        loop.schedule(this::tick, TICK_MILLIS);
    }

    List<Shard> others() {
        return others;
    }

    /// What is on its way to this loop.
    Transit transit() {
        return transit;
    }

    /// From now on what sessions have to remember is kept beyond the process.
    void keepIn(Journal kept) {
        journal = kept;
    }

    /// Where sessions and messages are kept, or null where nothing outlives the process.
    @Nullable Journal journal() {
        return journal;
    }

    int index() {
        return index;
    }

    EventLoop loop() {
        return loop;
    }

    /// Both times, for what comes from outside; what falls due here goes by [#now].
    BusClock clock() {
        return clock;
    }

    /// Milliseconds of the time of the bus.
    long now() {
        return clock.now();
    }

    /// Milliseconds of the time of the bus, read once in a turn of the loop, for what happens with
    /// each message: to read the clock costs as much as to find its receivers. On the loop only.
    long timeOfTurn() {
        if (timeOfTurn == 0) {
            timeOfTurn = now();
            needsEndOfTurn();
        }
        return timeOfTurn;
    }

    /// The same read again, from here on for the rest of the turn: what begins a time of its own
    /// must not have less of it because the turn is long, nor seem to have more when it is compared
    /// with an older time of the turn.
    long timeAnew() {
        timeOfTurn = 0;
        return timeOfTurn();
    }

    RouteCache routes() {
        return routes;
    }

    /// What the sessions of this loop may hold.
    Accounts accounts() {
        return accounts;
    }

    Congestion congestion() {
        return congestion;
    }

    /// Whether somebody who publishes on this loop should slow down: the others have a backlog, or
    /// what the apps of those who get it may hold becomes tight.
    boolean isBehind(Route route) {
        return hasBacklog() || route.isTight();
    }

    /// Whether another loop, or the disk, has not taken enough of what this loop had for it.
    boolean hasBacklog() {
        if (journal != null && journal.isBehind()) {
            return true;
        }
        for (Outbox outbox : outboxes) {
            if (outbox.isBehind()) {
                return true;
            }
        }
        return false;
    }

    OpenReceipts openReceipts() {
        return openReceipts;
    }

    Tally tally() {
        return tally;
    }

    Metrics metrics() {
        return metrics;
    }

    Denials denials() {
        return denials;
    }

    Deadlines deadlines() {
        return deadlines;
    }

    Outbox outbox(int destination) {
        return outboxes[destination];
    }

    /// Does something in another turn, when others have had theirs. On the loop only.
    void later(Runnable task) {
        loop.execute(
                () -> {
                    task.run();
                    needsEndOfTurn();
                });
    }

    void needsEndOfTurn() {
        if (!endOfTurnAsked) {
            endOfTurnAsked = true;
            loop.execute(this::endOfTurn);
        }
    }

    private void endOfTurn() {
        endOfTurnAsked = false;
        timeOfTurn = 0;
        for (Outbox outbox : outboxes) {
            outbox.handOver();
        }
        metrics.faults().contain("the metrics", () -> tally.carryOver(metrics, drops));
    }

    private void tick() {
        while (!metrics.faults().contain("a deadline", () -> deadlines.run(now()))) {
            // the next ones: one that has been tried is not there any more
        }
        if (!stopped) {
            loop.schedule(this::tick, TICK_MILLIS);
        }
    }

    void stop() {
        stopped = true;
    }

    // --- all of them, from any thread

    /// Does something on each loop; completes when all have.
    static CompletionStage<Void> onEach(List<Shard> shards, Consumer<Shard> task) {
        return CompletableFuture.allOf(
                shards.stream()
                        .map(
                                shard ->
                                        CompletableFuture.runAsync(
                                                () -> task.accept(shard), shard.loop::execute))
                        .toArray(CompletableFuture[]::new));
    }

    /// Writes what is still to be written; where the disk does not take it, it is lost.
    static CompletionStage<Void> flush(List<Shard> shards) {
        return eachDone(shards, Shard::flush);
    }

    /// Begins something on each loop; completes when all have done it.
    static CompletionStage<Void> eachDone(
            List<Shard> shards, Function<Shard, CompletionStage<Void>> task) {
        return CompletableFuture.allOf(
                shards.stream()
                        .map(
                                shard ->
                                        CompletableFuture.supplyAsync(
                                                        () -> task.apply(shard),
                                                        shard.loop::execute)
                                                .thenCompose(done -> done))
                        .toArray(CompletableFuture[]::new));
    }

    private CompletionStage<Void> flush() {
        return journal == null ? CompletableFuture.completedFuture(null) : journal.flush();
    }
}
