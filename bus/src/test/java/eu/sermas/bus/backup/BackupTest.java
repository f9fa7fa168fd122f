package eu.sermas.bus.backup;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.sermas.bus.store.Batch;
import eu.sermas.bus.store.Store;
import eu.sermas.bus.store.Store.Family;
import eu.sermas.bus.store.rocksdb.RocksStore;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BackupTest {

    private static final String KEY_FILE = "issuer-key.json";

    @TempDir private Path temporary;

    private Path directory;
    private Path file;

    @BeforeEach
    void makeData() throws IOException {
        directory = temporary.resolve("data");
        file = temporary.resolve("backup.zip");
        try (Store store = RocksStore.open(directory)) {
            put(store, "before", "value");
        }
        Files.writeString(directory.resolve(KEY_FILE), "a key");
    }

    @Test
    void copiesADirectoryThatNobodyHasOpen() throws IOException {
        assertThat(backUp(false)).startsWith(file + ": ");

        restore();
        assertThat(read("before")).isEqualTo("value");
        assertThat(restored().resolve(KEY_FILE)).hasContent("a key");
    }

    @Test
    void copiesADirectoryThatARunningBusHasOpen() throws IOException {
        try (RocksStore store = RocksStore.open(directory);
                ControlSocket _ = ControlSocket.open(directory, store)) {
            put(store, "during", "value");
            backUp(false);
            put(store, "behind", "value");
        }
        restore();

        assertThat(read("before")).isEqualTo("value");
        assertThat(read("during")).isEqualTo("value");
        assertThat(read("behind")).isNull();
    }

    @Test
    void aDirectoryInUseByABusThatDoesNotListenIsRefused() {
        try (RocksStore _ = RocksStore.open(directory)) {
            assertThatThrownBy(() -> backUp(false))
                    .hasMessage("data directory in use: " + directory);
        }
        assertThat(file).doesNotExist();
    }

    @Test
    void aDirectoryWithoutRecordsIsRefusedAndLeftAlone() throws IOException {
        Path empty = Files.createDirectory(temporary.resolve("empty"));

        assertThatThrownBy(() -> new Backup(empty, file, false, "1", log()).make())
                .isInstanceOf(IOException.class)
                .hasMessageContaining(empty + ": no records in it");
        assertThat(empty).isEmptyDirectory();
    }

    @Test
    void theFileIsForItsOwnerOnlyAndNothingIsLeftBesideIt() throws IOException {
        backUp(false);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(names(temporary)).containsExactlyInAnyOrder("backup.zip", "data");
        assertThat(names(directory.resolve("checkpoints"))).isEmpty();
    }

    @Test
    void leavesOutWhatAStartMakesAnew() throws IOException {
        Files.writeString(directory.resolve(KEY_FILE + ".new"), "half a key");
        backUp(false);

        assertThat(entries().keySet())
                .contains("manifest.json", KEY_FILE, "db/CURRENT")
                .noneMatch(name -> name.startsWith("native") || name.endsWith(".new"));
    }

    @Test
    void replacesAFileOnlyWhenTold() throws IOException {
        Files.writeString(file, "precious");
        assertThatThrownBy(() -> backUp(false))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(file + " exists");
        assertThat(file).hasContent("precious");

        backUp(true);
        restore();
        assertThat(read("before")).isEqualTo("value");
    }

    @Test
    void restoresIntoAnEmptyDirectory() throws IOException {
        backUp(false);
        Files.createDirectory(restored());
        restore();

        assertThat(read("before")).isEqualTo("value");
        assertThat(restored().resolve(KEY_FILE)).hasContent("a key");
        assertThat(names(restored())).noneMatch(name -> name.startsWith("."));
    }

    @Test
    void restoresForTheOwnerOnly() throws IOException {
        backUp(false);
        restore();

        for (String name : List.of("", "db")) {
            assertThat(
                            PosixFilePermissions.toString(
                                    Files.getPosixFilePermissions(restored().resolve(name))))
                    .isEqualTo("rwx------");
        }
        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(restored().resolve(KEY_FILE))))
                .isEqualTo("rw-------");
    }

    @Test
    void restoresNothingOverOtherFiles() throws IOException {
        backUp(false);
        Files.createDirectory(restored());
        Files.writeString(restored().resolve("file"), "precious");

        assertThatThrownBy(this::restore)
                .isInstanceOf(IOException.class)
                .hasMessageContaining(restored() + " is not empty");
        assertThat(names(restored())).containsExactly("file");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../evil",
                "/evil",
                "db/../../evil",
                "..",
                "",
                "a//b",
                "a\\..\\b",
                ".ssh/x",
                "native/0/librocksdbjni-linux64.so",
                "db/librocksdbjni-linux64.so",
                "db/a/000001.sst",
                ".hidden"
            })
    void namesThatLeadElsewhereAreRefused(String name) throws IOException {
        backUp(false);
        Map<String, byte[]> entries = entries();
        byte[] evil = entries.remove(KEY_FILE);
        entries.put(name, evil);
        String json = name.replace("\\", "\\\\");
        change(entries, "manifest.json", "\"" + KEY_FILE + "\"", "\"" + json + "\"");

        refuses(entries, "damaged: file name " + name);
    }

    /// As earlier versions made them.
    @Test
    void filesBesideTheRecordsAreLeftOut() throws IOException {
        backUp(false);
        Map<String, byte[]> entries = entries();
        entries.put("audit.log", new byte[0]);
        String ofNothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        change(
                entries,
                "manifest.json",
                "\"files\" : [",
                "\"files\" : [ {\"path\":\"audit.log\",\"size\":0,\"sha256\":\"%s\"},"
                        .formatted(ofNothing));
        write(entries);
        restore();
        assertThat(names(restored())).contains(KEY_FILE).doesNotContain("audit.log");
        assertThat(read("before")).isEqualTo("value");
    }

    @Test
    void sizesThatNoFileHasAreRefused() throws IOException {
        backUp(false);
        Map<String, byte[]> entries = entries();
        change(entries, "manifest.json", "\"size\" : 5,", "\"size\" : 9223372036854775807,");
        refuses(entries, "damaged: no checksum or no possible size of issuer-key.json");
    }

    @Test
    void filesThatWereChangedAreRefused() throws IOException {
        backUp(false);
        Map<String, byte[]> entries = entries();
        entries.put(KEY_FILE, "b key".getBytes(UTF_8));
        refuses(entries, "damaged: issuer-key.json is not what was backed up");

        entries.put(KEY_FILE, "a key and more".getBytes(UTF_8));
        refuses(entries, "damaged: issuer-key.json is not what was backed up");
    }

    @Test
    void filesThatAreMissingOrTooManyAreRefused() throws IOException {
        backUp(false);
        Map<String, byte[]> entries = entries();
        entries.put("db/more", new byte[1]);
        refuses(entries, "damaged: db/more is not in the manifest");

        entries.remove("db/more");
        entries.remove(KEY_FILE);
        refuses(entries, "damaged: issuer-key.json is missing");
    }

    @Test
    void aBackupOfANewerVersionIsRefused() throws IOException {
        backUp(false);
        Map<String, byte[]> entries = entries();
        change(entries, "manifest.json", "\"format\" : " + RocksStore.FORMAT, "\"format\" : 99");
        refuses(entries, "data format 99 (expected: at most " + RocksStore.FORMAT);

        change(entries, "manifest.json", "\"backup\" : 1", "\"backup\" : 2");
        refuses(entries, "backup format 2 (expected: at most 1");
    }

    @Test
    void whatIsNoBackupIsRefused() throws IOException {
        refuses(Map.of("a", new byte[1]), "not a backup of sermas-bus");
        refuses(Map.of("manifest.json", "{}".getBytes(UTF_8)), "not a backup of sermas-bus");
        refuses(Map.of("manifest.json", "{".getBytes(UTF_8)), "damaged: manifest.json");

        Files.writeString(file, "no archive at all");
        assertThatThrownBy(this::restore).isInstanceOf(IOException.class);
        Files.delete(file);
        assertThatThrownBy(this::restore).hasMessageContaining(file + ": no such file");
        assertThat(restored()).doesNotExist();
    }

    @Test
    void aFileThatWasCutOffIsRefused() throws IOException {
        backUp(false);
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(whole, whole.length / 2));

        assertThatThrownBy(this::restore)
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(file + ": damaged: ");
    }

    private void refuses(Map<String, byte[]> entries, String reason) throws IOException {
        write(entries);
        assertThatThrownBy(this::restore)
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(file + ": " + reason);
        assertThat(names(temporary)).containsExactlyInAnyOrder("data", "backup.zip");
    }

    private void write(Map<String, byte[]> entries) throws IOException {
        try (OutputStream out = Files.newOutputStream(file);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue());
            }
        }
    }

    private static void change(Map<String, byte[]> entries, String name, String from, String to) {
        String text = new String(entries.get(name), UTF_8);
        assertThat(text).contains(from);
        entries.put(name, text.replace(from, to).getBytes(UTF_8));
    }

    private Map<String, byte[]> entries() throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        try (ZipFile zip = new ZipFile(file.toFile())) {
            for (ZipEntry entry : zip.stream().toList()) {
                entries.put(entry.getName(), zip.getInputStream(entry).readAllBytes());
            }
        }
        return entries;
    }

    private String backUp(boolean overwrite) throws IOException {
        return new Backup(directory, file, overwrite, "1", log()).make();
    }

    private void restore() throws IOException {
        new Restore(file, restored(), log()).make();
    }

    private Path restored() {
        return temporary.resolve("restored");
    }

    private @Nullable String read(String key) {
        try (Store store = RocksStore.open(restored())) {
            byte[] value = store.get(Family.APP, key.getBytes(UTF_8));
            return value == null ? null : new String(value, UTF_8);
        }
    }

    private static void put(Store store, String key, String value) {
        store.commit(new Batch().put(Family.APP, key.getBytes(UTF_8), value.getBytes(UTF_8)))
                .toCompletableFuture()
                .join();
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> paths = Files.list(folder)) {
            return paths.map(path -> path.getFileName().toString()).toList();
        }
    }

    private static PrintWriter log() {
        return new PrintWriter(OutputStream.nullOutputStream(), true, UTF_8);
    }
}
