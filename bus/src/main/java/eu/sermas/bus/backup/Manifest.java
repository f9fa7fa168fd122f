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
import java.util.regex.Pattern;
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

    /// One that could lead out of the data directory does not match.
    private static final Pattern PATH =
            Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*");

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

    long bytes() {
        return files.stream().mapToLong(Item::size).sum();
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
        for (Item file : files) {
            if (file.path == null || !PATH.matcher(file.path).matches() || !paths.add(file.path)) {
                return "damaged: file name " + file.path + " (expected: one in the data directory)";
            }
            if (file.size < 0 || file.sha256 == null) {
                return "damaged: no size or checksum of " + file.path;
            }
        }
        return null;
    }

    private static String newer(String found, int expected) {
        return found
                + " (expected: at most "
                + expected
                + "; a newer version of sermas-bus made it)";
    }
}
