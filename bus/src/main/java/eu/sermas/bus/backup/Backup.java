package eu.sermas.bus.backup;

import eu.sermas.bus.store.Folders;
import eu.sermas.bus.store.rocksdb.Checkpoint;
import eu.sermas.bus.store.rocksdb.RocksStore;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/// A copy of a data directory in one ZIP file: the records of one moment, and the key that signs
/// tokens, see [Contents]. What a start makes anew is not in it.
///
/// The file is written under another name, which only its owner can read, and renamed once all of
/// it is on the disk: under its own name it is whole.
public final class Backup {

    private static final String RECORDS = RocksStore.RECORDS + "/";

    private final Path directory;
    private final Path file;
    private final boolean overwrite;
    private final String product;
    private final PrintWriter log;

    /// @param directory the data directory
    /// @param file to be made
    /// @param overwrite whether a file that exists is replaced
    /// @param product the version of this program, for the reader of the backup
    /// @param log is told how far it has come
    public Backup(Path directory, Path file, boolean overwrite, String product, PrintWriter log) {
        this.directory = directory;
        this.file = file.toAbsolutePath();
        this.overwrite = overwrite;
        this.product = product;
        this.log = log;
    }

    /// Makes the copy. A running bus gives a checkpoint of its records; where none runs, the
    /// directory is opened here, and no bus can start on it meanwhile.
    ///
    /// @return what was done, in one line
    /// @throws IOException where it was not; the message is for the operator
    /// @throws StoreException where the data directory cannot be opened
    public String make() throws IOException {
        checkTarget();
        if (!Files.isDirectory(directory.resolve(RocksStore.RECORDS))) {
            throw new NoSuchFileException("data directory " + directory + ": no records in it");
        }
        try (ControlClient running = ControlClient.connect(directory)) {
            if (running != null) {
                return write(running.checkpoint());
            }
        }
        try (RocksStore store = RocksStore.open(directory);
                Checkpoint checkpoint = store.checkpoint()) {
            return write(checkpoint.folder());
        }
    }

    private void checkTarget() throws IOException {
        Path folder = Folders.parent(file);
        if (!Files.isDirectory(folder)) {
            throw new NoSuchFileException(folder + ": no such directory");
        }
        if (!overwrite && Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new FileAlreadyExistsException(file + " exists (expected: a new file)");
        }
    }

    private String write(Path records) throws IOException {
        Path folder = Folders.parent(file);
        Path part = Files.createTempFile(folder, "." + file.getFileName(), ".part");
        try {
            Manifest manifest;
            try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE);
                    OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel));
                    ZipOutputStream zip = new ZipOutputStream(out)) {
                zip.setLevel(Deflater.BEST_SPEED); // records are compressed already
                manifest = write(zip, records);
                zip.finish();
                out.flush();
                channel.force(true);
            }
            checkTarget();
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
            Folders.sync(folder);
            return "%s: %d files, %d bytes, %d in the archive"
                    .formatted(file, manifest.files().size(), manifest.bytes(), Files.size(file));
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private Manifest write(ZipOutputStream zip, Path records) throws IOException {
        List<Path> beside = filesBeside();
        List<Path> stored = files(records);
        long total = 0;
        for (Path source : Stream.concat(beside.stream(), stored.stream()).toList()) {
            total += Files.size(source);
        }
        Progress progress = new Progress(log, "backup", total);
        List<Manifest.Item> items = new ArrayList<>();
        for (Path source : beside) {
            items.add(add(zip, source, source.getFileName().toString(), progress));
        }
        for (Path source : stored) {
            String name = RECORDS + source.getFileName();
            if (Contents.of(name) != Contents.RECORDS) {
                throw new IOException(source + ": a kind of file that no restore would take");
            }
            items.add(add(zip, source, name, progress));
        }
        Manifest manifest =
                new Manifest(
                        Manifest.CURRENT,
                        product,
                        RocksStore.FORMAT,
                        Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
                        List.copyOf(items));
        zip.putNextEntry(new ZipEntry(Manifest.NAME));
        zip.write(manifest.write());
        zip.closeEntry();
        return manifest;
    }

    private static Manifest.Item add(
            ZipOutputStream zip, Path source, String name, Progress progress) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        try (InputStream in = Files.newInputStream(source)) {
            Copy.Result copied = Copy.all(in, zip, Long.MAX_VALUE, progress);
            zip.closeEntry();
            return new Manifest.Item(name, copied.size(), copied.sha256());
        }
    }

    private List<Path> filesBeside() throws IOException {
        return files(directory).stream()
                .filter(path -> Contents.of(path.getFileName().toString()) == Contents.KEY)
                .toList();
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> paths = Files.list(folder)) {
            return paths.filter(path -> Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS))
                    .sorted()
                    .toList();
        }
    }
}
