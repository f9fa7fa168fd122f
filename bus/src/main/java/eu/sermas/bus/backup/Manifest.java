package eu.sermas.bus.backup;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import eu.sermas.bus.json.JsonLimits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What is in a backup; its last entry, `manifest.json`.
///
/// @param backup the format of the archive, [#CURRENT]
/// @param product the version that made it
/// @param format of the data directory
/// @param created ISO 8601
record Manifest(int backup, String product, int format, String created, List<Item> files) {

    static final int CURRENT = 1;
    static final String NAME = "manifest.json";

    private static final int LONGEST_SHOWN = 200;

    private static final ObjectMapper MAPPER =
            JsonLimits.OWN
                    .mapper()
                    .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .build();

    /// One file.
    ///
    /// @param path in the data directory, with `/`
    /// @param size bytes
    /// @param sha256 lower case hexadecimal
    record Item(String path, long size, String sha256) {}

    /// What all of it takes on the disk.
    long bytes() {
        return files.stream().mapToLong(Item::size).sum();
    }

    /// The same with the files that a restore takes.
    Manifest taken() {
        return new Manifest(
                backup,
                product,
                format,
                created,
                files.stream().filter(file -> Contents.of(file.path).isTaken()).toList());
    }

    byte[] write() {
        try {
            return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(this);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// @throws IOException where this is no manifest that can be restored; one line says why
    static Manifest read(byte[] json, int newestFormat) throws IOException {
        Manifest manifest;
        try {
            manifest = MAPPER.readValue(json, Manifest.class);
        } catch (JsonProcessingException e) {
            throw new IOException("damaged: " + NAME + " is not readable", e);
        }
        String problem = manifest.problem(newestFormat);
        if (problem != null) {
            throw new IOException(problem);
        }
        return manifest;
    }

    @SuppressWarnings("ConstantValue") // JSON may lack what the types promise
    private @Nullable String problem(int newestFormat) {
        if (backup < 1 || files == null) {
            return "not a backup of sermas-bus";
        }
        if (backup > CURRENT) {
            return newer("backup format " + backup, CURRENT);
        }
        if (format > newestFormat) {
            return newer("data format " + format, newestFormat);
        }
        Set<String> paths = new HashSet<>();
        long total = 0;
        for (Item file : files) {
            String path = file == null ? null : file.path;
            if (file == null || path == null || !paths.add(path)) {
                return "damaged: a file without a name of its own";
            }
            Contents kind = Contents.of(path);
            if (kind == Contents.FOREIGN) {
                return "damaged: file name "
                        + printable(path)
                        + " (expected: one that a backup has)";
            }
            total += file.size;
            if (file.size < 0 || file.size > kind.maxBytes() || total < 0 || file.sha256 == null) {
                return "damaged: no checksum or no possible size of " + path;
            }
        }
        return null;
    }

    private static String printable(String path) {
        String line = path.replaceAll("\\p{C}", "?");
        return line.substring(0, Math.min(line.length(), LONGEST_SHOWN));
    }

    private static String newer(String found, int expected) {
        return found
                + " (expected: at most "
                + expected
                + "; a newer version of sermas-bus made it)";
    }
}
