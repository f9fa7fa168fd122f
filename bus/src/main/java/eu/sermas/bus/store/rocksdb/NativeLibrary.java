package eu.sermas.bus.store.rocksdb;

import eu.sermas.bus.store.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.jar.JarEntry;
import org.rocksdb.RocksDB;
import org.rocksdb.util.Environment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// RocksDB's machine code, which comes in a jar and has to be a file to be loaded.
///
/// RocksDB by itself unpacks its 15 MB into a new temporary file at each start, and leaves it there
/// when the process is killed. Here it is unpacked once and kept in the data directory, which only
/// its owner may write to.
final class NativeLibrary {

    private static final Logger LOG = LoggerFactory.getLogger(NativeLibrary.class);

    private NativeLibrary() {}

    /// Loads the library, once per process.
    ///
    /// @param directory where the library is kept; made where it is missing
    /// @throws StoreException where there is no library for this machine or it cannot be loaded
    static void load(Path directory) {
        try {
            RocksDB.loadLibrary(List.of(unpack(directory).toString()));
        } catch (IOException | UnsatisfiedLinkError e) {
            // Such as a data directory on a file system that is mounted noexec.
            LOG.warn("Storage library not loaded from {}: {}", directory, e.toString());
            loadFromTemporaryFile();
        }
    }

    private static void loadFromTemporaryFile() {
        try {
            RocksDB.loadLibrary();
        } catch (RuntimeException | UnsatisfiedLinkError e) {
            throw new StoreException("storage library cannot be loaded: " + e.getMessage(), e);
        }
    }

    /// @return the folder that has the library under the name that RocksDB looks for
    private static Path unpack(Path directory) throws IOException {
        String name = Environment.getJniLibraryFileName("rocksdb");
        URL resource = RocksDB.class.getResource("/" + name);
        if (resource == null
                || !(resource.openConnection() instanceof JarURLConnection connection)) {
            throw new IOException("no " + name + " in the libraries");
        }
        JarEntry entry = connection.getJarEntry();
        // The checksum names the folder, so another version of the library is another file.
        Path folder = directory.resolve(Long.toHexString(entry.getCrc()));
        Path file = folder.resolve(Environment.getJniLibraryFileName("rocksdbjni"));
        if (!Files.isRegularFile(file) || Files.size(file) != entry.getSize()) {
            Files.createDirectories(folder);
            try (InputStream in = connection.getInputStream()) {
                write(in, file);
            }
        }
        return folder;
    }

    /// Writes elsewhere first, so that a file under the right name is always a whole one.
    private static void write(InputStream in, Path file) throws IOException {
        Path part = Files.createTempFile(file.getParent(), "unpacking", null);
        try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE);
                OutputStream out = Channels.newOutputStream(channel)) {
            in.transferTo(out);
            channel.force(true);
        }
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
