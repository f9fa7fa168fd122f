package eu.sermas.bus.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import eu.sermas.bus.cli.common.ClientOptions;
import eu.sermas.bus.cli.common.CommandFailed;
import eu.sermas.bus.cli.common.Version;
import eu.sermas.bus.json.JsonLimits;
import eu.sermas.bus.load.LoadFailed;
import eu.sermas.bus.load.LoadTest;
import eu.sermas.bus.load.Plan;
import eu.sermas.bus.load.Report;
import eu.sermas.bus.load.Scenario;
import eu.sermas.bus.load.Target;
import eu.sermas.bus.packet.ProtocolVersion;
import eu.sermas.bus.packet.QoS;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "bench",
        description = {
            "Measures what a broker carries, from outside, and checks that nothing is lost,",
            "doubled or out of order. Scenarios:",
            "  fanout   every subscriber gets every message (1 to 100)",
            "  fanin    many publishers to one subscriber (100 to 1)",
            "  pairs    publisher i to subscriber i (200)",
            "  shared   many publishers to a shared subscription (100 to 4)",
            "  idle     connections that do nothing (1000), held for --duration",
            "  connect  connect and disconnect over and over (50 at once)",
            "  durable  messages for absent persistent sessions, then their delivery",
            "Exit code 3: a check failed."
        },
        footer = {
            "  sermas-bus bench fanout --url mqtt://localhost:8080 --token \"$TOKEN\"",
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class BenchCommand implements Callable<Integer> {

    private static final int CHECK_FAILED = 3;
    private static final long REPORT_SECONDS = 10;
    private static final long DURABLE_MESSAGES = 100_000;
    private static final String PASSWORD = "sermas-bus";

    /// As whom the clients connect.
    static final class Users {
        @Option(names = "--user", paramLabel = "NAME", description = "User name of all clients.")
        private @Nullable String user;

        @Option(names = "--token", paramLabel = "TOKEN", description = "The same: a token.")
        private @Nullable String token;

        @Option(
                names = "--user-file",
                paramLabel = "FILE",
                description = "User names or tokens, one a line; clients take them in turn.")
        private @Nullable Path file;
    }

    @Parameters(index = "0", paramLabel = "SCENARIO", description = "See above.")
    private String scenarioName;

    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "mqtt://HOST:PORT or ws://HOST:PORT/PATH; default mqtt://localhost:8080.")
    private @Nullable URI url;

    @Option(names = "--host", paramLabel = "HOST", description = "In place of --url.")
    private String host = "localhost";

    @Option(names = "--port", paramLabel = "N", description = "In place of --url.")
    private int port = 8080;

    @Option(names = "--ws", description = "WebSocket, on /mqtt.")
    private boolean webSocket;

    @Option(names = "--mqtt", paramLabel = "3.1.1|5", description = "Default 3.1.1.")
    private String version = "3.1.1";

    @ArgGroup private Users users = new Users();

    @Mixin private ClientOptions client = new ClientOptions();

    @Option(names = "--password", paramLabel = "TEXT", description = "Sent with a user name.")
    private String password = PASSWORD;

    @Option(
            names = {"-t", "--topic"},
            paramLabel = "PREFIX",
            description =
                    "What all topics begin with; default app/APP/ui/bench with --app, else bench.")
    private @Nullable String topic;

    @Option(names = "--qos", paramLabel = "0|1|2", description = "Default 0; 1 for durable.")
    private @Nullable Integer qos;

    @Option(
            names = "--size",
            paramLabel = "BYTES",
            description = "Of a payload, at least 28; default ${DEFAULT-VALUE}.")
    private int size = 64;

    @Option(names = "--publishers", paramLabel = "N", description = "Default: see above.")
    private @Nullable Integer publishers;

    @Option(
            names = "--subscribers",
            paramLabel = "N",
            description = "Or connections; default: see above.")
    private @Nullable Integer subscribers;

    @Option(
            names = "--window",
            paramLabel = "N",
            description = "Unacknowledged messages of a publisher; default ${DEFAULT-VALUE}.")
    private int window = 100;

    @Option(
            names = "--outstanding",
            paramLabel = "N",
            description = "Messages of a publisher that are not delivered yet; default: --window.")
    private @Nullable Integer outstanding;

    @Option(
            names = "--rate",
            paramLabel = "N",
            description = {
                "Messages per second in total, at fixed times; latency counts from the intended",
                "time. Default: as many as the broker takes."
            })
    private double rate;

    @Option(
            names = "--messages",
            paramLabel = "N",
            description = "In total, in place of a duration; default 100000 for durable.")
    private @Nullable Long messages;

    @Option(
            names = "--warmup",
            paramLabel = "SECONDS",
            description = "Before it is measured; default ${DEFAULT-VALUE}.")
    private double warmup = 3;

    @Option(names = "--duration", paramLabel = "SECONDS", description = "Default ${DEFAULT-VALUE}.")
    private double duration = 5;

    @Option(names = "--persistent", description = "Subscribers have persistent sessions.")
    private boolean persistent;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Event loops of the generator; default ${DEFAULT-VALUE}.")
    private int threads = 1;

    @Option(
            names = "--addresses",
            paramLabel = "N",
            description = "Connects from 127.0.0.1 to 127.0.0.N in turn.")
    private int addresses = 1;

    @Option(
            names = "--server-pid",
            paramLabel = "PID",
            description = "The broker's process, to show its CPU time and memory.")
    private @Nullable Long serverPid;

    @Option(names = "--json", description = "One line of JSON on standard output.")
    private boolean json;

    @Spec private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets the fields
    BenchCommand() {}

    @Override
    public Integer call() throws CommandFailed {
        Plan plan = plan();
        CountDownLatch reported = new CountDownLatch(1);
        try (LoadTest test = new LoadTest(plan, spec.commandLine().getErr())) {
            Runtime.getRuntime()
                    .addShutdownHook(new Thread(() -> reportBeforeExit(test, reported), "stop"));
            Report report = test.run();
            print(report);
            return report.failures().isEmpty() ? 0 : CHECK_FAILED;
        } catch (LoadFailed e) {
            throw new CommandFailed(String.valueOf(e.getMessage()));
        } finally {
            reported.countDown();
        }
    }

    /// On Ctrl-C the figures so far are still printed, by the thread that runs the test.
    private static void reportBeforeExit(LoadTest test, CountDownLatch reported) {
        test.stop();
        try {
            if (!reported.await(REPORT_SECONDS, TimeUnit.SECONDS)) {
                System.err.println("sermas-bus: no report, the clients do not answer");
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void print(Report report) {
        report.failures()
                .forEach(line -> spec.commandLine().getErr().println("sermas-bus: " + line));
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            try {
                out.println(JsonLimits.OWN.mapper().build().writeValueAsString(report.figures()));
            } catch (JsonProcessingException e) {
                throw new IllegalStateException(e); // numbers and words always have a form
            }
        } else {
            out.print(report.table());
        }
        out.flush();
    }

    private Plan plan() throws CommandFailed {
        Scenario scenario = scenario();
        boolean durable = scenario == Scenario.DURABLE;
        try {
            Target target = target();
            return new Plan(
                    scenario,
                    target,
                    protocol(),
                    topic(),
                    QoS.of(qos == null ? durable ? 1 : 0 : qos),
                    size,
                    publishers == null ? scenario.publishers() : publishers,
                    subscribers == null ? scenario.subscribers() : subscribers,
                    window,
                    outstanding == null ? window : outstanding,
                    rate,
                    messages == null ? durable ? DURABLE_MESSAGES : 0 : messages,
                    seconds(warmup),
                    seconds(duration),
                    persistent,
                    userNames(target),
                    password,
                    threads,
                    addresses,
                    serverPid == null ? OptionalLong.empty() : OptionalLong.of(serverPid));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--" + e.getMessage(), e);
        }
    }

    private Scenario scenario() {
        try {
            return Scenario.valueOf(scenarioName.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(
                    spec.commandLine(),
                    "scenario: "
                            + scenarioName
                            + " (expected: fanout, fanin, pairs, shared, idle, connect or durable)",
                    e);
        }
    }

    private Target target() {
        Target target = url == null ? new Target(host, port, null) : Target.of(url);
        return webSocket ? target.webSocket() : target;
    }

    private ProtocolVersion protocol() {
        return switch (version) {
            case "3.1.1" -> ProtocolVersion.MQTT_3_1_1;
            case "5" -> ProtocolVersion.MQTT_5;
            default ->
                    throw new IllegalArgumentException(
                            "mqtt: " + version + " (expected: 3.1.1 or 5)");
        };
    }

    private String topic() {
        if (topic != null) {
            return topic;
        }
        return client.app().map(app -> "app/" + app + "/ui/bench").orElse("bench");
    }

    private static Duration seconds(double value) {
        return Duration.ofMillis(Math.round(value * 1000));
    }

    /// Empty to connect without credentials.
    private List<String> userNames(Target target) throws CommandFailed {
        Path file = users.file;
        if (file != null) {
            try {
                return Files.readAllLines(file).stream().filter(line -> !line.isBlank()).toList();
            } catch (IOException e) {
                throw new CommandFailed("--user-file " + file + ": not readable");
            }
        }
        String name = users.user == null ? users.token : users.user;
        if (name != null) {
            return List.of(name);
        }
        if (client.given()) {
            URI base = URI.create("http://" + target.host() + ":" + target.port());
            return List.of(client.token(spec.commandLine(), base, null));
        }
        return List.of();
    }
}
