package eu.sermas.bus.systemtest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import eu.sermas.bus.systemtest.client.Message;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The Python clients of the documentation and of the samples, with Paho 1.6 and 2.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PythonSampleIT {

    private static final String SECRET = "secret-password";

    /// A Python with a Paho, as `scripts/install-test-tools` leaves them.
    enum Python {
        PAHO_1("/usr/bin/python3"),
        PAHO_2("systemtest/src/test/python/.venv/bin/python");

        private final String path;

        Python(String path) {
            this.path = path;
        }

        List<String> command(String script, String... args) {
            assumeTrue(Files.isExecutable(Launcher.ROOT.resolve(path)), path + " is there");
            var command = new ArrayList<>(List.of(path, script));
            command.addAll(List.of(args));
            return command;
        }
    }

    private final BusProcess.Builder builder = BusProcess.serve();
    private final Certificate certificate = Certificate.create(builder.directory());
    private final BusProcess bus = demo().start();

    @AfterAll
    void stop() {
        bus.close();
    }

    @ParameterizedTest
    @EnumSource
    void theDocumentedCallsWorkByWebSocket(Python python) throws Exception {
        play(python, "https", Map.of());
    }

    @ParameterizedTest
    @EnumSource
    void theDocumentedCallsWorkByTcp(Python python) throws Exception {
        play(python, "https", Map.of("ENV", "development"));
    }

    @ParameterizedTest
    @EnumSource
    void theDocumentedCallsWorkWithTheirTlsLines(Python python) throws Exception {
        play(python, "always", Map.of("SSL_CERT_FILE", certificate.chain().toString()));
    }

    @ParameterizedTest
    @EnumSource
    void ourSampleRuns(Python python) {
        for (var url : List.of("http://localhost:", "https://localhost:")) {
            for (var transport : List.of("websockets", "tcp")) {
                var sample =
                        python.command(
                                "samples/python/mqtt_sample.py",
                                "--url",
                                url + bus.port(),
                                "--transport",
                                transport);

                var trust = Map.of("SSL_CERT_FILE", certificate.chain().toString());
                assertThat(Launcher.exec(trust, sample).expect(0).output())
                        .contains("Connected")
                        .contains("app/myapp/ui/status: {\"appId\": \"myapp\"");
            }
        }
    }

    /// The published message must reach a subscriber; the subscription to the three-level topic
    /// must be granted, which is shown by a message that reaches the script.
    private void play(Python python, String tls, Map<String, String> environment) throws Exception {
        var token = bus.rest().token("myapp", "my-app-client", SECRET);
        try (var observer = Mqtt.connect(bus, token)) {
            observer.subscribe(1, "app/myapp/ui/status");
            var script =
                    Launcher.start(
                            environment,
                            python.command(
                                    "systemtest/src/test/python/platform_client.py",
                                    "http://localhost:" + bus.port() + "/mqtt",
                                    token,
                                    "myapp",
                                    tls));

            var status = observer.inbox().next();
            observer.publish(Message.of("app/myapp/performance", "as requested", 1));

            var output = new String(script.getInputStream().readAllBytes(), UTF_8);
            assertThat(script.waitFor(20, SECONDS)).isTrue();
            assertThat(output).contains("received app/myapp/performance as requested");
            assertThat(Answer.toTree(status.text()).get("appId").asText()).isEqualTo("myapp");
        }
    }

    /// The application of the documentation on a bus that can have TLS.
    private BusProcess.Builder demo() {
        Path apps =
                builder.file(
                        "apps.yaml",
                        """
                        apps:
                          - appId: myapp
                            modules:
                              - moduleId: my-app-client
                                secret: %s
                                supports: [dialogue, detection, ui, session, performance]
                        """
                                .formatted(SECRET));
        return builder.option("--config", apps)
                .option("--tls-cert", certificate.chain())
                .option("--tls-key", certificate.key());
    }
}
