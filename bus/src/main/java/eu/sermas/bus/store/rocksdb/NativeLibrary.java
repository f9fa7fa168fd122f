package eu.sermas.bus.store.rocksdb;

import eu.sermas.bus.store.Folders;
import eu.sermas.bus.store.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.rocksdb.RocksDB;
import org.rocksdb.util.Environment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// RocksDB's machine code, which comes in a jar and has to be a file to be loaded.
///
/// What is loaded is what the program brings, and nothing that lies about: it is unpacked at each
/// start into a new folder that only its owner can write to, and removed as soon as it is loaded.
/// RocksDB also loads compression libraries that it finds beside its own, so nothing else may be
/// there. Whatever somebody has put into the folder of the library is removed unread.
final class NativeLibrary {

    private static final Logger LOG = LoggerFactory.getLogger(NativeLibrary.class);
    private static final String PREFIX = "sermas-bus-";

    private static final FileAttribute<?> FOLDER_OF_OWNER =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private static boolean loaded;

    private NativeLibrary() {}

    /// Loads the library, once per process.
    ///
    /// @param directory where it is unpacked; made where it is missing, emptied where it is not
    /// @throws StoreException where there is no library for this machine or it cannot be loaded
    static synchronized void load(Path directory) {
        if (loaded) {
            return;
        }
        try {
            clear(directory);
            loadFrom(Files.createTempDirectory(directory, PREFIX, FOLDER_OF_OWNER));
        } catch (IOException | UnsatisfiedLinkError e) {
            // Such as a data directory on a file system that is mounted noexec.
            LOG.warn("Storage library not loaded from {}: {}", directory, e.toString());
            loadFromTemporaryFolder();
        }
        loaded = true;
    }

    /// Loads it where nothing is written to the data directory.
    ///
    /// @throws StoreException as [#load(Path)] does
    static synchronized void load() {
        if (!loaded) {
            loadFromTemporaryFolder();
            loaded = true;
        }
    }

    private static void loadFromTemporaryFolder() {
        try {
            loadFrom(Files.createTempDirectory(PREFIX, FOLDER_OF_OWNER));
        } catch (IOException | RuntimeException | UnsatisfiedLinkError e) {
            throw new StoreException("storage library cannot be loaded: " + e.getMessage(), e);
        }
    }

    /// What a killed process has left, and what was never there by right. A link is not followed.
    private static void clear(Path directory) throws IOException {
        if (Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            Folders.remove(directory);
        } else {
            Files.deleteIfExists(directory);
        }
        Files.createDirectory(directory, FOLDER_OF_OWNER);
    }

    /// @param fresh an empty folder; it is gone afterwards
    private static void loadFrom(Path fresh) throws IOException {
        try {
            unpack(fresh.resolve(Environment.getJniLibraryFileName("rocksdbjni")));
            // The JVM loads nothing by a relative path.
            RocksDB.loadLibrary(List.of(fresh.toAbsolutePath().toString()));
        } finally {
            Folders.remove(fresh);
        }
    }

    private static void unpack(Path file) throws IOException {
        String name = Environment.getJniLibraryFileName("rocksdb");
        try (InputStream in = RocksDB.class.getResourceAsStream("/" + name)) {
            if (in == null) {
                throw new IOException("no " + name + " in the libraries");
            }
            Files.copy(in, file);
        }
    }
}
