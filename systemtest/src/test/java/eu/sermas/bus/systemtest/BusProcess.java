package eu.sermas.bus.systemtest;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/// One running `sermas-bus`, started through the launcher of the project on a free port and with a
/// data directory of its own.
///
/// [#start] returns when `GET /health/ready` answers 200. The same object can be stopped or killed
/// and started again on the same port, with the same data: that is a restart as an operator sees
/// it. [#close] stops it, looks through everything it has printed, and removes its data.
public final class BusProcess implements AutoCloseable {

    public static final String ADMIN = "admin";
    public static final String ADMIN_PASSWORD = "an-admin-password-of-the-tests";

    /// Of the system client `platform`, on the shared bus.
    public static final String PLATFORM_SECRET = "a-platform-secret-of-the-tests";

    private static final Duration READY_WITHIN = Duration.ofSeconds(120);
    private static final int STOP_WITHIN_SECONDS = 20;

    private static final int FIRST_PORT = 12_000;
    private static final int PORTS = 20_000;
    private static final AtomicInteger NEXT_PORT =
            new AtomicInteger(ThreadLocalRandom.current().nextInt(PORTS));

    private final List<String> command;
    private final Map<String, String> environment;
    private final Path directory;
    private final int port;
    private final Output output;
    private Process process;
    private boolean keepsFiles;
    private Duration startUp = Duration.ZERO;

    private BusProcess(
            List<String> command, Map<String, String> environment, Path directory, int port) {
        this.command = List.copyOf(command);
        this.environment = Map.copyOf(environment);
        this.directory = directory;
        this.port = port;
        this.output = new Output(directory.resolve("output.txt"));
        this.process = launch();
    }

    /// A bus with an administrator whose password the tests know.
    public static Builder serve() {
        return serveWithoutAdmin().env("ADMIN_USER", ADMIN).env("ADMIN_PASSWORD", ADMIN_PASSWORD);
    }

    /// A bus that has to make up the administrator's password.
    public static Builder serveWithoutAdmin() {
        var builder = new Builder("serve");
        return builder.option("--bind", "127.0.0.1")
                .option("--data-dir", builder.directory().resolve("data").toString());
    }

    /// A bus that asks for no credentials and allows every topic.
    public static Builder open() {
        return serveWithoutAdmin().flags("--open");
    }

    /// The bus with the demo application.
    static Builder dev() {
        return new Builder("dev");
    }

    public int port() {
        return port;
    }

    public URI uri(String scheme, String path) {
        return URI.create(scheme + "://127.0.0.1:" + port + path);
    }

    public Rest rest() {
        return new Rest(uri("http", ""));
    }

    public Path directory() {
        return directory;
    }

    public Path dataDirectory() {
        return directory.resolve("data");
    }

    Output output() {
        return output;
    }

    /// From the start of the launcher to the first 200 of `/health/ready`.
    public Duration startUp() {
        return startUp;
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    long pid() {
        return process.pid();
    }

    public void expectAlive() {
        assertThat(process.isAlive()).as("alive\n%s", output).isTrue();
    }

    /// Asserts that nothing printed since the last call is what a bus must not print.
    public void expectCleanOutput() {
        output.assertNewIsClean();
    }

    /// Everything that it has printed, over all its starts.
    public String printed() {
        return output.text();
    }

    /// Whether its data and what it has printed are left where they are, for somebody to look at.
    public void keepFiles(boolean keep) {
        keepsFiles = keep;
    }

    /// Memory of the whole process that is in use now, in MiB.
    public long residentMebibytes() {
        try (var lines = Files.lines(Path.of("/proc", Long.toString(pid()), "status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Sends SIGTERM and asserts that the process ends in time with status 0.
    public void stop() {
        process.destroy();
        assertThat(exitStatus()).as("exit status after SIGTERM\n%s", output).isZero();
    }

    /// Sends SIGTERM and waits for nothing.
    public void terminate() {
        process.destroy();
    }

    /// `kill -9`, of the launcher and of whatever it started.
    public void kill() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        exitStatus();
    }

    /// Waits for the process to end by itself.
    public int exitStatus() {
        try {
            assertThat(process.waitFor(STOP_WITHIN_SECONDS, SECONDS))
                    .as("ended within %s s\n%s", STOP_WITHIN_SECONDS, output)
                    .isTrue();
            return process.exitValue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Starts it again where it has ended, without waiting for anything.
    public void relaunch() {
        if (!process.isAlive()) {
            process = launch();
        }
    }

    public BusProcess start() {
        relaunch();
        var begin = System.nanoTime();
        Awaitility.await("ready")
                .atMost(READY_WITHIN)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> !process.isAlive() || isReady());
        startUp = Duration.ofNanos(System.nanoTime() - begin);
        expectAlive();
        return this;
    }

    @Override
    public void close() {
        try {
            if (process.isAlive()) {
                stop();
            }
            output.assertClean();
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            if (!keepsFiles) {
                removeFiles();
            }
        }
    }

    public boolean isReady() {
        try {
            return rest().get("/health/ready").status() == 200;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    private Process launch() {
        try {
            var builder = new ProcessBuilder(command).directory(directory.toFile());
            builder.environment().remove("ENV");
            builder.environment().putAll(environment);
            builder.redirectErrorStream(true);
            builder.redirectOutput(ProcessBuilder.Redirect.appendTo(output.file().toFile()));
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void removeFiles() {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// A port that is free now. Below those that the kernel gives to clients, which would take it
    /// before the server does; tests in other processes begin their search elsewhere.
    public static int freePort() {
        while (true) {
            var port = FIRST_PORT + Math.floorMod(NEXT_PORT.getAndIncrement(), PORTS);
            try (var socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (BindException e) {
                // in use, on to the next one
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /// How to start a bus: the subcommand, its options, its environment.
    public static final class Builder {

        private final String subcommand;
        private final Map<String, String> options = new LinkedHashMap<>();
        private final List<String> flags = new ArrayList<>();
        private final Map<String, String> environment = new TreeMap<>();
        private final Path directory;
        private final int port = freePort();

        private Builder(String subcommand) {
            try {
                directory = Files.createTempDirectory("sermas-bus-it");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            this.subcommand = subcommand;
            environment.put("JAVA_HOME", System.getProperty("java.home"));
            option("--port", Integer.toString(port));
        }

        /// The last value of an option counts.
        public Builder option(String name, Object value) {
            options.put(name, value.toString());
            return this;
        }

        public Builder flags(String... names) {
            flags.addAll(List.of(names));
            return this;
        }

        public Builder set(String key, Object value) {
            return flags("--set", key + "=" + value);
        }

        public Builder env(String name, String value) {
            environment.put(name, value);
            return this;
        }

        /// @param options of the virtual machine
        public Builder java(String options) {
            return env("SERMAS_BUS_JAVA_OPTS", options);
        }

        /// Writes a file beside the data directory, for options that name one.
        public Path file(String name, String text) {
            try {
                return Files.writeString(directory.resolve(name), text);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        public Path directory() {
            return directory;
        }

        public BusProcess start() {
            var bus = launch();
            try {
                return bus.start();
            } catch (AssertionError | ConditionTimeoutException e) {
                bus.kill();
                bus.removeFiles();
                throw e;
            }
        }

        /// Starts the process without waiting for anything: for starts that must fail.
        public BusProcess launch() {
            var command = new ArrayList<String>();
            command.add(Launcher.PATH.toString());
            command.add(subcommand);
            options.forEach((name, value) -> command.addAll(List.of(name, value)));
            command.addAll(flags);
            return new BusProcess(command, environment, directory, port);
        }
    }
}
