package eu.sermas.bus.store.rocksdb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.sermas.bus.store.Batch;
import eu.sermas.bus.store.Store;
import eu.sermas.bus.store.Store.Family;
import eu.sermas.bus.store.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoredRecordsTest {

    @TempDir private Path directory;

    @Test
    void readsWhatARunningBusHasWrittenAndChangesNothing() throws IOException {
        try (Store store = RocksStore.open(directory)) {
            put(store, "a", "1");
            Map<Path, FileTime> before = files();
            try (StoredRecords records = StoredRecords.open(directory)) {
                put(store, "b", "2");
                assertThat(records.get(Family.APP, bytes("a"))).isEqualTo(bytes("1"));
                assertThat(keys(records))
                        .as("as they were when it was opened")
                        .containsExactly("a");
            }
            assertThat(files().keySet()).isEqualTo(before.keySet());
        }
        Map<Path, FileTime> before = files();
        try (StoredRecords records = StoredRecords.open(directory)) {
            assertThat(keys(records)).containsExactly("a", "b");
        }
        assertThat(files()).isEqualTo(before);
    }

    @Test
    void opensWhileABusIsBusy() throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        try (Store store = RocksStore.open(directory)) {
            put(store, "first", "1");
            Thread writer =
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        for (int i = 0; !done.get(); i++) {
                                            put(store, "key" + i % 100, "x".repeat(100_000));
                                        }
                                    });
            for (int i = 0; i < 30; i++) {
                try (StoredRecords records = StoredRecords.open(directory)) {
                    assertThat(records.get(Family.APP, bytes("first"))).isEqualTo(bytes("1"));
                }
            }
            done.set(true);
            writer.join();
        }
    }

    @Test
    void aDirectoryWithoutRecordsIsRefusedAndLeftAsItIs() throws IOException {
        assertThatThrownBy(() -> StoredRecords.open(directory))
                .isInstanceOf(StoreException.class)
                .hasMessage("data directory %s: no records in it", directory);
        assertThat(files()).isEmpty();
    }

    @Test
    void recordsOfANewerVersionAreRefused() {
        try (Store store = RocksStore.open(directory)) {
            store.commit(new Batch().put(Family.META, bytes("format"), bytes("99")))
                    .toCompletableFuture()
                    .join();
        }
        assertThatThrownBy(() -> StoredRecords.open(directory))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("a newer version of sermas-bus wrote it");
    }

    private Map<Path, FileTime> files() throws IOException {
        Map<Path, FileTime> files = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.filter(Files::isRegularFile).toList()) {
                files.put(path, Files.getLastModifiedTime(path));
            }
        }
        return files;
    }

    private static List<String> keys(StoredRecords records) {
        List<String> keys = new ArrayList<>();
        records.scan(Family.APP, new byte[0], (key, _) -> keys.add(new String(key, UTF_8)));
        return keys;
    }

    private static void put(Store store, String key, String value) {
        store.commit(new Batch().put(Family.APP, bytes(key), bytes(value)))
                .toCompletableFuture()
                .join();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
