package eu.sermas.bus.systemtest.conformance;

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
import java.util.Comparator;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// One bus without credentials for all test classes that look at the protocol alone. It starts with
/// the first of them and stops with the test run.
public final class OpenBus implements BeforeAllCallback, AfterAllCallback {

    private static final Path ROOT =
            Path.of(System.getProperty("project.root", "..")).toAbsolutePath().normalize();

    private int port;

    public int port() {
        return port;
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        port = bus(context).port();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        assertThat(bus(context).output()).doesNotContainPattern("(?m)^\\s+at [\\w.$/@]+\\(.*\\)");
    }

    private static Bus bus(ExtensionContext context) {
        return context.getRoot()
                .getStore(ExtensionContext.Namespace.create(OpenBus.class))
                .computeIfAbsent(Bus.class, _ -> Bus.start(), Bus.class);
    }

    private record Bus(Process process, int port, Path directory) implements AutoCloseable {

        static Bus start() {
            try {
                var directory = Files.createTempDirectory("sermas-bus-it");
                int port = freePort();
                var bus = new Bus(launch(directory, port), port, directory);
                Awaitility.await("the bus answers")
                        .atMost(Duration.ofSeconds(60))
                        .until(() -> !bus.process.isAlive() || bus.answers());
                assertThat(bus.process.isAlive()).as("alive\n%s", bus.output()).isTrue();
                return bus;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static Process launch(Path directory, int port) throws IOException {
            var builder =
                    new ProcessBuilder(
                            List.of(
                                    ROOT.resolve("sermas-bus").toString(),
                                    "serve",
                                    "--open",
                                    "--port",
                                    Integer.toString(port),
                                    "--data-dir",
                                    directory.resolve("data").toString(),
                                    "--set",
                                    "limits.connections-per-second=1000000"));
            builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
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

        String output() {
            try {
                return Files.readString(directory.resolve("output.txt"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() throws IOException {
            process.destroy();
            assertThat(process.onExit().completeOnTimeout(process, 20, SECONDS).join().isAlive())
                    .as("still alive\n%s", output())
                    .isFalse();
            try (var files = Files.walk(directory)) {
                for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }
}
