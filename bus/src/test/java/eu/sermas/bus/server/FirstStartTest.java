package eu.sermas.bus.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.sermas.bus.config.CommandLineValue;
import eu.sermas.bus.config.Configuration;
import eu.sermas.bus.config.ConfigurationLoader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Starts a bus on one directory several times, as an operator does.
class FirstStartTest {

    private static final Pattern PASSWORD =
            Pattern.compile("Password of the administrator admin, shown only now: (\\S+)");
    private static final Pattern SECRET =
            Pattern.compile("Secret of client kiosk of app museum, shown only now: (\\S+)");

    @TempDir private Path directory;

    private final ByteArrayOutputStream console = new ByteArrayOutputStream();

    @Test
    void theConfiguredPasswordStaysWhenItIsConfiguredNoMore() throws Exception {
        start("auth.admin.password=chosen").close();
        try (Bus bus = start()) {
            assertThat(printed()).isEmpty();
            assertThat(login(bus, "chosen")).isEqualTo(201);
        }
    }

    @Test
    void whatAStartHasMadeUpIsShownAgainUntilOneComesUp() throws Exception {
        Files.writeString(
                directory.resolve("bus.yaml"),
                "apps: [{appId: museum, clients: [{clientId: kiosk, permissions: [ui]}]}]");
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = "mqtt-port=" + taken.getLocalPort();
            assertThatThrownBy(() -> start(port)).isInstanceOf(StartFailed.class);
            assertThatThrownBy(() -> start(port)).isInstanceOf(StartFailed.class);
        }
        console.reset();
        try (Bus bus = start()) {
            String password = shown(PASSWORD);
            assertThat(login(bus, password)).isEqualTo(201);
            assertThat(shown(SECRET)).hasSizeGreaterThan(20);
            try (Stream<Path> files = Files.walk(directory)) {
                assertThat(files.filter(Files::isRegularFile))
                        .noneMatch(file -> contains(file, password));
            }
        }
        console.reset();
        start().close();
        assertThat(printed()).isEmpty();
    }

    @Test
    void aStartAfterOneThatFailedMakesNoOtherPassword() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = "mqtt-port=" + taken.getLocalPort();
            assertThatThrownBy(() -> start(port)).isInstanceOf(StartFailed.class);
        }
        String password = shown(PASSWORD);
        console.reset();
        start().close();
        assertThat(shown(PASSWORD)).isEqualTo(password);
    }

    private Bus start(String... values) throws Exception {
        List<CommandLineValue> all = new ArrayList<>();
        for (String value : values) {
            String[] parts = value.split("=", 2);
            all.add(new CommandLineValue(parts[0], parts[1], "--set"));
        }
        for (String value :
                List.of("bind=127.0.0.1", "port=0", "data-dir=" + directory.resolve("data"))) {
            String[] parts = value.split("=", 2);
            all.add(new CommandLineValue(parts[0], parts[1], "--set"));
        }
        Path file = directory.resolve("bus.yaml");
        Configuration configuration =
                ConfigurationLoader.load(Files.exists(file) ? file : null, Map.of(), all);
        return Bus.start(configuration, Bus.Storage.DISK, new PrintStream(console, true, UTF_8));
    }

    private String printed() {
        return console.toString(UTF_8);
    }

    private String shown(Pattern pattern) {
        Matcher found = pattern.matcher(printed());
        assertThat(found.find()).as(printed()).isTrue();
        return found.group(1);
    }

    private static int login(Bus bus, String password) throws Exception {
        String body = "{\"username\":\"admin\",\"password\":\"%s\"}".formatted(password);
        URI url =
                URI.create(
                        "http://127.0.0.1:%d/api/auth/login"
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

    private static boolean contains(Path file, String text) {
        try {
            return new String(Files.readAllBytes(file), ISO_8859_1).contains(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
