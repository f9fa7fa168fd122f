package eu.sermas.bus.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.sermas.bus.cli.common.CommandFailed;
import eu.sermas.bus.cli.common.TokenRequest;
import eu.sermas.bus.client.Endpoint;
import eu.sermas.bus.client.Login;
import eu.sermas.bus.client.MqttClient;
import eu.sermas.bus.client.RefusedException;
import eu.sermas.bus.config.Configuration;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.Publish;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.server.Bus;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/// The whole bus as `dev` runs it, driven by the commands.
class DemoBusTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static Bus bus;
    private static String address;
    private static String token;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeAll
    static void start() throws Exception {
        bus = startDemo(true);
        address = "localhost:" + bus.listeners().main().getPort();
        token = request("secret-password").send(null);
    }

    @AfterAll
    static void stop() {
        bus.close();
    }

    @Test
    void itIsReady() throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            URI uri = URI.create("http://" + address + "/health/ready");
            assertThat(
                            http.send(
                                            HttpRequest.newBuilder(uri).build(),
                                            HttpResponse.BodyHandlers.discarding())
                                    .statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void theTokenCommandPrintsTheTokenAndNothingElse() {
        assertThat(
                        run(
                                "token --app myapp --client my-app-client --secret secret-password"
                                        + " --url http://"
                                        + address))
                .isZero();
        assertThat(out.toString().strip()).matches("[\\w-]+\\.[\\w-]+\\.[\\w-]+");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void aWrongSecretIsRefused() {
        assertThatThrownBy(() -> request("wrong").send(null))
                .isInstanceOf(CommandFailed.class)
                .hasMessageContaining("no token: HTTP 401");
    }

    @ParameterizedTest
    @CsvSource({
        "mqtt, 0",
        "mqtt, 1",
        "mqtt, 2",
        "mqtts, 2",
        "ws, 1",
        "wss, 2",
    })
    void whatPubSendsArrives(String scheme, int qos) throws Exception {
        String topic = "app/myapp/ui/content/" + scheme + qos;
        try (MqttClient subscriber = connect(token)) {
            subscriber.subscribe(List.of(TopicFilter.of(topic)), QoS.EXACTLY_ONCE, Properties.NONE);

            assertThat(run(pub(scheme, topic) + " -m hello -q " + qos)).isZero();

            Publish message = Objects.requireNonNull(subscriber.receive(PATIENCE), "a message");
            assertThat(message.payload()).asString().isEqualTo("hello");
            assertThat(message.qos().value()).isEqualTo(qos);
        }
    }

    @Test
    void whatIsNotGrantedIsRefusedWithAReason() {
        assertThat(run(pub("mqtt", "app/other/ui/content") + " -m x")).isEqualTo(1);
        assertThat(err.toString())
                .startsWith("sermas-bus: publish to app/other/ui/content refused: ")
                .contains("not authorized (0x87), ");
        assertThat(run("sub --url mqtt://" + address + " --token " + token + " -t app/other/#"))
                .isEqualTo(1);
        assertThat(err.toString()).contains("subscription to app/other/# refused");
    }

    @Test
    void withoutATokenNobodyIsLetIn() {
        assertThatThrownBy(() -> connect(null).close())
                .isInstanceOf(RefusedException.class)
                .hasMessageStartingWith("connection refused: ");
    }

    @Test
    void subFailsWhereTooFewMessagesCome() {
        assertThat(
                        run(
                                "sub --url mqtt://"
                                        + address
                                        + " --token "
                                        + token
                                        + " -t app/myapp/ui/silence -C 1 -W 1"))
                .isEqualTo(1);
        assertThat(err.toString()).contains("0 of 1 messages came within 1 s");
    }

    @Test
    void clientsAreToldOfTheShutdown() throws Exception {
        try (Bus other = startDemo(false)) {
            String otherAddress = "localhost:" + other.listeners().main().getPort();
            URI base = URI.create("http://" + otherAddress);
            String otherToken =
                    new TokenRequest(base, "myapp", "my-app-client", "secret-password").send(null);
            MqttClient client =
                    MqttClient.connect(
                            Endpoint.tcp("localhost", base.getPort(), PATIENCE),
                            Login.of(otherToken));
            Thread.ofVirtual().start(other::close);

            assertThatThrownBy(() -> client.receive(PATIENCE))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("server shutting down (0x8B)");
        }
    }

    private static Bus startDemo(boolean tls) throws Exception {
        Configuration demo = DevCommand.configuration("0", tls);
        return Bus.start(demo, Bus.Storage.MEMORY, System.err);
    }

    private static TokenRequest request(String secret) {
        return new TokenRequest(URI.create("http://" + address), "myapp", "my-app-client", secret);
    }

    private static String pub(String scheme, String topic) {
        return "pub --insecure --url "
                + scheme
                + "://"
                + address
                + " --token "
                + token
                + " -t "
                + topic;
    }

    private static MqttClient connect(@Nullable String credential) throws Exception {
        int port = bus.listeners().main().getPort();
        return MqttClient.connect(Endpoint.tcp("localhost", port, PATIENCE), Login.of(credential));
    }

    private int run(String arguments) {
        CommandLine commandLine = CommandLineTool.commandLine();
        commandLine.setOut(new PrintWriter(out, true));
        commandLine.setErr(new PrintWriter(err, true));
        return commandLine.execute(arguments.split(" "));
    }
}
