package eu.sermas.bus.cli.rest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import eu.sermas.bus.cli.CommandLineTool;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/// What the commands ask a bus for, and how they show its answers. What a real bus says to it is
/// tested from outside.
class RestCommandsTest {

    private static final String KIOSK = "/api/platform/app/museum/client/kiosk";

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final List<String> calls = new CopyOnWriteArrayList<>();
    private final Map<String, String> answers = new ConcurrentHashMap<>();
    private final Map<String, Integer> statuses = new HashMap<>();
    private HttpServer server;
    private Path passwordFile;
    private Path tokenFile;

    @SuppressWarnings("NullAway.Init") // set before each test
    RestCommandsTest() {}

    @BeforeEach
    void start(@TempDir Path directory) throws IOException {
        passwordFile = Files.writeString(directory.resolve("password"), "s3cret\n");
        tokenFile = Files.writeString(directory.resolve("token"), "a-token\n");
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String call = exchange.getRequestMethod() + " " + exchange.getRequestURI();
        String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
        calls.add(body.isEmpty() ? call : call + " " + body);
        byte[] answer = answers.getOrDefault(call, "").getBytes(UTF_8);
        if (!"Bearer a-token".equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
            answer = "{\"message\":\"no Bearer token\"}".getBytes(UTF_8);
            exchange.sendResponseHeaders(401, answer.length);
        } else {
            exchange.sendResponseHeaders(
                    statuses.getOrDefault(call, 200), answer.length == 0 ? -1 : answer.length);
        }
        exchange.getResponseBody().write(answer);
        exchange.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "app list | GET /api/app/list",
                "app set museum --token-lifetime 0 | PUT /api/app {'appId':'museum','tokenLifetime':0}",
                "app delete a/b | DELETE /api/app/a%2Fb",
                "client create museum kiosk ui.content | POST /api/platform/app/museum/client"
                        + " {'clientId':'kiosk','permissions':['ui.content']}",
                "client set museum kiosk --token-lifetime 9 | PATCH "
                        + KIOSK
                        + " {'tokenLifetime':9}",
                "client grant museum kiosk ui --only | PATCH " + KIOSK + " {'permissions':['ui']}",
                "client rotate museum kiosk --grace 60 | POST "
                        + KIOSK
                        + "/secret {'graceSeconds':60}",
                "client rotate museum kiosk | POST " + KIOSK + "/secret {}",
                "client rotate museum kiosk --end-grace | DELETE " + KIOSK + "/secret/former",
                "client delete museum kiosk | DELETE " + KIOSK,
                "user create al --role a --role b --password-file $PW | POST /api/auth/admin/user"
                        + " {'username':'al','roles':['a','b'],'password':'s3cret'}",
                "user passwd al --password-file $PW | PUT /api/auth/al {'password':'s3cret'}",
                "user roles al x y | PUT /api/auth/al {'roles':['x','y']}",
                "user roles al --none | PUT /api/auth/al {'roles':[]}",
                "user set al --enabled=false | PUT /api/auth/al {'enabled':false}",
                "user delete al --hand-over-to b@c | DELETE /api/auth/al?handOverTo=b%40c",
                "session end x_1 | DELETE /api/mqtt/session/x_1",
                "session end x_1 --connection | DELETE /api/mqtt/session/x_1/connection",
            })
    void aCommandMakesOneCall(String arguments, String call) {
        assertThat(run(arguments.replace("$PW", passwordFile.toString()))).isZero();
        assertThat(calls).containsExactly(call.replace('\'', '"'));
    }

    @Test
    void grantsAreAddedToThoseThatAreThereAndTakenFromThem() {
        answers.put("GET " + KIOSK, "{\"permissions\":[\"ui\",\"dialogue\"]}");

        assertThat(run("client grant museum kiosk detection ui")).isZero();
        assertThat(run("client revoke museum kiosk ui")).isZero();
        assertThat(run("client revoke museum kiosk robotics")).isEqualTo(1);

        assertThat(calls)
                .filteredOn(call -> call.startsWith("PATCH"))
                .containsExactly(
                        "PATCH " + KIOSK + " {\"permissions\":[\"detection\",\"dialogue\",\"ui\"]}",
                        "PATCH " + KIOSK + " {\"permissions\":[\"dialogue\"]}");
        assertThat(err.toString())
                .isEqualTo("sermas-bus: kiosk has no grant robotics (it has: [dialogue, ui])\n");
    }

    @Test
    void anAppBelongsToTheCallerOrToWhoIsNamed() {
        answers.put("GET /api/auth/whoami", "{\"sub\":\"u1\"}");
        answers.put("GET /api/auth/admin/user/bob", "{\"userId\":\"u2\"}");

        assertThat(run("app create museum --name City")).isZero();
        assertThat(run("app create zoo --owner bob")).isZero();

        assertThat(calls)
                .contains(
                        "POST /api/app {\"appId\":\"museum\",\"name\":\"City\",\"ownerId\":\"u1\"}",
                        "POST /api/app {\"appId\":\"zoo\",\"ownerId\":\"u2\"}");
    }

    @Test
    void aListIsATableOrJson() {
        answers.put(
                "GET /api/platform/app/museum/client",
                """
                [{"clientId":"kiosk","name":"Kiösk","origin":"own","permissions":["ui","a.b"]},
                 {"clientId":"a-longer-name\\u001b[2J","origin":"module","permissions":[],"tokenLifetime":60}]
                """);

        assertThat(run("client list museum")).isZero();
        assertThat(out.toString())
                .isEqualTo(
                        """
                        CLIENT ID          NAME   ORIGIN  PERMISSIONS  TOKEN LIFETIME  FORMER SECRET UNTIL
                        kiosk              Kiösk  own     ui,a.b       -               -
                        a-longer-name?[2J  -      module  -            60              -
                        """);
        out.getBuffer().setLength(0);
        assertThat(run("client list museum --json")).isZero();
        assertThat(out.toString()).contains("\"permissions\" : [ \"ui\", \"a.b\" ]");
    }

    @Test
    void aListOfAppsShowsNoSecrets() {
        answers.put(
                "POST /api/app/admin/export",
                "[{\"appId\":\"museum\",\"modules\":[{\"secret\":\"hidden\"}],\"public\":true}]");
        assertThat(run("app list --all --json")).isZero();
        assertThat(out.toString()).contains("museum").doesNotContain("hidden");
    }

    @Test
    void allPagesAreRead() {
        String first = "/api/mqtt/session?limit=1000&connected=true";
        answers.put("GET " + first, "{\"sessions\":[],\"next\":\"a+b\"}");
        answers.put(
                "GET " + first + "&cursor=a%2Bb",
                "{\"sessions\":[{\"id\":\"s1\",\"queue\":{\"messages\":7}}]}");
        assertThat(run("session list --connected")).isZero();
        assertThat(out.toString()).containsPattern("(?m)^s1 .* 7$");
    }

    /// With the password in the body, so it has to be right; the stub lets nobody in without a
    /// token, which the login cannot have.
    @Test
    void aLoginIsMadeForAnAdministrator() {
        assertThat(execute("user list --admin-user admin --admin-password-file " + passwordFile))
                .isEqualTo(1);
        assertThat(calls)
                .singleElement()
                .asString()
                .startsWith("POST /api/auth/login {")
                .contains("\"username\":\"admin\"", "\"password\":\"s3cret\"");
        assertThat(err.toString()).isEqualTo("sermas-bus: no Bearer token (HTTP 401)\n");
    }

    @Test
    void aRefusalIsOneLine() {
        answers.put("GET " + KIOSK, "{\"message\":\"client not found\",\"statusCode\":404}");
        statuses.put("GET " + KIOSK, 404);
        assertThat(run("client show museum kiosk")).isEqualTo(1);
        assertThat(err.toString()).isEqualTo("sermas-bus: client not found (HTTP 404)\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "client | no command given (expected: one of [",
                "client list | Missing required parameter: 'APP'",
                "user lst | Did you mean list?",
                "app list --url ftp://x --token-file x | --url: ftp://x",
            })
    void wrongUsageIsExitCode2(String arguments, String reason) {
        assertThat(execute(arguments)).isEqualTo(2);
        assertThat(err.toString()).contains(reason);
        assertThat(calls).isEmpty();
    }

    private int run(String arguments) {
        return execute(arguments + " --token-file " + tokenFile);
    }

    private int execute(String arguments) {
        CommandLine commandLine = CommandLineTool.withAll();
        commandLine.setOut(new PrintWriter(out, true));
        commandLine.setErr(new PrintWriter(err, true));
        String url =
                arguments.contains("--url")
                        ? ""
                        : " --url http://127.0.0.1:" + server.getAddress().getPort();
        boolean group = !arguments.contains(" ");
        return commandLine.execute((arguments + (group ? "" : url)).split(" "));
    }
}
