package eu.sermas.bus.audit;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A file that is only ever appended to. Beyond its size it is put aside under a number, 1 for the
/// latest, and the one with the highest number goes. Readable by its owner alone.
final class AuditFile implements AutoCloseable {

    private static final FileAttribute<?> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final Set<StandardOpenOption> APPEND =
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND);

    private final Path path;
    private final long maxBytes;
    private final int keep;
    private @Nullable FileChannel file;
    private OutputStream out = OutputStream.nullOutputStream();
    private long size;

    /// @param keep how many files are kept beside the one that is written
    AuditFile(Path path, long maxBytes, int keep) {
        this.path = path;
        this.maxBytes = maxBytes;
        this.keep = keep;
    }

    void open() throws IOException {
        Path directory = path.toAbsolutePath().getParent();
        if (directory != null) {
            Files.createDirectories(directory);
        }
        FileChannel channel = FileChannel.open(path, APPEND, OWNER_ONLY);
        file = channel;
        size = channel.size();
        out = new BufferedOutputStream(Channels.newOutputStream(channel));
    }

    void write(byte[] line) throws IOException {
        if (file != null && size > 0 && size + line.length > maxBytes) {
            close();
            putAside();
        }
        if (file == null) {
            open();
        }
        out.write(line);
        size += line.length;
    }

    void flush() throws IOException {
        out.flush();
    }

    /// Lets go of the file and of what it has not taken; it is opened again when it is needed.
    void abandon() throws IOException {
        FileChannel open = file;
        file = null;
        out = OutputStream.nullOutputStream();
        if (open != null) {
            open.close();
        }
    }

    private void putAside() throws IOException {
        if (keep == 0) {
            Files.deleteIfExists(path);
            return;
        }
        for (int number = keep; number > 1; number--) {
            Path older = numbered(number - 1);
            if (Files.exists(older)) {
                Files.move(older, numbered(number), REPLACE_EXISTING);
            }
        }
        Files.move(path, numbered(1), REPLACE_EXISTING);
    }

    private Path numbered(int number) {
        return path.resolveSibling(path.getFileName() + "." + number);
    }

    @Override
    public void close() throws IOException {
        try {
            out.flush();
        } finally {
            abandon();
        }
    }
}
