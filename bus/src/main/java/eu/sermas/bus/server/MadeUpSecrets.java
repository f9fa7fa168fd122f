package eu.sermas.bus.server;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The secrets that a start had to make up. Each is shown once, as soon as it counts.
///
/// Whoever looks into a bus that did not come up looks at its last attempt, and would find a bus
/// that nobody can administer. So until a start has come up they are kept beside the records, for
/// the owner alone, and the next attempt shows them again.
final class MadeUpSecrets {

    static final String FILE_NAME = "shown-secrets";

    private static final String SEPARATOR = ": ";

    private final @Nullable Path file;
    private final PrintStream console;

    /// By what they are for, those that no start has come up with.
    private final Map<String, String> shown = new LinkedHashMap<>();

    /// Those of an earlier start.
    private final Map<String, String> earlier;

    private MadeUpSecrets(@Nullable Path file, PrintStream console, Map<String, String> earlier) {
        this.file = file;
        this.console = console;
        this.earlier = earlier;
    }

    /// @param directory of the data, or null where nothing outlives the process
    static MadeUpSecrets of(@Nullable Path directory, PrintStream console) throws IOException {
        Path file = directory == null ? null : directory.resolve(FILE_NAME);
        return new MadeUpSecrets(file, console, file == null ? new LinkedHashMap<>() : read(file));
    }

    private static Map<String, String> read(Path file) throws IOException {
        Map<String, String> earlier = new LinkedHashMap<>();
        if (Files.exists(file)) {
            for (String line : Files.readAllLines(file)) {
                int end = line.lastIndexOf(SEPARATOR);
                if (end > 0) { // else the disk was full
                    earlier.put(line.substring(0, end), line.substring(end + SEPARATOR.length()));
                }
            }
        }
        return earlier;
    }

    /// @param what it is for; no other secret is for the same
    void show(String what, String secret) throws IOException {
        earlier.remove(what);
        shown.put(what, secret);
        print(what, secret);
        keep();
    }

    /// Those of an earlier start that did not come up.
    void showAgain() {
        earlier.forEach(this::print);
    }

    private void print(String what, String secret) {
        console.println(what + ", shown only now" + SEPARATOR + secret);
    }

    private void keep() throws IOException {
        if (file == null) {
            return;
        }
        StringBuilder lines = new StringBuilder();
        earlier.forEach((what, secret) -> append(lines, what, secret));
        shown.forEach((what, secret) -> append(lines, what, secret));
        Files.deleteIfExists(file);
        try (FileChannel channel =
                FileChannel.open(
                        file,
                        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")))) {
            ByteBuffer bytes = StandardCharsets.UTF_8.encode(lines.toString());
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }

    private static void append(StringBuilder lines, String what, String secret) {
        lines.append(what).append(SEPARATOR).append(secret).append('\n');
    }

    /// Once the start has come up.
    void forget() throws IOException {
        if (file != null) {
            Files.deleteIfExists(file);
        }
    }
}
