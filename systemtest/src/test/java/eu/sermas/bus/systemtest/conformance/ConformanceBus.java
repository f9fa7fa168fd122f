package eu.sermas.bus.systemtest.conformance;

import static java.util.Objects.requireNonNull;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// The buses of the conformance classes. Each starts when a test first asks for it and stops with
/// the test run; what they have printed is looked through after each class.
public final class ConformanceBus implements BeforeAllCallback, AfterAllCallback {

    /// What a bus is configured for.
    public enum Kind {
        /// Asks for no credentials and allows every topic; all else is the default.
        OPEN("--open"),

        /// Lets nobody in without a token, see [Tokens].
        GUARDED("--config", resource("guarded.yaml")),

        /// Open, with everything switched off that may be, and small limits.
        RESTRICTED(
                "--open",
                "--set",
                "mqtt.maximum-qos=1",
                "--set",
                "mqtt.retain=false",
                "--set",
                "limits.topic-aliases=0",
                "--set",
                "limits.packet-size=1KiB",
                "--set",
                "limits.keep-alive=20s",
                "--set",
                "mqtt.response-information=answers");

        private final List<String> options;

        Kind(String... options) {
            this.options = List.of(options);
        }

        private static String resource(String name) {
            try {
                var url = requireNonNull(ConformanceBus.class.getResource(name));
                return Path.of(url.toURI()).toString();
            } catch (URISyntaxException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static final Path ROOT =
            Path.of(System.getProperty("project.root", "..")).toAbsolutePath().normalize();

    private @Nullable ExtensionContext context;

    @Override
    public void beforeAll(ExtensionContext current) {
        context = current;
    }

    public int port(Kind kind) {
        return store().computeIfAbsent(kind, Bus::start, Bus.class).port();
    }

    @Override
    public void afterAll(ExtensionContext current) {
        for (var kind : Kind.values()) {
            var bus = store().get(kind, Bus.class);
            if (bus != null) {
                assertThat(bus.output())
                        .as("what %s has printed", kind)
                        .doesNotContainPattern("(?m)^\\s+at [\\w.$/@]+\\(.*\\)")
                        .doesNotContainPattern("eyJ[\\w-]+\\.eyJ"); // a token
            }
        }
    }

    private ExtensionContext.Store store() {
        return requireNonNull(context)
                .getRoot()
                .getStore(ExtensionContext.Namespace.create(ConformanceBus.class));
    }

    private record Bus(Process process, int port, Path directory) implements AutoCloseable {

        static Bus start(Kind kind) {
            try {
                var directory = Files.createTempDirectory("sermas-bus-it");
                int port = freePort();
                var bus = new Bus(launch(kind, directory, port), port, directory);
                Awaitility.await("the bus answers")
                        .atMost(Duration.ofSeconds(60))
                        .until(() -> !bus.process.isAlive() || bus.answers());
                assertThat(bus.process.isAlive()).as("alive\n%s", bus.output()).isTrue();
                return bus;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static Process launch(Kind kind, Path directory, int port) throws IOException {
            var command = new ArrayList<String>();
            command.add(ROOT.resolve("sermas-bus").toString());
            command.addAll(List.of("serve", "--port", Integer.toString(port)));
            command.addAll(List.of("--data-dir", directory.resolve("data").toString()));
            command.addAll(List.of("--set", "limits.connections-per-second=1000000"));
            command.addAll(kind.options);
            var builder = new ProcessBuilder(command);
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
