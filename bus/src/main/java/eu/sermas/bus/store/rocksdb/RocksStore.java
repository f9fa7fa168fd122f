package eu.sermas.bus.store.rocksdb;

import static java.nio.file.attribute.PosixFilePermission.GROUP_WRITE;
import static java.nio.file.attribute.PosixFilePermission.OTHERS_WRITE;

import eu.sermas.bus.store.Batch;
import eu.sermas.bus.store.Store;
import eu.sermas.bus.store.StoreException;
import eu.sermas.bus.store.Succession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A store in a directory, by RocksDB. A commit is complete once it is synced to disk; commits that
/// wait at the same time share one sync.
///
/// The directory holds `db`, the records; `native`, the machine code that reads them;
/// `checkpoints`, while one is in use. It belongs to one process at a time.
public final class RocksStore implements Store {

    private static final Logger LOG = LoggerFactory.getLogger(RocksStore.class);

    /// With less than this free on the file system, commits are refused: what is left is for the
    /// compaction of records, for deletions to take effect, and for reading the log again at a
    /// start, which all write files before they remove any.
    static final long RESERVED_BYTES = 64L * 1024 * 1024;

    /// Threads that wait for the disk in place of others, see [Store#read].
    private static final int READERS = 2;

    /// To be raised with every change of the records that an older version cannot read.
    public static final int FORMAT = Format.CURRENT;

    /// The folder of the records in a data directory.
    public static final String RECORDS = "db";

    /// A file that is there for a moment, to see whether the disk takes writes.
    public static final String PROBE = "probe";

    /// The folder of what can be made anew from the program.
    private static final String LIBRARY = "native";

    private static final String CHECKPOINTS = "checkpoints";

    private static final Set<PosixFilePermission> OWNER_ONLY =
            PosixFilePermissions.fromString("rwx------");

    private final Records records;
    private final Path checkpoints;
    private final Recovery recovery;
    private final Committer committer;
    private final ExecutorService readers;

    /// Opens the store in this directory, which is made (mode 0700) where it is missing, with its
    /// parents. In a directory of another mode, what the store keeps is still for its owner only.
    ///
    /// @throws StoreException where another process has it open, where it is damaged, cannot be
    ///   read, or was written by a newer version; the message names the directory
    public static RocksStore open(Path directory) {
        return open(directory, RESERVED_BYTES);
    }

    /// @param reserve bytes that commits leave free on the file system
    static RocksStore open(Path directory, long reserve) {
        prepare(directory);
        NativeLibrary.load(directory.resolve(LIBRARY));
        Path folder = directory.resolve(RECORDS);
        try {
            FreeSpace space = new FreeSpace(directory, reserve);
            Database database = new Database(folder);
            try {
                Format.upgrade(directory, database);
                Path checkpoints = directory.resolve(CHECKPOINTS);
                Checkpoint.remove(checkpoints); // of a process that was killed
                return new RocksStore(new Records(folder, database), space, checkpoints);
            } catch (RocksDBException | StoreException e) {
                database.close();
                throw e;
            }
        } catch (RocksDBException e) {
            throw explain(directory, e);
        } catch (IOException e) {
            throw new StoreException("data directory " + directory + " cannot be opened: " + e, e);
        }
    }

    private RocksStore(Records records, FreeSpace space, Path checkpoints) {
        this.records = records;
        this.checkpoints = checkpoints;
        this.recovery = new Recovery(records, space);
        this.committer = new Committer(records, recovery);
        this.readers =
                Executors.newFixedThreadPool(
                        READERS, Thread.ofPlatform().name("store reader ", 1).daemon().factory());
        committer.start();
    }

    private static void prepare(Path directory) {
        try {
            makeForOwner(directory);
            Set<PosixFilePermission> mode = Files.getPosixFilePermissions(directory);
            if (mode.contains(GROUP_WRITE) || mode.contains(OTHERS_WRITE)) {
                LOG.warn(
                        "Data directory {}: mode {} (expected: writable by its owner only)",
                        directory,
                        PosixFilePermissions.toString(mode));
            }
            // The directory may have been made by somebody else for others to read; keys and tokens
            // are not for them.
            makeForOwner(directory.resolve(RECORDS));
            makeForOwner(directory.resolve(LIBRARY));
        } catch (IOException e) {
            throw new StoreException("data directory " + directory + " cannot be made: " + e, e);
        }
    }

    static void makeForOwner(Path directory) throws IOException {
        Files.createDirectories(directory, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
    }

    static StoreException explain(Path directory, RocksDBException e) {
        String message = String.valueOf(e.getMessage());
        // RocksDB has no code for this; the first is said of another process, the second of this.
        if (message.startsWith("While lock file") || message.startsWith("lock hold by")) {
            return new StoreException("data directory in use: " + directory, e);
        }
        Status status = e.getStatus();
        boolean damaged = status != null && status.getCode() == Status.Code.Corruption;
        return new StoreException(
                "data directory "
                        + directory
                        + (damaged ? " is damaged: " : " cannot be opened: ")
                        + Reasons.of(e),
                e);
    }

    @Override
    public byte @Nullable [] get(Family family, byte[] key) {
        return records.read(database -> database.get(family, key));
    }

    @Override
    public void scan(Family family, byte[] prefix, BiPredicate<byte[], byte[]> visitor) {
        records.read(
                database -> {
                    database.scan(family, prefix, visitor);
                    return null;
                });
    }

    @Override
    public void scan(Family family, byte[] from, byte[] to, BiPredicate<byte[], byte[]> visitor) {
        records.read(
                database -> {
                    database.scan(family, from, to, visitor);
                    return null;
                });
    }

    @Override
    public void read(Runnable task) {
        try {
            readers.execute(task);
        } catch (RejectedExecutionException e) {
            LOG.debug("Not read: the store is closed", e);
        }
    }

    @Override
    public CompletionStage<Void> commit(Batch batch, Safety safety, Succession succession) {
        return committer.commit(batch, safety, succession);
    }

    /// Keeps the records as they are now, for a copy of them. All that is committed is in it.
    ///
    /// @throws StoreException where that is not possible, such as on a full disk
    public Checkpoint checkpoint() {
        return Checkpoint.of(records, checkpoints);
    }

    @Override
    public @Nullable String failure() {
        return recovery.failure();
    }

    @Override
    public void close() {
        readers.shutdownNow();
        committer.stop();
        records.close();
    }
}
