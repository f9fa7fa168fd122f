package eu.sermas.bus.store.rocksdb;

import static java.nio.charset.StandardCharsets.UTF_8;

import eu.sermas.bus.store.Batch;
import eu.sermas.bus.store.Store.Family;
import eu.sermas.bus.store.Store.Safety;
import eu.sermas.bus.store.StoreException;
import java.nio.file.Path;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The number that says how records are to be read, kept with the records.
///
/// It is raised when an older version could no longer make sense of the records. Whoever raises it
/// adds one step to [#stepFrom]; a directory of any age takes the steps one by one.
final class Format {

    /// 1 had identities only; 2 has sessions, queues and retained messages as well; in 3 a session
    /// says whether its will may be published, in 4 which packet identifiers it may have used
    /// without a trace.
    static final int CURRENT = 4;

    /// Of a directory without records.
    static final int NONE = 0;

    private static final Logger LOG = LoggerFactory.getLogger(Format.class);
    private static final byte[] KEY = "format".getBytes(UTF_8);

    private Format() {}

    /// Marks new records with the current format, and brings older ones to it.
    ///
    /// @throws StoreException where the records are of a newer version or have no valid format
    static void upgrade(Path directory, Database database) throws RocksDBException {
        int format = find(directory, database);
        if (format == NONE) {
            write(database, new Batch(), CURRENT);
            return;
        }
        for (int from = format; from < CURRENT; from++) {
            write(database, stepFrom(from), from + 1);
        }
        if (format < CURRENT) {
            LOG.info("Data directory {}: format {} upgraded to {}", directory, format, CURRENT);
        }
    }

    /// The format of the records, or [#NONE].
    ///
    /// @throws StoreException where the records are of a newer version or have no valid format
    static int find(Path directory, Database database) throws RocksDBException {
        byte[] found = database.get(Family.META, KEY);
        return found == null ? NONE : check(directory, new String(found, UTF_8));
    }

    /// What makes records of the next format of those of this one; written together with its
    /// number.
    private static Batch stepFrom(int format) {
        return switch (format) {
            case 1 -> new Batch(); // only families were added, and opening has made them
            case 2, 3 -> new Batch(); // records of sessions say themselves which form they have
            default -> throw new IllegalStateException("no upgrade from format " + format);
        };
    }

    private static void write(Database database, Batch step, int format) throws RocksDBException {
        step.put(Family.META, KEY, Integer.toString(format).getBytes(UTF_8));
        try (WriteBatch writes = new WriteBatch()) {
            database.append(step, writes);
            database.write(writes, Safety.SYNCED);
        }
    }

    private static int check(Path directory, String found) {
        int format = parse(found);
        if (format < 1) {
            throw new StoreException("data directory " + directory + " is damaged: no format");
        }
        if (format > CURRENT) {
            throw new StoreException(
                    "data directory "
                            + directory
                            + ": format "
                            + format
                            + " (expected: at most "
                            + CURRENT
                            + "; a newer version of sermas-bus wrote it)");
        }
        return format;
    }

    private static int parse(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException _) {
            return 0;
        }
    }
}
