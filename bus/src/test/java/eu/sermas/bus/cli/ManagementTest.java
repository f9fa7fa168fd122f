package eu.sermas.bus.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import eu.sermas.bus.cli.common.TokenRequest;
import eu.sermas.bus.client.Endpoint;
import eu.sermas.bus.client.Login;
import eu.sermas.bus.client.MqttClient;
import eu.sermas.bus.client.RefusedException;
import eu.sermas.bus.server.Bus;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// The commands that manage a bus, against a whole bus.
class ManagementTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static Bus bus;
    private static URI base;
    private static Path passwordFile;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @SuppressWarnings("NullAway.Init") // set before the first test
    ManagementTest() {}

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        passwordFile = Files.writeString(directory.resolve("password"), "admin\n");
        bus = Bus.start(DevCommand.configuration("0", false), Bus.Storage.MEMORY, System.err);
        base = URI.create("http://localhost:" + bus.listeners().main().getPort());
    }

    @AfterAll
    static void stop() {
        bus.close();
    }

    @Test
    void aClientIsMadeShownAndDeleted() throws Exception {
        JsonNode made = json("client create myapp kiosk ui.content --name Kiosk");
        assertThat(made.path("secret").asText()).hasSizeGreaterThan(20);

        assertThat(text("client list myapp"))
                .contains("CLIENT ID", "my-app-client")
                .containsPattern("(?m)^kiosk +Kiosk +own +ui.content ");
        assertThat(text("client topics myapp kiosk")).isEqualTo("app/:appId/ui/content\n");
        assertThat(token("kiosk", made.path("secret").asText())).isNotEmpty();

        assertThat(text("client delete myapp kiosk")).isEqualTo("deleted kiosk\n");
        assertThat(run("client show myapp kiosk")).isEqualTo(1);
        assertThat(err.toString()).startsWith("sermas-bus: ").endsWith(" (HTTP 404)\n");
    }

    @Test
    void grantsAndSecretsOfAClientAreChanged() throws Exception {
        String first = json("client create myapp desk ui.content").path("secret").asText();

        assertThat(text("client grant myapp desk dialogue")).contains("dialogue,ui.content");
        assertThat(text("client revoke myapp desk ui.content")).contains("permissions: dialogue\n");
        JsonNode rotated = json("client rotate myapp desk --grace 60");
        String second = rotated.path("secret").asText();
        assertThat(rotated.path("formerSecretUntil").asText()).isNotEmpty();
        assertThat(token("desk", first)).isNotEmpty();
        assertThat(text("client rotate myapp desk --end-grace")).contains("has ended");
        assertThat(token("desk", second)).isNotEmpty();
        assertThatThrownBy(() -> token("desk", first)).hasMessageContaining("HTTP 401");
        assertThat(text("client set myapp desk --token-lifetime 600"))
                .contains("tokenLifetime: 600\n");
    }

    @Test
    void aUserIsMadeChangedAndDeleted() throws Exception {
        Path own = Files.writeString(passwordFile.resolveSibling("own"), "a-first-password");
        Path next = Files.writeString(passwordFile.resolveSibling("next"), "another-password");
        text("user create alice --email a@example.org --password-file " + own);
        assertThat(text("user list --search ali"))
                .containsPattern("(?m)^alice +a@example.org +true ");

        String asAlice = " --admin-user alice --admin-password-file ";
        assertThat(execute("user passwd alice --password-file " + next + asAlice + own)).isZero();
        assertThat(execute("app list" + asAlice + own)).isEqualTo(1);
        assertThat(execute("app list" + asAlice + next)).isZero();

        assertThat(text("user roles alice platform-admin")).contains("roles: platform-admin\n");
        assertThat(text("user roles alice")).isEqualTo("platform-admin\n");
        assertThat(text("user set alice --enabled=false")).contains("enabled: false\n");
        assertThat(text("user delete alice")).isEqualTo("deleted alice\n");
        assertThat(run("user show alice")).isEqualTo(1);
    }

    @Test
    void anAppIsMadeListedAndDeleted() throws Exception {
        assertThat(text("app create zoo --name Zoo")).contains("appId: zoo\n");
        assertThat(text("app list --all")).containsPattern("(?m)^zoo +Zoo ");
        assertThat(text("app delete zoo")).isEqualTo("deleted zoo\n");
        assertThat(text("app list --all")).doesNotContain("zoo");
    }

    @Test
    void aSessionIsFoundAndItsConnectionEnded() throws Exception {
        String token = token(DevCommand.CLIENT, DevCommand.SECRET);
        Endpoint endpoint = Endpoint.tcp("localhost", base.getPort(), PATIENCE);
        MqttClient client = MqttClient.connect(endpoint, Login.of(token));

        JsonNode row = json("session list --app myapp --search " + client.clientId()).path(0);
        assertThat(row.path("clientId").asText()).isEqualTo(client.clientId());
        String id = row.path("id").asText();
        assertThat(text("session show " + id))
                .contains("session.principal: client:myapp/my-app-client\n");
        assertThat(text("session end " + id + " --connection")).isEqualTo("ended\n");

        assertThatThrownBy(() -> client.receive(PATIENCE))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("administrative action (0x98)");
        client.abandon();
    }

    @Test
    void aWrongPasswordIsOneLine() throws IOException {
        Path wrong = Files.writeString(passwordFile.resolveSibling("wrong"), "no");
        assertThat(execute("app list --admin-user admin --admin-password-file " + wrong))
                .isEqualTo(1);
        assertThat(err.toString().lines()).hasSize(1).first().asString().endsWith("(HTTP 401)");
    }

    private static String token(String client, String secret) throws Exception {
        return new TokenRequest(base, "myapp", client, secret).send(null);
    }

    private JsonNode json(String arguments) throws Exception {
        return new JsonMapper().readTree(text(arguments + " --json"));
    }

    private String text(String arguments) {
        out.getBuffer().setLength(0);
        assertThat(run(arguments)).as("exit code of %s: %s", arguments, err).isZero();
        return out.toString();
    }

    private int run(String arguments) {
        return execute(arguments + " --admin-user admin --admin-password-file " + passwordFile);
    }

    private int execute(String arguments) {
        CommandLine commandLine = CommandLineTool.withAll();
        commandLine.setOut(new PrintWriter(out, true));
        commandLine.setErr(new PrintWriter(err, true));
        return commandLine.execute((arguments + " --url " + base).split(" "));
    }
}
