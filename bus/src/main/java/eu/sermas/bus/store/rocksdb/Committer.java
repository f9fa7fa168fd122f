package eu.sermas.bus.store.rocksdb;

import eu.sermas.bus.store.Batch;
import eu.sermas.bus.store.Store.Safety;
import eu.sermas.bus.store.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
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

    private record Pending(Batch batch, Safety safety, CompletableFuture<Void> stage) {

        static Pending of(Batch batch, Safety safety) {
            return new Pending(batch, safety, new CompletableFuture<>());
        }
    }

    private final Database database;
    private final BlockingQueue<Pending> queue = new LinkedBlockingQueue<>();
    private final Thread thread = Thread.ofPlatform().name("store-committer").unstarted(this::run);
    private volatile boolean stopping;

    Committer(Database database) {
        this.database = database;
    }

    void start() {
        thread.start();
    }

    CompletionStage<Void> commit(Batch batch, Safety safety) {
        Pending pending = Pending.of(batch, safety);
        queue.add(pending);
        // What comes after the thread's last look at the queue is nobody's but ours.
        if (stopping && queue.remove(pending)) {
            pending.stage.completeExceptionally(new StoreException("store: closed"));
        }
        return pending.stage;
    }

    /// Returns once all that was handed over before is written.
    void stop() {
        stopping = true;
        queue.add(Pending.of(new Batch(), Safety.WRITTEN)); // wakes the thread
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
        List<Pending> group = new ArrayList<>();
        try (WriteBatch writes = new WriteBatch()) {
            while (!stopping || !queue.isEmpty()) {
                Pending first = await();
                if (first != null) {
                    write(first, group, writes);
                    group.clear();
                    writes.clear();
                }
            }
        }
    }

    private @Nullable Pending await() {
        try {
            return queue.take();
        } catch (InterruptedException _) {
            return null; // Nobody has a reason to interrupt this thread; stop() tells it when to
            // end.
        }
    }

    private void write(Pending first, List<Pending> group, WriteBatch writes) {
        Safety safety = Safety.WRITTEN;
        try {
            for (Pending next = first; next != null; next = queue.poll()) {
                group.add(next);
                safety = next.safety == Safety.SYNCED ? Safety.SYNCED : safety;
                database.append(next.batch, writes);
                if (writes.getDataSize() >= FULL_GROUP_BYTES) {
                    break;
                }
            }
            database.write(writes, safety);
        } catch (RocksDBException | RuntimeException | Error e) {
            // Whatever it was: commits that are never answered would be worse.
            StoreException failure = new StoreException("store: not written: " + e.getMessage(), e);
            group.forEach(pending -> pending.stage.completeExceptionally(failure));
            return;
        }
        group.forEach(pending -> pending.stage.complete(null));
    }
}
