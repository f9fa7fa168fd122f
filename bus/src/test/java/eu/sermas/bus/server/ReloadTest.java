package eu.sermas.bus.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import eu.sermas.bus.backup.ControlClient;
import eu.sermas.bus.config.CommandLineValue;
import eu.sermas.bus.config.Configuration;
import eu.sermas.bus.config.ConfigurationLoader;
import eu.sermas.bus.config.InvalidConfiguration;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/// A configuration that changes under a bus that runs.
class ReloadTest {

    private static final String KIOSK =
            "apps: [{appId: museum, clients: [{clientId: kiosk, secret: %s, permissions: [ui]}]}]\n";

    @TempDir private Path directory;

    private Bus bus;

    @BeforeEach
    void start() throws Exception {
        write("log.level: warn\n" + KIOSK.formatted("first"));
        bus =
                Bus.start(
                        load(),
                        Bus.Storage.DISK,
                        new PrintStream(new ByteArrayOutputStream(), true, UTF_8));
    }

    @AfterEach
    void stop() {
        bus.close();
    }

    private void write(String yaml) throws Exception {
        Files.writeString(directory.resolve("bus.yaml"), yaml);
    }

    private Configuration load() throws InvalidConfiguration {
        return ConfigurationLoader.load(
                directory.resolve("bus.yaml"),
                Map.of(),
                List.of(
                        new CommandLineValue("bind", "127.0.0.1", "--bind"),
                        new CommandLineValue("port", "0", "--port"),
                        new CommandLineValue(
                                "data-dir", directory.resolve("data").toString(), "--data-dir"),
                        new CommandLineValue("auth.admin.password", "chosen", "--set")));
    }

    @Test
    void whatCanBeIsTakenOverAndTheRestIsNamed() throws Exception {
        assertThat(token("first")).isEqualTo(201);
        write("log.level: info\nlimits.connections: 7\n" + KIOSK.formatted("second"));

        assertThat(bus.reload(this::load))
                .isEqualTo("changed log.level, apps; needs a restart: limits.connections");

        assertThat(token("first")).isEqualTo(401);
        assertThat(token("second")).isEqualTo(201);
        assertThat(((Logger) LoggerFactory.getLogger("eu.sermas.bus")).getLevel())
                .isEqualTo(Level.INFO);
        assertThat(bus.reload(this::load)).isEqualTo("nothing changed");
    }

    @Test
    void anAppThatIsDeclaredNoMoreIsGone() throws Exception {
        write("log.level: warn\n");
        assertThat(bus.reload(this::load)).isEqualTo("changed apps");
        assertThat(token("first")).isNotEqualTo(201);
        write("log.level: warn\n" + KIOSK.formatted("again"));
        assertThat(bus.reload(this::load)).isEqualTo("changed apps");
        assertThat(token("again")).isEqualTo(201);
    }

    @Test
    void whatIsNotRightChangesNothing() throws Exception {
        write("log.level: info\nlimits.connections: x\n");
        assertThatThrownBy(() -> bus.reload(this::load)).isInstanceOf(InvalidConfiguration.class);
        assertThat(token("first")).isEqualTo(201);
        assertThat(((Logger) LoggerFactory.getLogger("eu.sermas.bus")).getLevel())
                .isEqualTo(Level.WARN);
    }

    @Test
    void aCommandOrASignalAsksForIt() throws Exception {
        bus.reloadFrom(this::load);
        write("log.level: warn\n" + KIOSK.formatted("second"));
        try (ControlClient command =
                Objects.requireNonNull(ControlClient.connect(directory.resolve("data")))) {
            assertThat(command.reload()).isEqualTo("changed apps");
        }
        assertThat(token("second")).isEqualTo(201);

        write("log.level: warn\n" + KIOSK.formatted("third"));
        signal("HUP");
        await().untilAsserted(() -> assertThat(token("third")).isEqualTo(201));
        signal("USR1"); // would end this process
        assertThat(token("third")).isEqualTo(201);
    }

    private static void signal(String name) throws Exception {
        String pid = String.valueOf(ProcessHandle.current().pid());
        assertThat(new ProcessBuilder("kill", "-" + name, pid).start().waitFor()).isZero();
    }

    private int token(String secret) throws Exception {
        String body =
                "{\"appId\":\"museum\",\"clientId\":\"kiosk\",\"clientSecret\":\"%s\"}"
                        .formatted(secret);
        URI url =
                URI.create(
                        "http://127.0.0.1:%d/api/platform/token"
                                .formatted(bus.listeners().main().getPort()));
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                            HttpRequest.newBuilder(url)
                                    .header("Content-Type", "application/json")
                                    .POST(BodyPublishers.ofString(body))
                                    .build(),
                            BodyHandlers.discarding())
                    .statusCode();
        }
    }
}
