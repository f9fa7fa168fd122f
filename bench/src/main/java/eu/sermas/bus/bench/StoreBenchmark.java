package eu.sermas.bus.bench;

import eu.sermas.bus.store.Batch;
import eu.sermas.bus.store.Folders;
import eu.sermas.bus.store.Store;
import eu.sermas.bus.store.Store.Family;
import eu.sermas.bus.store.Store.Safety;
import eu.sermas.bus.store.memory.MemoryStore;
import eu.sermas.bus.store.rocksdb.RocksStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// Commits and look-ups. The data lies in the directory that the property `bench.dir` names, which
/// should be on the disk that matters; without it in the directory for temporary files.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class StoreBenchmark {

    private static final int TOGETHER = 1000;
    private static final int KNOWN = 100_000;

    @Param({"rocksdb", "memory"})
    public String kind;

    @Param({"64", "1024"})
    public int valueSize;

    private Path directory;
    private Store store;
    private byte[] value;
    private long written;
    private long read;

    @Setup
    public void open() throws IOException {
        String parent = System.getProperty("bench.dir");
        directory =
                parent == null
                        ? Files.createTempDirectory("bench-store")
                        : Files.createTempDirectory(Path.of(parent), "bench-store");
        store = kind.equals("memory") ? new MemoryStore() : RocksStore.open(directory);
        value = new byte[valueSize];
        Batch known = new Batch();
        for (int i = 0; i < KNOWN; i++) {
            known.put(Family.RETAINED, key(i), value);
        }
        await(store.commit(known));
    }

    @TearDown
    public void close() throws IOException {
        store.close();
        Folders.remove(directory);
    }

    private static byte[] key(long number) {
        return ByteBuffer.allocate(2 * Long.BYTES).putLong(1).putLong(number).array();
    }

    private static void await(CompletionStage<Void> commit) {
        commit.toCompletableFuture().join();
    }

    private CompletionStage<Void> put(Safety safety) {
        Batch batch = new Batch().put(Family.QUEUE, key(written++), value);
        return store.commit(batch, safety);
    }

    /// One record, waited for: the least time that a durable acknowledgement takes.
    @Benchmark
    public void commitSynced() {
        await(put(Safety.SYNCED));
    }

    @Benchmark
    public void commitWritten() {
        await(put(Safety.WRITTEN));
    }

    /// For each record where many are handed over before the first is waited for, as the loops do.
    @Benchmark
    @OperationsPerInvocation(TOGETHER)
    public void commitSyncedTogether() {
        CompletableFuture<?>[] commits = new CompletableFuture<?>[TOGETHER];
        for (int i = 0; i < TOGETHER; i++) {
            commits[i] = put(Safety.SYNCED).toCompletableFuture();
        }
        CompletableFuture.allOf(commits).join();
    }

    /// For each record of a queue that is written and then deleted as a range.
    @Benchmark
    @OperationsPerInvocation(TOGETHER)
    public void queueAndDeleteRange() {
        long from = written;
        Batch batch = new Batch();
        for (int i = 0; i < TOGETHER; i++) {
            batch.put(Family.QUEUE, key(written++), value);
        }
        await(store.commit(batch));
        await(store.commit(new Batch().deleteRange(Family.QUEUE, key(from), key(written))));
    }

    @Benchmark
    public byte[] get() {
        return store.get(Family.RETAINED, key(read++ % KNOWN));
    }

    /// The first hundred records of a queue.
    @Benchmark
    public int scanHundred() {
        int[] seen = {0};
        byte[] queue = ByteBuffer.allocate(Long.BYTES).putLong(1).array();
        store.scan(Family.RETAINED, queue, (_, _) -> ++seen[0] < 100);
        return seen[0];
    }
}
