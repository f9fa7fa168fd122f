package eu.sermas.bus.store.rocksdb;

import eu.sermas.bus.store.Store.Safety;
import eu.sermas.bus.store.StoreException;
import java.nio.file.Path;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The database of an open store, which can be closed and opened again under its readers: they wait
/// meanwhile. Any thread may read; one thread, the committer's, does the rest.
final class Records {

    /// What a reader does while the files cannot be closed under it.
    interface Reading<T> {

        @Nullable T from(Database database) throws RocksDBException;
    }

    private static final Logger LOG = LoggerFactory.getLogger(Records.class);

    private final Path folder;
    private final ReadWriteLock inUse = new ReentrantReadWriteLock();

    // Changed by the one writing thread, under the lock.
    private @Nullable Database database;
    private String missing = "";

    Records(Path folder, Database database) {
        this.folder = folder;
        this.database = database;
    }

    /// @throws StoreException where the records cannot be read
    <T> @Nullable T read(Reading<T> reading) {
        inUse.readLock().lock();
        try {
            return reading.from(open());
        } catch (RocksDBException e) {
            throw new StoreException("store: not readable: " + Reasons.of(e), e);
        } finally {
            inUse.readLock().unlock();
        }
    }

    /// The database for the one thread that may also replace it.
    Database open() {
        Database open = database;
        if (open == null) {
            throw new StoreException("store: " + missing);
        }
        return open;
    }

    void write(WriteBatch writes, Safety safety) throws RocksDBException {
        open().write(writes, safety);
    }

    /// Gets RocksDB out of the state in which it refuses all writes after one has failed. Where the
    /// files cannot be opened for writing, they are opened for reading only.
    ///
    /// @throws RocksDBException where nothing can be written still
    void reopen() throws RocksDBException {
        inUse.writeLock().lock();
        try {
            close("not readable: files cannot be opened again");
            try {
                database = new Database(folder);
            } catch (RocksDBException e) {
                openForReading();
                throw e;
            }
        } finally {
            inUse.writeLock().unlock();
        }
    }

    private void openForReading() {
        try {
            database = Database.forReading(folder);
        } catch (RocksDBException e) {
            LOG.debug("Store cannot be read either", e);
        }
    }

    void close() {
        inUse.writeLock().lock();
        try {
            sync();
            close("closed");
        } finally {
            inUse.writeLock().unlock();
        }
    }

    private void sync() {
        try {
            if (database != null) {
                database.sync();
            }
        } catch (RocksDBException e) {
            LOG.debug("Store not synced at its end", e);
        }
    }

    private void close(String why) {
        Database open = database;
        database = null;
        missing = why;
        if (open != null) {
            open.close();
        }
    }
}
