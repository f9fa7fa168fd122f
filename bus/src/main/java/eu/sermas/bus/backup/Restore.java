package eu.sermas.bus.backup;

import eu.sermas.bus.store.Folders;
import eu.sermas.bus.store.StoreException;
import eu.sermas.bus.store.rocksdb.RocksStore;
import eu.sermas.bus.store.rocksdb.StoredRecords;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/// A data directory made of a [Backup].
///
/// Nothing of the archive is believed: it may hold what a backup has, see [Contents], and nothing
/// else; sizes and checksums have to be those of the manifest, and the records have to open. All is
/// written to a folder of another name first. Where the data directory is missing, that folder is
/// renamed; where it exists, being empty, it may be a mounted volume that cannot be replaced, and
/// what is in the folder is moved there.
public final class Restore {

    private static final long MANIFEST_BYTES = 16L * 1024 * 1024;
    private static final String PART = ".restore-";

    private static final FileAttribute<?> FOLDER_OF_OWNER =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final FileAttribute<?> FILE_OF_OWNER =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final Path file;
    private final Path directory;
    private final PrintWriter log;

    /// @param file a backup
    /// @param directory the data directory to be made; empty or missing
    /// @param log is told how far it has come
    public Restore(Path file, Path directory, PrintWriter log) {
        this.file = file;
        this.directory = directory.toAbsolutePath().normalize();
        this.log = log;
    }

    /// @return what was done, in one line
    /// @throws IOException where it was not; the message is for the operator
    public String make() throws IOException {
        boolean exists = Files.exists(directory);
        if (exists && !Folders.isEmpty(directory)) {
            throw new DirectoryNotEmptyException(
                    directory + " is not empty (expected: an empty or missing data directory)");
        }
        if (!Files.isRegularFile(file)) {
            throw new NoSuchFileException(file + ": no such file");
        }
        try (ZipFile zip = new ZipFile(file.toFile())) {
            return restore(zip, exists);
        } catch (ZipException e) {
            throw new IOException(file + ": damaged: " + e.getMessage(), e);
        }
    }

    private String restore(ZipFile zip, boolean exists) throws IOException {
        Manifest all = manifest(zip);
        Manifest manifest = all.taken();
        all.files().stream()
                .filter(item -> !manifest.files().contains(item))
                .forEach(item -> log.println(item.path() + ": left out, it is no state of a bus"));
        Path parent = exists ? directory : Folders.parent(directory);
        Files.createDirectories(parent);
        refuseWithoutSpace(parent, manifest.bytes());
        Path part = Files.createTempDirectory(parent, PART, FOLDER_OF_OWNER);
        try {
            extract(zip, manifest, part);
            StoredRecords.open(part).close();
            if (exists) {
                moveInto(part);
            } else {
                Files.move(part, directory, StandardCopyOption.ATOMIC_MOVE);
            }
            Folders.sync(parent);
        } catch (StoreException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        } finally {
            Folders.remove(part);
        }
        return "%s: %d files, %d bytes, as of %s"
                .formatted(
                        directory, manifest.files().size(), manifest.bytes(), manifest.created());
    }

    private Manifest manifest(ZipFile zip) throws IOException {
        ZipEntry entry = zip.getEntry(Manifest.NAME);
        if (entry == null) {
            throw new IOException(file + ": not a backup of sermas-bus");
        }
        try (InputStream in = zip.getInputStream(entry)) {
            byte[] json = in.readNBytes(Math.toIntExact(MANIFEST_BYTES));
            Manifest manifest = Manifest.read(json, RocksStore.FORMAT);
            String problem = difference(zip, manifest);
            if (problem != null) {
                throw new IOException(problem);
            }
            return manifest;
        } catch (IOException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    /// What is in the archive and not in its manifest, or the other way round.
    private static @Nullable String difference(ZipFile zip, Manifest manifest) {
        Set<String> listed =
                manifest.files().stream().map(Manifest.Item::path).collect(Collectors.toSet());
        List<String> found = zip.stream().map(ZipEntry::getName).toList();
        Set<String> once = new HashSet<>();
        for (String name : found) {
            if (!once.add(name)) {
                return "damaged: " + name + " is there twice";
            }
            if (!name.equals(Manifest.NAME) && !listed.contains(name)) {
                return "damaged: " + name + " is not in the manifest";
            }
        }
        listed.removeAll(Set.copyOf(found));
        return listed.isEmpty() ? null : "damaged: " + listed.iterator().next() + " is missing";
    }

    private static void refuseWithoutSpace(Path folder, long needed) throws IOException {
        long free = Files.getFileStore(folder).getUsableSpace();
        if (free < needed) {
            throw new IOException(
                    "%s: %d bytes of disk space left (expected: at least %d)"
                            .formatted(folder, free, needed));
        }
    }

    private void extract(ZipFile zip, Manifest manifest, Path folder) throws IOException {
        Progress progress = new Progress(log, "restore", manifest.bytes());
        List<Path> folders = new ArrayList<>(List.of(folder));
        for (Manifest.Item item : manifest.files()) {
            Path target = folder.resolve(item.path()).normalize();
            if (!target.startsWith(folder)) {
                throw new IOException(file + ": damaged: " + item.path() + " leads out of it");
            }
            Path parent = Folders.parent(target);
            Files.createDirectories(parent, FOLDER_OF_OWNER);
            folders.add(parent);
            extract(zip, item, target, progress);
        }
        for (Path made : Set.copyOf(folders)) {
            Folders.sync(made);
        }
    }

    private void extract(ZipFile zip, Manifest.Item item, Path target, Progress progress)
            throws IOException {
        Files.createFile(target, FILE_OF_OWNER);
        try (InputStream in = zip.getInputStream(new ZipEntry(item.path()));
                FileChannel channel = FileChannel.open(target, StandardOpenOption.WRITE);
                OutputStream out = Channels.newOutputStream(channel)) {
            Copy.Result copied = Copy.all(in, out, item.size(), progress);
            if (copied.size() != item.size() || !copied.sha256().equals(item.sha256())) {
                throw new IOException(
                        file + ": damaged: " + item.path() + " is not what was backed up");
            }
            channel.force(true);
        }
    }

    /// The records last: without them a directory is not taken for one with data.
    private void moveInto(Path part) throws IOException {
        List<Path> entries;
        try (Stream<Path> paths = Files.list(part)) {
            entries =
                    paths.sorted(Comparator.comparing(path -> path.endsWith(RocksStore.RECORDS)))
                            .toList();
        }
        for (Path entry : entries) {
            Files.move(
                    entry, directory.resolve(entry.getFileName()), StandardCopyOption.ATOMIC_MOVE);
        }
    }
}
