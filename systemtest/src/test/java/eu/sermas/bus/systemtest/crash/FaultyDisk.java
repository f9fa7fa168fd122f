package eu.sermas.bus.systemtest.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/// A disk that fails, takes its time or loses its power when a test says so: `faultfs.c` between a
/// process and its files below one directory, steered through memory that both share.
final class FaultyDisk {

    // The layout of struct control in faultfs.c
    private static final int MAGIC = 0x53465446;
    private static final int SKIP = 16;
    private static final int TIMES = 20;
    private static final int SYNC_MILLIS = 24;
    private static final int FAILED = 28;
    private static final int SYNCS = 32;
    private static final int DROPPED = 36;
    private static final int FILES = 64;
    private static final int FILE_BYTES = 16;
    private static final int MAX_FILES = 16384;
    private static final int CONTROL_BYTES = FILES + MAX_FILES * FILE_BYTES;

    /// Which calls fail, by where their error number stands.
    enum Call {
        WRITE(4),
        SYNC(8),
        /// Opening for writing, creating, renaming and removing.
        NAME(12);

        private final int offset;

        Call(int offset) {
            this.offset = offset;
        }
    }

    /// Error numbers of Linux.
    enum Errno {
        EIO(5),
        ENOSPC(28),
        EROFS(30);

        private final int number;

        Errno(int number) {
            this.number = number;
        }
    }

    /// What a power cut leaves of the bytes that were written and not synced.
    enum Tail {
        /// Nothing of them.
        GONE,
        /// A part.
        CUT,
        /// A part, with zeros where something before it did not reach the disk. A file system that
        /// shows what other files held before is not what this bus is made for.
        TORN
    }

    private final Path root;
    private final Path controlFile;
    private final MappedByteBuffer control;

    /// @param root the files below it are watched
    /// @param workspace outside of `root`, for the memory shared with the process
    FaultyDisk(Path root, Path workspace) {
        this.root = root;
        this.controlFile = workspace.resolve("faultfs.control");
        try (var file =
                FileChannel.open(
                        controlFile,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE)) {
            control = file.map(FileChannel.MapMode.READ_WRITE, 0, CONTROL_BYTES);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        control.order(ByteOrder.nativeOrder()).putInt(0, MAGIC);
        heal();
    }

    /// What the process has to be started with.
    Map<String, String> environment() {
        return Map.of(
                "LD_PRELOAD", Library.FILE.toString(),
                "FAULTFS_ROOT", root.toString(),
                "FAULTFS_CONTROL", controlFile.toString());
    }

    /// Lets calls fail from now on.
    FaultyDisk fail(Errno errno, Call... calls) {
        control.putInt(TIMES, -1);
        for (var call : calls) {
            control.putInt(call.offset, errno.number);
        }
        return this;
    }

    /// Lets `times` calls fail after `skip` more that succeed.
    FaultyDisk fail(Errno errno, Call call, int skip, int times) {
        control.putInt(SKIP, skip);
        control.putInt(TIMES, times);
        control.putInt(call.offset, errno.number);
        return this;
    }

    /// All is well from now on.
    void heal() {
        for (var call : Call.values()) {
            control.putInt(call.offset, 0);
        }
        control.putInt(SKIP, 0);
        control.putInt(TIMES, -1);
        control.putInt(SYNC_MILLIS, 0);
    }

    void delaySyncs(int millis) {
        control.putInt(SYNC_MILLIS, millis);
    }

    /// How many calls have failed because of this.
    int failed() {
        return control.getInt(FAILED);
    }

    /// How many syncs the process has asked for.
    int syncs() {
        return control.getInt(SYNCS);
    }

    /// Cuts the files to what a power cut would leave. The process must have been killed before.
    ///
    /// @return what was done to each file that lost something
    List<String> cutPower(Tail tail, RandomGenerator random) {
        assertThat(control.getInt(DROPPED)).as("files that were not watched").isZero();
        var synced = new HashMap<Long, Long>();
        for (int at = FILES; at < CONTROL_BYTES && control.getLong(at) != 0; at += FILE_BYTES) {
            synced.put(control.getLong(at), control.getLong(at + Long.BYTES));
            control.putLong(at, 0).putLong(at + Long.BYTES, 0);
        }
        var done = new ArrayList<String>();
        try (var files = Files.walk(root)) {
            for (var file : files.filter(Files::isRegularFile).sorted().toList()) {
                long size = Files.size(file);
                long kept = synced.getOrDefault((Long) Files.getAttribute(file, "unix:ino"), size);
                if (kept < size) {
                    done.add(cut(file, size, kept, tail, random));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return done;
    }

    private String cut(Path path, long size, long synced, Tail tail, RandomGenerator random)
            throws IOException {
        long kept = tail == Tail.GONE ? synced : random.nextLong(synced, size + 1);
        try (var file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(kept);
            if (tail == Tail.TORN && kept > synced) {
                var hole = new byte[(int) Math.min(kept - synced, 4096)];
                file.seek(random.nextLong(synced, kept - hole.length + 1));
                file.write(hole);
            }
        }
        return "%s: %d bytes, %d synced, %d left"
                .formatted(root.relativize(path), size, synced, kept);
    }

    /// `faultfs.c`, compiled once.
    private static final class Library {

        private static final Path FILE = Preload.compiled("faultfs");
    }
}
