package eu.sermas.bus.systemtest.hostile;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.awaitility.Awaitility;

/// A bus without credentials for one test class, with limits that the test can reach.
record OwnBus(Process process, int port, Path directory) implements AutoCloseable {

    private static final Path ROOT =
            Path.of(System.getProperty("project.root", "..")).toAbsolutePath().normalize();

    /// Starts it and waits until it takes connections.
    ///
    /// @param javaOptions of the virtual machine
    /// @param settings each as for `--set`
    static OwnBus start(String javaOptions, String... settings) {
        try {
            var directory = Files.createTempDirectory("sermas-bus-it");
            int port = freePort();
            var bus = new OwnBus(launch(directory, port, javaOptions, settings), port, directory);
            Awaitility.await("the bus answers")
                    .atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> !bus.process.isAlive() || bus.answers());
            bus.expectAlive();
            return bus;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Process launch(Path directory, int port, String javaOptions, String... settings)
            throws IOException {
        var command = new ArrayList<String>();
        command.addAll(List.of(ROOT.resolve("sermas-bus").toString(), "serve", "--open"));
        command.addAll(List.of("--port", Integer.toString(port)));
        command.addAll(List.of("--data-dir", directory.resolve("data").toString()));
        for (var setting : settings) {
            command.addAll(List.of("--set", setting));
        }
        var builder = new ProcessBuilder(command);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("SERMAS_BUS_JAVA_OPTS", javaOptions);
        builder.redirectErrorStream(true);
        builder.redirectOutput(directory.resolve("output.txt").toFile());
        return builder.start();
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private boolean answers() {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    void expectAlive() {
        assertThat(process.isAlive()).as("alive\n%s", output()).isTrue();
    }

    /// Memory of the whole process that is in use now, in MiB.
    long residentMebibytes() {
        try (var lines = Files.lines(Path.of("/proc", Long.toString(process.pid()), "status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String output() {
        try {
            return Files.readString(directory.resolve("output.txt"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Ends it, and fails where it wrote a stack trace.
    @Override
    public void close() throws IOException {
        process.destroy();
        boolean ended = !process.onExit().completeOnTimeout(process, 20, SECONDS).join().isAlive();
        process.destroyForcibly();
        assertThat(ended).as("ended in time\n%s", output()).isTrue();
        assertThat(output()).doesNotContainPattern("(?m)^\\s+at [\\w.$/@]+\\(.*\\)");
        try (var files = Files.walk(directory)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
