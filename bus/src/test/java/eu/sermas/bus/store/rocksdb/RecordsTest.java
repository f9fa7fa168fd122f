package eu.sermas.bus.store.rocksdb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.sermas.bus.store.Batch;
import eu.sermas.bus.store.Store.Family;
import eu.sermas.bus.store.Store.Safety;
import eu.sermas.bus.store.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

class RecordsTest {

    private static final byte[] KEY = "key".getBytes(UTF_8);

    @TempDir private Path folder;

    @BeforeAll
    static void loadLibrary() {
        RocksDB.loadLibrary();
    }

    /// A folder in place of the lock file keeps RocksDB from writing, and from nothing else.
    @Test
    void canBeReadWhereTheyCannotBeOpenedForWriting() throws Exception {
        Records records = new Records(folder, new Database(folder));
        put(records, "1");
        Files.delete(folder.resolve("LOCK"));
        Files.createDirectory(folder.resolve("LOCK"));

        assertThatThrownBy(records::reopen).isInstanceOf(RocksDBException.class);
        assertThat(get(records)).isEqualTo(bytes("1"));
        assertThatThrownBy(() -> put(records, "2")).isInstanceOf(RocksDBException.class);

        Files.delete(folder.resolve("LOCK"));
        records.reopen();
        put(records, "2");
        assertThat(get(records)).isEqualTo(bytes("2"));
        records.close();
    }

    @Test
    void whereTheyCannotBeReadEitherThatIsSaidUntilTheyCan() throws Exception {
        Records records = new Records(folder, new Database(folder));
        put(records, "1");
        Path current = folder.resolve("CURRENT");
        Files.move(current, folder.resolve("moved"));
        Files.createDirectory(current);

        assertThatThrownBy(records::reopen).isInstanceOf(RocksDBException.class);
        assertThatThrownBy(() -> get(records))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("not readable");

        restore(current);
        records.reopen();
        assertThat(get(records)).isEqualTo(bytes("1"));
        records.close();
        records.close();
    }

    private void restore(Path current) throws IOException {
        Files.delete(current);
        Files.move(folder.resolve("moved"), current);
    }

    private static byte @Nullable [] get(Records records) {
        return records.read(database -> database.get(Family.APP, KEY));
    }

    private static void put(Records records, String value) throws RocksDBException {
        try (WriteBatch writes = new WriteBatch()) {
            records.open().append(new Batch().put(Family.APP, KEY, bytes(value)), writes);
            records.write(writes, Safety.SYNCED);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
