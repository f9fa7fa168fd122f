package eu.sermas.bus.systemtest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The commands, played against the demo application of `dev` as the README does.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CommandLineIT {

    private static final String SECRET = "secret-password";

    private final BusProcess bus = BusProcess.dev().start();

    @BeforeAll
    void devShowsWhatToCopy() {
        assertThat(bus.output().text())
                .contains("myapp", "my-app-client", Integer.toString(bus.port()));
    }

    @AfterAll
    void stop() {
        bus.close();
    }

    @Test
    void theDemoApplicationIsThere() {
        assertThat(Jwt.claims(bus.rest().login("admin", "admin")).get("azp").asText())
                .isEqualTo("platform");
        assertThat(token().status()).isZero();
    }

    @Test
    void tokenPrintsATokenAndNothingElse() throws Exception {
        var token = token().expect(0).output().strip();

        assertThat(Jwt.claims(token).get("azp").asText()).isEqualTo("myapp-my-app-client");
        try (var client = Mqtt.connect(bus, token)) {
            assertThat(
                            client.subscribe(
                                    1,
                                    "app/myapp/performance",
                                    "app/myapp/dialogue/#",
                                    "app/myapp/robotics/#"))
                    .containsExactly(1, 1, 0x87);
        }
    }

    /// The letters are made by the shell, for the JVM of this test may have no locale either.
    @Test
    void argumentsAndTheEnvironmentAreUtf8WithoutALocale() {
        var finished =
                Launcher.exec(
                        Map.of("JAVA_HOME", System.getProperty("java.home"), "LC_ALL", "POSIX"),
                        List.of(
                                "bash",
                                "-c",
                                "word=$(printf 'gr\\303\\266\\303\\237e');"
                                        + " ADMIN_USER=$word exec \"$0\" check-config"
                                        + " --set \"token.issuer=$word\"",
                                Launcher.PATH.toString()));

        assertThat(finished.expect(0).output())
                .contains("token.issuer: größe  # --set", "auth.admin.user: größe  # ADMIN_USER");
    }

    @Test
    void aWrongSecretIsSaidPlainly() {
        var finished =
                Launcher.run(
                        "token",
                        "--app",
                        "myapp",
                        "--client",
                        "my-app-client",
                        "--secret",
                        "no",
                        "--url",
                        bus.uri("http", "").toString());

        assertThat(finished.status()).isNotZero();
        assertThat(finished.output()).contains("401").doesNotContain("\tat ");
    }

    @Test
    void subShowsWhatPubSends() throws Exception {
        var token = token().expect(0).output().strip();
        var sub =
                Launcher.start(
                        javaHome(),
                        List.of(
                                Launcher.PATH.toString(),
                                "sub",
                                "--url",
                                mqttUrl(),
                                "--token",
                                token,
                                "-v",
                                "-t",
                                "app/myapp/ui/#"));
        var shown = new ConcurrentLinkedQueue<String>();
        Thread.ofVirtual().start(() -> sub.inputReader(UTF_8).lines().forEach(shown::add));
        try {
            // Nothing says when the subscription is there, so what is sent is sent again.
            await().atMost(30, SECONDS)
                    .untilAsserted(
                            () -> {
                                pub(token, "app/myapp/ui/status", "hello").expect(0);
                                assertThat(shown)
                                        .anyMatch(line -> line.contains("app/myapp/ui/status"))
                                        .anyMatch(line -> line.contains("hello"));
                            });
        } finally {
            sub.destroy();
            assertThat(sub.waitFor(10, SECONDS)).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"--version", "--help"})
    void theLauncherExplainsItself(String option) {
        assertThat(Launcher.run(option).expect(0).output()).contains("sermas-bus");
    }

    @Test
    void helpNamesEveryCommand() {
        assertThat(Launcher.run("--help").expect(0).output())
                .contains("dev", "serve", "token", "pub", "sub", "check-config");
    }

    @ParameterizedTest
    @ValueSource(strings = {"no-such-command", "--no-such-option"})
    void aWrongCommandIsAUsageError(String argument) {
        assertThat(Launcher.run(argument).expect(2).output()).contains(argument);
    }

    @Test
    void checkConfigShowsTheValuesInForceWithoutSecrets() {
        var checked =
                Launcher.exec(
                        Map.of(
                                "JAVA_HOME",
                                System.getProperty("java.home"),
                                "ADMIN_PASSWORD",
                                "hidden-password"),
                        List.of(Launcher.PATH.toString(), "check-config", "--port", "9999"));

        assertThat(checked.expect(0).output())
                .contains("9999")
                .contains("auth.admin.password")
                .doesNotContain("hidden-password");
        assertThat(Launcher.run("check-config", "--set", "port=70000").expect(2).output())
                .contains("port: 70000 (expected: ");
    }

    private Launcher.Finished token() {
        return Launcher.run(
                "token",
                "--app",
                "myapp",
                "--client",
                "my-app-client",
                "--secret",
                SECRET,
                "--url",
                bus.uri("http", "").toString());
    }

    private Launcher.Finished pub(String token, String topic, String text) {
        return Launcher.run("pub", "--url", mqttUrl(), "--token", token, "-t", topic, "-m", text);
    }

    private String mqttUrl() {
        return bus.uri("mqtt", "").toString();
    }

    private static Map<String, String> javaHome() {
        return Map.of("JAVA_HOME", System.getProperty("java.home"));
    }
}
