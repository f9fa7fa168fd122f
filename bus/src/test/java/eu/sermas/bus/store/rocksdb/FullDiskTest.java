package eu.sermas.bus.store.rocksdb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import eu.sermas.bus.store.Batch;
import eu.sermas.bus.store.Store;
import eu.sermas.bus.store.Store.Family;
import eu.sermas.bus.store.Store.Safety;
import eu.sermas.bus.store.StoreException;
import eu.sermas.bus.store.Succession;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A store on a disk that is full, and has room again.
@Timeout(120)
class FullDiskTest {

    private static final int MIB = 1024 * 1024;
    private static final int SIZE_MIB = 48;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir private Path folder;

    private SmallDisk disk;
    private final List<Integer> acknowledged = new ArrayList<>();

    @BeforeEach
    void mount() throws IOException, InterruptedException {
        disk = SmallDisk.mount(folder, SIZE_MIB);
    }

    @AfterEach
    void unmount() throws IOException, InterruptedException {
        disk.unmount();
    }

    @Test
    void refusesCommitsUntilThereIsRoomAndKeepsWhatWasAcknowledged() throws Exception {
        try (Store store = RocksStore.open(folder, 0)) {
            fill(store);

            assertThat(store.failure()).isEqualTo("no space left on device");
            assertThatThrownBy(() -> put(store, acknowledged.size()))
                    .isInstanceOf(CompletionException.class)
                    .hasRootCauseInstanceOf(Exception.class)
                    .hasMessageContaining("store: not written: no space left on device");
            assertAllThere(store);

            disk.resize(4 * SIZE_MIB);
            await().atMost(PATIENCE).until(() -> store.failure() == null);
            assertAllThere(store);
            put(store, acknowledged.size());
            acknowledged.add(acknowledged.size());
            assertAllThere(store);
        }
        try (Store store = RocksStore.open(folder, 0)) {
            assertAllThere(store);
        }
    }

    @Test
    void keepsSomeSpaceFree() throws Exception {
        disk.resize(2 * SIZE_MIB);
        try (Store store = RocksStore.open(folder, 40L * MIB)) {
            fill(store);

            assertThat(store.failure())
                    .matches("\\d+ MiB of disk space left \\(expected: at least \\d+ MiB\\)");
            assertThat(folder.toFile().getUsableSpace()).isPositive();
            assertAllThere(store);

            disk.resize(4 * SIZE_MIB);
            await().atMost(PATIENCE).until(() -> store.failure() == null);
            put(store, acknowledged.size());
            assertAllThere(store);
        }
    }

    /// Whoever has not heard yet that a batch has failed may hand over the next one when the disk
    /// is well again.
    @Test
    void aBatchTakesNoEffectWithoutThoseBeforeIt() throws Exception {
        Succession succession = new Succession();
        Batch batch = new Batch().put(Family.META, "key".getBytes(UTF_8), new byte[1]);
        try (Store store = RocksStore.open(folder, 0)) {
            fill(store);
            assertThat(store.commit(batch, Safety.SYNCED, succession))
                    .failsWithin(PATIENCE)
                    .withThrowableThat()
                    .withMessageContaining("no space left on device");
            disk.resize(4 * SIZE_MIB);
            await().atMost(PATIENCE).until(() -> store.failure() == null);
            assertThat(store.commit(batch, Safety.SYNCED, succession))
                    .failsWithin(PATIENCE)
                    .withThrowableThat()
                    .withMessageContaining("store: not written: a batch before it was not");
            put(store, acknowledged.size());
            succession.mend();
            assertThat(store.commit(batch, Safety.SYNCED, succession)).succeedsWithin(PATIENCE);
        }
    }

    @Test
    void noticesAFullDiskWithoutCommits() throws Exception {
        try (Store store = RocksStore.open(folder, 8L * MIB)) {
            assertThat(store.failure()).isNull();
            takeTheRest();
            await().atMost(PATIENCE).until(() -> store.failure() != null);
        }
    }

    @Test
    void closesWhileTheDiskIsFullAndLosesNothing() throws Exception {
        try (Store store = RocksStore.open(folder, 0)) {
            fill(store);
        }
        disk.resize(4 * SIZE_MIB);
        try (Store store = RocksStore.open(folder, 0)) {
            assertAllThere(store);
        }
    }

    @Test
    void opensOnceThereIsRoomAfterItCouldNot() throws Exception {
        try (Store store = RocksStore.open(folder, 0)) {
            fill(store);
        }
        takeTheRest();
        assertThatThrownBy(() -> RocksStore.open(folder, 0))
                .isInstanceOf(StoreException.class)
                .hasMessage(
                        "data directory " + folder + " cannot be opened: no space left on device");
        disk.resize(4 * SIZE_MIB);
        try (Store store = RocksStore.open(folder, 0)) {
            assertAllThere(store);
        }
    }

    /// RocksDB leaves some space when it gives up half-written files.
    private void takeTheRest() throws IOException {
        try (OutputStream file = Files.newOutputStream(folder.resolve("rest"))) {
            byte[] block = new byte[4096];
            assertThatThrownBy(
                            () -> {
                                while (true) {
                                    file.write(block);
                                }
                            })
                    .isInstanceOf(IOException.class);
        }
    }

    private void fill(Store store) {
        for (int i = 0; i < 10_000; i++) {
            try {
                put(store, i);
                acknowledged.add(i);
            } catch (CompletionException e) {
                assertThat(e).hasCauseInstanceOf(StoreException.class);
                assertThat(i).isGreaterThan(50);
                return;
            }
        }
        throw new AssertionError("the disk never became full");
    }

    private static void put(Store store, int number) {
        byte[] key = Integer.toString(number).getBytes(UTF_8);
        store.commit(new Batch().put(Family.QUEUE, key, value(number)))
                .toCompletableFuture()
                .orTimeout(30, TimeUnit.SECONDS)
                .join();
    }

    /// Incompressible.
    private static byte[] value(int number) {
        byte[] value = new byte[100_000];
        new Random(number).nextBytes(value);
        return value;
    }

    private void assertAllThere(Store store) {
        for (int number : acknowledged) {
            byte[] key = Integer.toString(number).getBytes(UTF_8);
            assertThat(store.get(Family.QUEUE, key))
                    .as("record %d", number)
                    .isEqualTo(value(number));
        }
    }
}
