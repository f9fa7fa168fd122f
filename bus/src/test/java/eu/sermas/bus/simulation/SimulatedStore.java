package eu.sermas.bus.simulation;

import eu.sermas.bus.store.Batch;
import eu.sermas.bus.store.Store;
import eu.sermas.bus.store.StoreException;
import eu.sermas.bus.store.Succession;
import eu.sermas.bus.store.memory.MemoryStore;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/// A disk whose committer moves only when the simulation says so, and that can fail. What was
/// committed is there after a crash; what was handed over and not committed may be there or not,
/// and so may what was said to have failed: it was written at once, or comes to light when the disk
/// or another process goes on, or never.
public final class SimulatedStore implements Store {

    private static final String FAILURE = "no space left on device";

    /// How many groups of batches.
    private static final int AFTERMATH = 6;

    private record Pending(
            Batch batch, Safety safety, Succession succession, CompletableFuture<Void> stage) {

        void refuse() {
            succession.breakOff();
            stage.completeExceptionally(new StoreException(FAILURE));
        }
    }

    private final Random random;
    private final ArrayDeque<Pending> pending = new ArrayDeque<>();
    private final ArrayDeque<Runnable> reads = new ArrayDeque<>();
    private MemoryStore disk = new MemoryStore();

    /// What is written and not synced: a power cut takes any number of the last ones.
    private final List<Batch> unsynced = new ArrayList<>();

    /// Groups that have failed and may yet come to light, in their order.
    private final List<List<Batch>> inLimbo = new ArrayList<>();

    private MemoryStore synced = new MemoryStore();
    private boolean failing;
    private int groupsSinceFailure = AFTERMATH;
    private @Nullable String failure;
    private int written;
    private int ranges;
    private boolean busy;
    private boolean reading = true;
    private int read;

    public SimulatedStore(Random random) {
        this.random = random;
    }

    @Override
    public byte @Nullable [] get(Family family, byte[] key) {
        return disk.get(family, key);
    }

    @Override
    public void scan(Family family, byte[] prefix, BiPredicate<byte[], byte[]> visitor) {
        disk.scan(family, prefix, visitor);
    }

    @Override
    public void scan(Family family, byte[] from, byte[] to, BiPredicate<byte[], byte[]> visitor) {
        disk.scan(family, from, to, visitor);
    }

    @Override
    public void read(Runnable task) {
        reads.addLast(task);
    }

    /// Lets everything wait that is to be read, or no more.
    public void holdReads(boolean now) {
        reading = !now;
    }

    /// How often something is to be read that waits.
    public int readsWaiting() {
        return reads.size();
    }

    /// How often something was read.
    public int reads() {
        return read;
    }

    @Override
    public CompletionStage<Void> commit(Batch batch, Safety safety, Succession succession) {
        Pending made = new Pending(batch, safety, succession, new CompletableFuture<>());
        pending.addLast(made);
        return made.stage;
    }

    @Override
    public @Nullable String failure() {
        return failure;
    }

    /// Begins or stops to fail.
    public void fail(boolean now) {
        failing = now;
        failure = now ? FAILURE : null;
    }

    /// Begins to fail, which nobody knows before the next batch.
    void failUnnoticed() {
        failing = true;
    }

    /// Whether what it writes now may follow from its failure.
    boolean hasJustRecovered() {
        return groupsSinceFailure < AFTERMATH;
    }

    boolean isFailing() {
        return failing;
    }

    /// How many records there are of this kind.
    public int count(Family family) {
        int[] found = {0};
        disk.scan(
                family,
                new byte[0],
                (_, _) -> {
                    found[0]++;
                    return true;
                });
        return found[0];
    }

    /// Lets everything wait that is handed over from now on, or no more.
    public void busy(boolean now) {
        busy = now;
    }

    /// How many records were written or deleted.
    public int written() {
        return written;
    }

    /// How many ranges of records were deleted.
    public int ranges() {
        return ranges;
    }

    /// Commits some of what waits, as one group.
    ///
    /// @return false where nothing waits
    public boolean step() {
        if (reading && !reads.isEmpty() && (busy || pending.isEmpty() || random.nextBoolean())) {
            read++;
            reads.removeFirst().run();
            return true;
        }
        if (busy || pending.isEmpty()) {
            return false;
        }
        List<Pending> group = new ArrayList<>();
        int size = 1 + random.nextInt(pending.size());
        boolean sync = false;
        for (int i = 0; i < size; i++) {
            Pending next = pending.removeFirst();
            if (next.succession.isBroken()) {
                next.refuse();
                continue;
            }
            group.add(next);
            sync |= next.safety == Safety.SYNCED;
        }
        groupsSinceFailure++;
        if (failing) {
            groupsSinceFailure = 0;
            failure = FAILURE;
            if (random.nextBoolean()) {
                surface(inLimbo.size());
                group.forEach(each -> write(each.batch)); // written, and then the sync failed
            } else {
                inLimbo.add(group.stream().map(Pending::batch).toList());
            }
            group.forEach(Pending::refuse);
            return true;
        }
        surface(random.nextInt(inLimbo.size() + 1));
        group.forEach(each -> write(each.batch));
        if (sync) {
            unsynced.forEach(batch -> apply(synced, batch));
            unsynced.clear();
        }
        group.forEach(each -> each.stage.complete(null));
        return true;
    }

    /// The first of what has failed comes to light, the rest never does.
    private void surface(int groups) {
        inLimbo.subList(0, groups).forEach(group -> group.forEach(this::write));
        inLimbo.clear();
    }

    private void write(Batch batch) {
        written += batch.changes().size();
        ranges += (int) batch.changes().stream().filter(change -> change.end() != null).count();
        apply(disk, batch);
        unsynced.add(batch);
    }

    private static void apply(MemoryStore to, Batch batch) {
        to.commit(batch, Safety.SYNCED).toCompletableFuture().join();
    }

    /// The process is killed: of what it handed over, some of the first may still have been
    /// written.
    ///
    /// @param powerCut whether the last of what was not synced goes too
    public void crash(boolean powerCut) {
        int survivors = random.nextInt(pending.size() + 1);
        surface(survivors > 0 ? inLimbo.size() : random.nextInt(inLimbo.size() + 1));
        for (int i = 0; i < survivors; i++) {
            Pending next = pending.removeFirst();
            if (!next.succession.isBroken()) {
                write(next.batch);
            }
        }
        pending.clear();
        failing = false;
        reads.clear();
        failure = null;
        if (powerCut) {
            int kept = random.nextInt(unsynced.size() + 1);
            unsynced.subList(0, kept).forEach(batch -> apply(synced, batch));
            unsynced.clear();
            disk = copy(synced);
        }
    }

    private static MemoryStore copy(MemoryStore from) {
        MemoryStore made = new MemoryStore();
        Batch all = new Batch();
        for (Family family : Family.values()) {
            from.scan(
                    family,
                    new byte[0],
                    (key, value) -> {
                        all.put(family, key, value);
                        return true;
                    });
        }
        apply(made, all);
        return made;
    }

    @Override
    public void close() {}
}
