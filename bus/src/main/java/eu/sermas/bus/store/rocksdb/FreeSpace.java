package eu.sermas.bus.store.rocksdb;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/// The file system below the data directory: how much is free on it, and whether it takes writes.
final class FreeSpace {

    private static final int PROBE_BYTES = 4096;
    private static final long MIB = 1024L * 1024;

    private final Path directory;
    private final FileStore fileStore;
    private final long reserve;

    /// @param reserve bytes that stay free for what keeps the records in order
    FreeSpace(Path directory, long reserve) throws IOException {
        this.directory = directory;
        this.fileStore = Files.getFileStore(directory);
        this.reserve = reserve;
    }

    /// Why nothing more should be written, or null.
    @Nullable String shortage() {
        return shortage(reserve);
    }

    /// Why writing should not begin again, or null. It takes some more space than to go on, or
    /// writing would end and begin with each file that RocksDB makes or removes.
    @Nullable String shortageForResuming() {
        return shortage(reserve + reserve / 4);
    }

    private @Nullable String shortage(long needed) {
        try {
            long free = fileStore.getUsableSpace();
            return free >= needed
                    ? null
                    : "%d MiB of disk space left (expected: at least %d MiB)"
                            .formatted(free / MIB, needed / MIB);
        } catch (IOException e) {
            return Reasons.of(e);
        }
    }

    /// Writes a small file through to the disk and removes it.
    ///
    /// @return why that does not work, or null
    @Nullable String probe() {
        Path file = directory.resolve(RocksStore.PROBE);
        try {
            try (FileChannel channel =
                    FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                ByteBuffer bytes = ByteBuffer.allocate(PROBE_BYTES);
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            } finally {
                Files.deleteIfExists(file);
            }
            return null;
        } catch (IOException e) {
            return Reasons.of(e);
        }
    }
}
