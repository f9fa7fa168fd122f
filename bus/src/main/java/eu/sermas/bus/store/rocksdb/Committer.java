package eu.sermas.bus.store.rocksdb;

import eu.sermas.bus.store.Batch;
import eu.sermas.bus.store.Store.Safety;
import eu.sermas.bus.store.StoreException;
import eu.sermas.bus.store.Succession;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/// The one thread that writes. While it waits for the disk, batches pile up behind it; the next
/// write takes all of them, so the dearer a sync is, the more commits share it.
///
/// The queue has no limit of its own: it holds what is not yet acknowledged, and how much that may
/// be is settled where it is accepted.
final class Committer {

    /// Enough to keep the disk busy, little enough to bound the time and the memory of one write.
    private static final long FULL_GROUP_BYTES = 8L * 1024 * 1024;

    /// What a group takes as a rule, so that the native buffer does not grow step by step.
    private static final int RESERVED_BYTES = 1024 * 1024;

    private record Pending(
            Batch batch, Safety safety, Succession succession, CompletableFuture<Void> stage) {

        static Pending of(Batch batch, Safety safety, Succession succession) {
            return new Pending(batch, safety, succession, new CompletableFuture<>());
        }

        void refuse(Throwable reason) {
            succession.breakOff();
            stage.completeExceptionally(reason);
        }
    }

    private final Records records;
    private final Recovery recovery;
    private final BlockingQueue<Pending> queue = new LinkedBlockingQueue<>();
    private final Thread thread = Thread.ofPlatform().name("store-committer").unstarted(this::run);
    private volatile boolean stopping;

    Committer(Records records, Recovery recovery) {
        this.records = records;
        this.recovery = recovery;
    }

    void start() {
        thread.start();
    }

    CompletionStage<Void> commit(Batch batch, Safety safety, Succession succession) {
        Pending pending = Pending.of(batch, safety, succession);
        String trouble = recovery.failure();
        if (trouble != null && !stopping) {
            pending.refuse(notWritten(trouble, null));
            return pending.stage;
        }
        queue.add(pending);
        // What comes after the thread's last look at the queue is nobody's but ours.
        if (stopping && queue.remove(pending)) {
            pending.refuse(new StoreException("store: closed"));
        }
        return pending.stage;
    }

    /// Returns once all that was handed over before is written.
    void stop() {
        stopping = true;
        Batch none = new Batch();
        queue.add(Pending.of(none, Safety.WRITTEN, new Succession())); // wakes the thread
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try (WriteBatch writes = new WriteBatch(RESERVED_BYTES)) {
            while (!stopping || !queue.isEmpty()) {
                Pending first = await();
                if (recovery.failure() == null) {
                    write(first, writes);
                } else {
                    refuse(first);
                    endTrouble();
                }
            }
        }
    }

    /// The next of the queue, or null where none comes while there is something else to do.
    private @Nullable Pending await() {
        try {
            return queue.poll(Recovery.RETRY.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException _) {
            return null; // Nobody has a reason to interrupt this thread; stop() tells when to end.
        }
    }

    private void write(@Nullable Pending first, WriteBatch writes) {
        List<Pending> group = new ArrayList<>();
        Safety safety = Safety.WRITTEN;
        long bytes = 0;
        try {
            for (Pending next = first; next != null; next = queue.poll()) {
                if (next.succession.isBroken()) {
                    next.refuse(notWritten("a batch before it was not", null));
                    continue;
                }
                group.add(next);
                safety = next.safety == Safety.SYNCED ? Safety.SYNCED : safety;
                bytes += next.batch.bytes();
                records.open().append(next.batch, writes);
                if (bytes >= FULL_GROUP_BYTES) {
                    break;
                }
            }
            recovery.beforeWrite(bytes);
            String trouble = recovery.failure();
            if (trouble != null) {
                throw notWritten(trouble, null);
            }
            records.write(writes, safety);
        } catch (RocksDBException e) {
            recovery.writeFailed(e);
            refuse(group, notWritten(Reasons.of(e), e));
            return;
        } catch (RuntimeException | Error e) {
            // Whatever it was: commits that are never answered would be worse.
            refuse(group, e instanceof StoreException ? e : notWritten(String.valueOf(e), e));
            return;
        } finally {
            writes.clear();
        }
        group.forEach(pending -> pending.stage.complete(null));
    }

    private void endTrouble() {
        if (!stopping && recovery.tryAgain()) {
            // A batch that came before the end of the trouble must not overtake those that failed.
            refuse(null);
            recovery.recovered();
        }
    }

    /// Refuses this one and all that wait, for the reason that is known.
    private void refuse(@Nullable Pending first) {
        StoreException reason = notWritten(String.valueOf(recovery.failure()), null);
        List<Pending> waiting = new ArrayList<>();
        for (Pending next = first == null ? queue.poll() : first;
                next != null;
                next = queue.poll()) {
            waiting.add(next);
        }
        refuse(waiting, reason);
    }

    private static void refuse(List<Pending> group, Throwable reason) {
        group.forEach(pending -> pending.refuse(reason));
    }

    private static StoreException notWritten(String reason, @Nullable Throwable cause) {
        return new StoreException("store: not written: " + reason, cause);
    }
}
