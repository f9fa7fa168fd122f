package eu.sermas.bus.store.rocksdb;

import eu.sermas.bus.store.Store.Family;
import eu.sermas.bus.store.StoreException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/// The records of a data directory for those who only look: they are as they were when this was
/// opened, nothing is written, and a bus may be running on them.
public final class StoredRecords implements AutoCloseable {

    private static final int ATTEMPTS = 5;

    private final Database database;

    private StoredRecords(Database database) {
        this.database = database;
    }

    /// @throws StoreException where there are no records, they cannot be read, or a newer version
    ///   wrote them; the message names the directory
    public static StoredRecords open(Path directory) {
        Path folder = directory.resolve(RocksStore.RECORDS);
        if (!Files.exists(folder.resolve("CURRENT"))) {
            throw new StoreException("data directory " + directory + ": no records in it");
        }
        NativeLibrary.load();
        try {
            Database database = database(folder);
            try {
                Format.find(directory, database);
                return new StoredRecords(database);
            } catch (RocksDBException | StoreException e) {
                database.close();
                throw e;
            }
        } catch (RocksDBException e) {
            throw RocksStore.explain(directory, e);
        }
    }

    /// A running bus may remove a file just when it is to be opened, since it has made another of
    /// it; the next attempt finds that.
    private static Database database(Path folder) throws RocksDBException {
        for (int attempt = 1; ; attempt++) {
            try {
                return Database.forReading(folder);
            } catch (RocksDBException e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    /// The value of a key, or null.
    public byte @Nullable [] get(Family family, byte[] key) {
        try {
            return database.has(family) ? database.get(family, key) : null;
        } catch (RocksDBException e) {
            throw unreadable(e);
        }
    }

    /// As [eu.sermas.bus.store.Store#scan].
    public void scan(Family family, byte[] prefix, BiPredicate<byte[], byte[]> visitor) {
        if (!database.has(family)) {
            return;
        }
        try {
            database.scan(family, prefix, visitor);
        } catch (RocksDBException e) {
            throw unreadable(e);
        }
    }

    private static StoreException unreadable(RocksDBException e) {
        return new StoreException("store: not readable: " + Reasons.of(e), e);
    }

    @Override
    public void close() {
        database.close();
    }
}
