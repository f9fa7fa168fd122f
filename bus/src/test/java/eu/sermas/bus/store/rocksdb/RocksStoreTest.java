package eu.sermas.bus.store.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.sermas.bus.store.Batch;
import eu.sermas.bus.store.Store;
import eu.sermas.bus.store.Store.Family;
import eu.sermas.bus.store.StoreContract;
import eu.sermas.bus.store.StoreException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RocksStoreTest extends StoreContract {

    @TempDir private Path temporary;

    @Override
    protected Store open() {
        return RocksStore.open(directory());
    }

    private Path directory() {
        return temporary.resolve("made/by/the/store");
    }

    private Path another() {
        return temporary.resolve("another");
    }

    @Test
    void makesTheDirectoryForItsOwnerOnly() throws IOException {
        assertThat(mode(directory())).isEqualTo("rwx------");
    }

    @Test
    void keepsRecordsFromOthersInADirectoryThatTheyMayRead() throws IOException {
        Files.createDirectory(
                another(),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        RocksStore.open(another()).close();

        assertThat(mode(another())).isEqualTo("rwxr-xr-x");
        assertThat(mode(another().resolve("db"))).isEqualTo("rwx------");
    }

    private static String mode(Path directory) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(directory));
    }

    @Test
    void keepsNoMachineCode() {
        RocksStore.open(another()).close();
        RocksStore.open(another()).close();

        assertThat(another().resolve("native")).isEmptyDirectory();
    }

    @Test
    void whatWasCommittedIsThereAfterReopening() {
        try (Store store = RocksStore.open(another())) {
            put(store, Family.USER, "key", "value");
        }
        try (Store store = RocksStore.open(another())) {
            assertThat(store.get(Family.USER, bytes("key"))).isEqualTo(bytes("value"));
        }
    }

    @Test
    void refusesADirectoryThatThisProcessHasOpen() {
        assertThatThrownBy(() -> RocksStore.open(directory()))
                .isInstanceOf(StoreException.class)
                .hasMessage("data directory in use: " + directory());
    }

    @Test
    void refusesADirectoryThatAnotherProcessHasOpen() throws Exception {
        Process process = startWriter();
        try (BufferedReader output = process.inputReader()) {
            assertThat(output.readLine()).isEqualTo("1");
            assertThatThrownBy(() -> RocksStore.open(another()))
                    .isInstanceOf(StoreException.class)
                    .hasMessage("data directory in use: " + another());
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    /// The process is killed while it goes on committing; all that it saw acknowledged is there.
    @Test
    void whatWasAcknowledgedSurvivesKill() throws Exception {
        Process process = startWriter();
        int acknowledged = 0;
        try (BufferedReader output = process.inputReader()) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                // The last line may be cut off, which makes a smaller number of it.
                acknowledged = Math.max(acknowledged, Integer.parseInt(line));
                if (acknowledged == 200) {
                    process.toHandle().destroyForcibly(); // leaves the output readable
                }
            }
        }
        assertThat(process.waitFor()).isEqualTo(128 + 9);
        assertThat(acknowledged).isGreaterThanOrEqualTo(200);

        try (Store store = RocksStore.open(another())) {
            for (int i = 1; i <= acknowledged; i++) {
                assertThat(store.get(Family.APP, bytes("a" + i))).isEqualTo(bytes("" + i));
                assertThat(store.get(Family.USER, bytes("u" + i))).isEqualTo(bytes("" + i));
            }
        }
    }

    private Process startWriter() throws IOException {
        return new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Writer.class.getName(),
                        another().toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /// Commits one batch after the other until it is killed, and says so of each.
    static final class Writer {

        public static void main(String[] args) {
            Store store = RocksStore.open(Path.of(args[0]));
            for (int i = 1; ; i++) {
                store.commit(
                                new Batch()
                                        .put(Family.APP, bytes("a" + i), bytes("" + i))
                                        .put(Family.USER, bytes("u" + i), bytes("" + i)))
                        .toCompletableFuture()
                        .join();
                System.out.println(i);
            }
        }
    }

    @Test
    void refusesTheFormatOfANewerVersion() {
        try (Store store = RocksStore.open(another())) {
            put(store, Family.META, "format", "5");
        }
        assertThatThrownBy(() -> RocksStore.open(another()))
                .isInstanceOf(StoreException.class)
                .hasMessage(
                        "data directory %s: format 5 (expected: at most 4; a newer version of"
                                + " sermas-bus wrote it)",
                        another());
        // It lets go of the directory.
        assertThatThrownBy(() -> RocksStore.open(another())).hasMessageContaining("format 5");
    }

    @Test
    void bringsTheFirstFormatToTheCurrentOne() {
        try (Store store = RocksStore.open(another())) {
            put(store, Family.APP, "key", "value");
            put(store, Family.META, "format", "1");
        }
        try (Store store = RocksStore.open(another())) {
            assertThat(store.get(Family.META, bytes("format"))).isEqualTo(bytes("4"));
            assertThat(store.get(Family.APP, bytes("key"))).isEqualTo(bytes("value"));
            put(store, Family.QUEUE, "key", "value");
        }
    }

    @Test
    void refusesAFormatThatIsNoNumber() {
        try (Store store = RocksStore.open(another())) {
            put(store, Family.META, "format", "two");
        }
        assertThatThrownBy(() -> RocksStore.open(another()))
                .isInstanceOf(StoreException.class)
                .hasMessage("data directory %s is damaged: no format", another());
    }

    @Test
    void refusesDamagedFiles() throws IOException {
        RocksStore.open(another()).close();
        Files.writeString(another().resolve("db/CURRENT"), "garbage");

        assertThatThrownBy(() -> RocksStore.open(another()))
                .isInstanceOf(StoreException.class)
                .hasMessageStartingWith("data directory " + another() + " is damaged: ")
                .hasMessageNotContaining("\n");
    }

    @Test
    void refusesAFileInPlaceOfTheDirectory() throws IOException {
        Files.writeString(another(), "a file");

        assertThatThrownBy(() -> RocksStore.open(another()))
                .isInstanceOf(StoreException.class)
                .hasMessageStartingWith("data directory " + another() + " cannot be made: ");
    }

    @Test
    void commitsOfManyThreadsAllComplete() throws InterruptedException {
        try (Store store = RocksStore.open(another())) {
            List<CompletableFuture<Void>> stages = new ArrayList<>();
            List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                int thread = t;
                threads.add(
                        Thread.ofPlatform()
                                .start(
                                        () -> {
                                            for (int i = 0; i < 1000; i++) {
                                                var stage = commit(store, thread + "-" + i);
                                                synchronized (stages) {
                                                    stages.add(stage);
                                                }
                                            }
                                        }));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            stages.forEach(CompletableFuture::join);
            int[] count = {0};
            store.scan(Family.APP, bytes(""), (_, _) -> ++count[0] > 0);
            assertThat(count[0]).isEqualTo(4000);
        }
    }

    /// A commit races with close: it is either written or refused, never forgotten.
    @Test
    void aCommitWhileClosingIsAnsweredEitherWay() throws InterruptedException {
        for (int round = 0; round < 10; round++) {
            Store store = RocksStore.open(another());
            List<CompletableFuture<Void>> stages = new ArrayList<>();
            Thread committing =
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        for (int i = 0; i < 200; i++) {
                                            stages.add(commit(store, "key" + i));
                                        }
                                    });
            store.close();
            committing.join();
            assertThat(stages).hasSize(200).allMatch(CompletableFuture::isDone);
        }
    }

    private static CompletableFuture<Void> commit(Store store, String key) {
        return store.commit(new Batch().put(Family.APP, bytes(key), bytes("value")))
                .toCompletableFuture();
    }

    private static void put(Store store, Family family, String key, String value) {
        store.commit(new Batch().put(family, bytes(key), bytes(value)))
                .toCompletableFuture()
                .join();
    }
}
