package eu.sermas.bus.systemtest.crash;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.crash.FaultyDisk.Call;
import eu.sermas.bus.systemtest.crash.FaultyDisk.Errno;
import eu.sermas.bus.systemtest.crash.FaultyDisk.Tail;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// The faults, on a program of a few lines.
@EnabledOnOs(OS.LINUX)
@SuppressWarnings("NullAway.Init") // JUnit sets them
class FaultyDiskTest {

    /// Calls the system as it is told, one call a line, and says `ok` or the name of the error.
    private static final String PROGRAM =
            """
            import errno, os, sys
            fd = -1
            for call in sys.argv[1:]:
                name, _, rest = call.partition(' ')
                try:
                    if name == 'create':
                        fd = os.open(rest, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o644)
                    elif name == 'append':
                        fd = os.open(rest, os.O_WRONLY | os.O_APPEND)
                    elif name == 'write':
                        os.write(fd, rest.encode())
                    elif name == 'sync':
                        os.fdatasync(fd)
                    elif name == 'truncate':
                        os.ftruncate(fd, int(rest))
                    elif name == 'rename':
                        os.rename(*rest.split(' '))
                    print('ok')
                except OSError as e:
                    print(errno.errorcode[e.errno])
            """;

    @TempDir private Path directory;
    private Path root;
    private Path file;
    private FaultyDisk disk;

    @BeforeEach
    void prepare() throws IOException {
        root = Files.createDirectory(directory.resolve("data"));
        file = root.resolve("file");
        disk = new FaultyDisk(root, directory);
    }

    @Test
    void aPowerCutLeavesWhatWasSynced() throws Exception {
        run("create " + file, "write 12345", "sync", "write 678");
        assertThat(file).hasContent("12345678");
        assertThat(disk.cutPower(Tail.GONE, new Random(1)))
                .containsExactly("file: 8 bytes, 5 synced, 5 left");
        assertThat(file).hasContent("12345");
        assertThat(disk.cutPower(Tail.GONE, new Random(1))).isEmpty();
    }

    @Test
    void whatWasThereBeforeCountsAsSynced() throws Exception {
        Files.writeString(file, "123");
        run("append " + file, "write 45");
        disk.cutPower(Tail.GONE, new Random(1));
        assertThat(file).hasContent("123");
    }

    @Test
    void aRenamedFileIsStillKnown() throws Exception {
        var other = root.resolve("other");
        run("create " + file, "write 12", "sync", "write 3", "rename %s %s".formatted(file, other));
        disk.cutPower(Tail.GONE, new Random(1));
        assertThat(other).hasContent("12");
    }

    @Test
    void whatIsWrittenAgainAfterTruncationIsNotSynced() throws Exception {
        run("create " + file, "write 12345", "sync", "truncate 2", "append " + file, "write 678");
        disk.cutPower(Tail.GONE, new Random(1));
        assertThat(file).hasContent("12");
    }

    @Test
    void aPowerCutMayLeaveAPartOrAHole() throws Exception {
        for (int seed = 0; seed < 20; seed++) {
            run("create " + file, "write 12345", "sync", "write 67890");
            disk.cutPower(Tail.CUT, new Random(seed));
            assertThat("1234567890").startsWith(Files.readString(file)).hasSizeGreaterThan(4);

            run("create " + file, "write 12345", "sync", "write 67890");
            disk.cutPower(Tail.TORN, new Random(seed));
            assertThat(Files.readAllBytes(file)).startsWith("12345".getBytes(UTF_8));
        }
    }

    @Test
    void callsFailWhileTheyAreTold() throws Exception {
        disk.fail(Errno.ENOSPC, Call.WRITE);
        assertThat(run("create " + file, "write 1", "sync")).isEqualTo("ok ENOSPC ok");
        disk.heal();
        disk.fail(Errno.EIO, Call.SYNC);
        assertThat(run("create " + file, "write 1", "sync")).isEqualTo("ok ok EIO");
        disk.heal();
        disk.fail(Errno.EROFS, Call.WRITE, Call.SYNC, Call.NAME);
        assertThat(run("create " + root.resolve("new"))).isEqualTo("EROFS");
        assertThat(disk.failed()).isEqualTo(3);
        disk.heal();
        assertThat(run("create " + file, "write 1", "sync")).isEqualTo("ok ok ok");
    }

    @Test
    void theNthCallFailsAlone() throws Exception {
        disk.fail(Errno.EIO, Call.WRITE, 2, 1);
        assertThat(run("create " + file, "write 1", "write 2", "write 3", "write 4"))
                .isEqualTo("ok ok ok EIO ok");
        assertThat(file).hasContent("124");
    }

    @Test
    void whatFailedToSyncIsNotSynced() throws Exception {
        disk.fail(Errno.EIO, Call.SYNC);
        run("create " + file, "write 12345", "sync");
        disk.cutPower(Tail.GONE, new Random(1));
        assertThat(file).isEmptyFile();
    }

    @Test
    void syncsTakeLonger() throws Exception {
        disk.delaySyncs(300);
        long begin = System.nanoTime();
        run("create " + file, "write 1", "sync");
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(millis(300));
        assertThat(disk.syncs()).isOne();
    }

    @Test
    void filesElsewhereAreLeftAlone() throws Exception {
        var elsewhere = directory.resolve("data-of-others");
        disk.fail(Errno.ENOSPC, Call.values());
        assertThat(run("create " + elsewhere, "write 1", "sync")).isEqualTo("ok ok ok");
    }

    private static Duration millis(long millis) {
        return Duration.ofMillis(millis);
    }

    /// @return what became of each call, with blanks between
    private String run(String... calls) throws IOException, InterruptedException {
        var builder = new ProcessBuilder("/usr/bin/python3", "-c", PROGRAM);
        builder.command().addAll(List.of(calls));
        builder.environment().putAll(disk.environment());
        var process = builder.redirectErrorStream(true).start();
        var output = new String(process.getInputStream().readAllBytes(), UTF_8);
        process.waitFor();
        return output.strip().replace('\n', ' ');
    }
}
