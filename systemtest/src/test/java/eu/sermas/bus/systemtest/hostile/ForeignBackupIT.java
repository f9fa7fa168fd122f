package eu.sermas.bus.systemtest.hostile;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import eu.sermas.bus.systemtest.BusProcess;
import eu.sermas.bus.systemtest.Launcher;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A backup that somebody else has made, or a data directory that somebody else has been to:
/// neither brings machine code that the next start would run.
class ForeignBackupIT {

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir private Path folder;

    /// Machine code that leaves a file when it is loaded, as long as RocksDB's own.
    private Path library;

    private Path evidence;

    private JarFile jar;
    private String nameInJar;

    @BeforeEach
    void makeLibrary() throws IOException, InterruptedException {
        evidence = folder.resolve("evidence");
        Path source = folder.resolve("foreign.c");
        Files.writeString(
                source,
                """
                #include <fcntl.h>
                __attribute__((constructor)) static void loaded(void) {
                    open("%s", O_CREAT | O_WRONLY, 0600);
                }
                """
                        .formatted(evidence));
        library = folder.resolve("foreign.so");
        var cc =
                new ProcessBuilder("cc", "-shared", "-fPIC", "-o", "" + library, "" + source)
                        .redirectErrorStream(true)
                        .start();
        var output = new String(cc.getInputStream().readAllBytes(), UTF_8);
        assertThat(cc.waitFor()).as("cc\n%s", output).isZero();
        try (var jars = Files.list(Launcher.ROOT.resolve("bus/target/lib"))) {
            var path = jars.filter(p -> p.toString().contains("rocksdbjni")).findFirst();
            jar = new JarFile(path.orElseThrow().toFile());
        }
        var architecture = System.getProperty("os.arch").equals("amd64") ? "64" : "-aarch64";
        nameInJar = "librocksdbjni-linux" + architecture + ".so";
        try (var channel = Files.newByteChannel(library, StandardOpenOption.WRITE)) {
            channel.position(jar.getJarEntry(nameInJar).getSize() - 1);
            channel.write(ByteBuffer.wrap(new byte[1]));
        }
    }

    /// Where a version of the bus might look for it.
    private List<String> places() {
        var crc = Long.toHexString(jar.getJarEntry(nameInJar).getCrc());
        return List.of(
                "native/" + crc + "/" + nameInJar.replace("jni-", "jnijni-"),
                "native/" + crc + "/libzjni.so",
                "native/" + nameInJar,
                "native/libsnappyjni.so");
    }

    @Test
    void aBackupWithMachineCodeIsNotRestored() throws Exception {
        try (var bus = BusProcess.serve().start()) {
            var backup = folder.resolve("backup.zip");
            Launcher.run("backup", "--data-dir", "" + bus.dataDirectory(), "--to", "" + backup)
                    .expect(0);
            for (String place : List.of(places().getFirst(), "db/" + nameInJar)) {
                var foreign = withFile(backup, place, Files.readAllBytes(library));
                var restored = folder.resolve("restored");
                var refused =
                        Launcher.run("restore", "--from", "" + foreign, "--data-dir", "" + restored)
                                .expect(1);
                assertThat(refused.output()).contains("file name " + place);
                assertThat(restored).doesNotExist();
            }
        }
    }

    @Test
    void machineCodeThatSomebodyPutIntoTheDataDirectoryIsNotLoaded() throws Exception {
        try (var bus = BusProcess.serve().start()) {
            bus.stop();
            for (String place : places()) {
                var file = bus.dataDirectory().resolve(place);
                Files.createDirectories(file.getParent());
                Files.deleteIfExists(file);
                Files.copy(library, file);
            }
            bus.start();
            assertThat(evidence).doesNotExist();
            bus.rest().get("/health/ready").expect(200);
        }
    }

    /// The same archive with one more file, which its manifest knows as well.
    private Path withFile(Path backup, String name, byte[] content) throws Exception {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        try (var zip = new ZipFile(backup.toFile())) {
            for (ZipEntry entry : zip.stream().toList()) {
                entries.put(entry.getName(), zip.getInputStream(entry).readAllBytes());
            }
        }
        var manifest = (ObjectNode) JSON.readTree(entries.remove("manifest.json"));
        var sha256 = MessageDigest.getInstance("SHA-256").digest(content);
        manifest.withArray("files")
                .addObject()
                .put("path", name)
                .put("size", content.length)
                .put("sha256", HexFormat.of().formatHex(sha256));
        entries.put(name, content);
        entries.put("manifest.json", JSON.writeValueAsBytes(manifest));
        var foreign = folder.resolve("foreign.zip");
        try (var out = new ZipOutputStream(Files.newOutputStream(foreign))) {
            out.setLevel(1);
            for (var entry : entries.entrySet()) {
                out.putNextEntry(new ZipEntry(entry.getKey()));
                out.write(entry.getValue());
            }
        }
        return foreign;
    }
}
