package eu.sermas.bus.store.rocksdb;

import eu.sermas.bus.store.Folders;
import eu.sermas.bus.store.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The records as they were at one moment, in a folder of the data directory. Its files are hard
/// links, so it takes little time and no space until the store changes. Closing removes it; the
/// next start removes what a killed process has left.
public final class Checkpoint implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Checkpoint.class);

    private final Path folder;

    private Checkpoint(Path folder) {
        this.folder = folder;
    }

    /// @param parent made where it is missing
    static Checkpoint of(Records records, Path parent) {
        Checkpoint checkpoint = new Checkpoint(prepare(parent));
        try {
            records.read(
                    database -> {
                        database.checkpoint(checkpoint.folder);
                        return null;
                    });
            return checkpoint;
        } catch (RuntimeException e) {
            checkpoint.close();
            throw e;
        }
    }

    /// @return a folder that does not exist, in one that only its owner can read
    private static Path prepare(Path parent) {
        try {
            RocksStore.makeForOwner(parent);
            Path folder = Files.createTempDirectory(parent, "checkpoint-");
            Files.delete(folder); // RocksDB wants to make it
            return folder;
        } catch (IOException e) {
            throw new StoreException("store: no checkpoint: " + Reasons.of(e), e);
        }
    }

    /// Where the records are.
    public Path folder() {
        return folder;
    }

    @Override
    public void close() {
        remove(folder);
    }

    /// Removes a folder with all that is in it, where it is there.
    static void remove(Path folder) {
        try {
            Folders.remove(folder);
        } catch (IOException e) {
            LOG.warn("Checkpoint {} not removed: {}", folder, e.toString());
        }
    }
}
