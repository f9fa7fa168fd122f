package eu.sermas.bus.store.rocksdb;

import static java.nio.charset.StandardCharsets.UTF_8;

import eu.sermas.bus.store.Batch;
import eu.sermas.bus.store.Store.Family;
import eu.sermas.bus.store.Store.Safety;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Whether the store can write, and its way back where it cannot.
///
/// There are two kinds of trouble. Little space is noticed before RocksDB is hurt: while it lasts
/// nothing is handed to RocksDB, and nothing has to be repaired. A write that failed is worse:
/// RocksDB then refuses all others, because the log may end in half a record; only opening the
/// files again, which reads the log up to there, makes it trust them. That is not tried before the
/// file system has shown that it takes writes, so that reads go on until then.
///
/// A batch that was reported as failed may be in the log whole, its sync alone having failed. Then
/// opening again brings it back, which is why [eu.sermas.bus.store.Store#commit] leaves that open.
///
/// All but [#failure] belongs to the committer's thread.
final class Recovery {

    static final Duration RETRY = Duration.ofSeconds(1);

    /// Between two looks at the free space. No more than this is written, by memtables and log
    /// together twice, before the next look.
    private static final long LOOK_BYTES = 4L * 1024 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);
    private static final byte[] PROBE_KEY = "probe".getBytes(UTF_8);

    private final Records records;
    private final FreeSpace space;

    private volatile @Nullable String failure;

    private boolean hurt;
    private long failedAt;
    private long lastTry;
    private long lastLook = System.nanoTime();
    private long bytesSinceLook;

    Recovery(Records records, FreeSpace space) {
        this.records = records;
        this.space = space;
    }

    @Nullable String failure() {
        return failure;
    }

    /// To be called before bytes are written and now and then, to find little space early.
    void beforeWrite(long bytes) {
        bytesSinceLook += bytes;
        if (bytesSinceLook >= LOOK_BYTES || isPast(lastLook)) {
            bytesSinceLook = 0;
            lastLook = System.nanoTime();
            String shortage = space.shortage();
            if (shortage != null) {
                fail(shortage, shortage);
            }
        }
    }

    /// RocksDB could not write, and will not until the files are opened again.
    void writeFailed(RocksDBException e) {
        hurt = true;
        String reason = Reasons.of(e);
        fail(reason, reason + " (" + e.getMessage() + ")");
    }

    private void fail(String reason, String details) {
        failure = reason;
        failedAt = System.nanoTime();
        lastTry = failedAt;
        LOG.warn(
                "Store cannot write: {}; commits are refused, the next try is in {} s",
                details,
                RETRY.toSeconds());
    }

    /// Tries again where it is time to.
    ///
    /// @return whether the store can write; [#recovered] then makes it known
    boolean tryAgain() {
        if (!isPast(lastTry)) {
            return false;
        }
        String problem = repair();
        lastTry = System.nanoTime();
        if (problem != null) {
            failure = problem;
        }
        return problem == null;
    }

    void recovered() {
        failure = null;
        Duration outage = Duration.ofNanos(System.nanoTime() - failedAt);
        LOG.info("Store can write again, after {} s", outage.toSeconds());
    }

    private @Nullable String repair() {
        String shortage = space.shortageForResuming();
        String problem = shortage == null ? space.probe() : shortage;
        if (problem != null) {
            return problem;
        }
        try {
            if (hurt) {
                records.reopen();
            }
            probe();
            hurt = false;
            return null;
        } catch (RocksDBException e) {
            hurt = true;
            return Reasons.of(e);
        }
    }

    private void probe() throws RocksDBException {
        try (WriteBatch writes = new WriteBatch()) {
            records.open().append(new Batch().put(Family.META, PROBE_KEY, new byte[0]), writes);
            records.write(writes, Safety.SYNCED);
        }
    }

    private static boolean isPast(long nanos) {
        return System.nanoTime() - nanos >= RETRY.toNanos();
    }
}
