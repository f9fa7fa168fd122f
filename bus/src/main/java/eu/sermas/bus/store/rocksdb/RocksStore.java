package eu.sermas.bus.store.rocksdb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.attribute.PosixFilePermission.GROUP_WRITE;
import static java.nio.file.attribute.PosixFilePermission.OTHERS_WRITE;

import eu.sermas.bus.store.Batch;
import eu.sermas.bus.store.Store;
import eu.sermas.bus.store.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;
import org.rocksdb.WriteBatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A store in a directory, by RocksDB. A commit is complete once it is synced to disk; commits that
/// wait at the same time share one sync.
///
/// The directory holds `db`, the records, and `native`, the machine code that reads them. It
/// belongs to one process at a time.
public final class RocksStore implements Store {

    private static final Logger LOG = LoggerFactory.getLogger(RocksStore.class);

    /// To be raised when an older version could no longer make sense of the records.
    private static final int FORMAT = 1;

    private static final byte[] FORMAT_KEY = "format".getBytes(UTF_8);

    private static final String RECORDS = "db";
    private static final String LIBRARY = "native";

    private static final Set<PosixFilePermission> OWNER_ONLY =
            PosixFilePermissions.fromString("rwx------");

    private final Database database;
    private final Committer committer;

    /// Held for reading by those who read, so that the files are not closed under them.
    private final ReadWriteLock inUse = new ReentrantReadWriteLock();

    private boolean closed;

    /// Opens the store in this directory, which is made (mode 0700) where it is missing, with its
    /// parents. In a directory of another mode, what the store keeps is still for its owner only.
    ///
    /// @throws StoreException where another process has it open, where it is damaged, cannot be
    ///   read, or was written by a newer version; the message names the directory
    public static RocksStore open(Path directory) {
        prepare(directory);
        NativeLibrary.load(directory.resolve(LIBRARY));
        try {
            Database database = new Database(directory.resolve(RECORDS));
            try {
                checkFormat(directory, database);
                return new RocksStore(database);
            } catch (RocksDBException | StoreException e) {
                database.close();
                throw e;
            }
        } catch (RocksDBException e) {
            throw explain(directory, e);
        }
    }

    private RocksStore(Database database) {
        this.database = database;
        this.committer = new Committer(database);
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

    private static void makeForOwner(Path directory) throws IOException {
        Files.createDirectories(directory, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
    }

    private static void checkFormat(Path directory, Database database) throws RocksDBException {
        byte[] found = database.get(Family.META, FORMAT_KEY);
        if (found == null) {
            try (WriteBatch first = new WriteBatch()) {
                byte[] format = Integer.toString(FORMAT).getBytes(UTF_8);
                database.append(new Batch().put(Family.META, FORMAT_KEY, format), first);
                database.write(first, Safety.SYNCED);
            }
            return;
        }
        int format = formatOf(new String(found, UTF_8));
        if (format < 1) {
            throw new StoreException("data directory " + directory + " is damaged: no format");
        }
        if (format > FORMAT) {
            throw new StoreException(
                    "data directory "
                            + directory
                            + ": format "
                            + format
                            + " (expected: at most "
                            + FORMAT
                            + "; a newer version of sermas-bus wrote it)");
        }
    }

    private static int formatOf(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException _) {
            return 0;
        }
    }

    private static StoreException explain(Path directory, RocksDBException e) {
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
                        + message,
                e);
    }

    @Override
    public byte @Nullable [] get(Family family, byte[] key) {
        inUse.readLock().lock();
        try {
            checkOpen();
            return database.get(family, key);
        } catch (RocksDBException e) {
            throw unreadable(e);
        } finally {
            inUse.readLock().unlock();
        }
    }

    @Override
    public void scan(Family family, byte[] prefix, BiPredicate<byte[], byte[]> visitor) {
        inUse.readLock().lock();
        try {
            checkOpen();
            database.scan(family, prefix, visitor);
        } catch (RocksDBException e) {
            throw unreadable(e);
        } finally {
            inUse.readLock().unlock();
        }
    }

    private void checkOpen() {
        if (closed) {
            throw new StoreException("store: closed");
        }
    }

    private static StoreException unreadable(RocksDBException e) {
        return new StoreException("store: not readable: " + e.getMessage(), e);
    }

    @Override
    public CompletionStage<Void> commit(Batch batch, Safety safety) {
        return committer.commit(batch, safety);
    }

    @Override
    public @Nullable String failure() {
        return null;
    }

    @Override
    public void close() {
        committer.stop();
        inUse.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                database.close();
            }
        } finally {
            inUse.writeLock().unlock();
        }
    }
}
