package eu.sermas.bus.rest;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.access.LiveCatalogue;
import eu.sermas.bus.http.Forwarding;
import eu.sermas.bus.http.HttpBudget;
import eu.sermas.bus.http.HttpRules;
import eu.sermas.bus.http.Origins;
import eu.sermas.bus.identity.LoginRefused;
import eu.sermas.bus.metrics.Metrics;
import eu.sermas.bus.rest.caller.Access;
import eu.sermas.bus.rest.caller.EventStreams;
import eu.sermas.bus.rest.caller.Guard;
import eu.sermas.bus.rest.caller.Needs;
import eu.sermas.bus.rest.caller.StreamLimits;
import eu.sermas.bus.rest.documents.VocabularyResource;
import eu.sermas.bus.rest.operation.StatusResource;
import eu.sermas.bus.time.BusClock;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import java.io.ByteArrayInputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What the API does with HTTP itself, whatever the route.
@Timeout(30)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HttpBehaviourTest {

    private static final int MAX_BODY = 1024;

    /// Says what it hears.
    @Path("api/echo")
    public static final class EchoResource {

        @POST
        @Needs(Access.NOTHING)
        public byte[] echo(byte[] body) {
            return body;
        }

        @POST
        @Path("known")
        @Needs(Access.TOKEN)
        public byte[] echoOfKnown(byte[] body) {
            return body;
        }
    }

    private final AtomicReference<@Nullable String> obstacle = new AtomicReference<>();
    private RestServer server;

    @BeforeAll
    void start() {
        server =
                new RestServer(
                        new RestApi(
                                new RestLimits(MAX_BODY, 4, StreamLimits.DEFAULT),
                                new HttpRules(
                                        Origins.ANY,
                                        new HttpBudget(1 << 20, 4, 1),
                                        Forwarding.NONE),
                                List.of(
                                        new StatusResource(new Metrics(), obstacle::get),
                                        new EchoResource(),
                                        new VocabularyResource(LiveCatalogue.standard())),
                                new Guard(
                                        _ -> {
                                            throw new LoginRefused("token: unknown");
                                        }),
                                new EventStreams(StreamLimits.DEFAULT, 1, BusClock.ofSystem(null)),
                                _ -> {},
                                _ -> {}));
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private static String head(String start, String... headers) {
        return start + " HTTP/1.1\r\nHost: a\r\n" + String.join("\r\n", headers) + "\r\n\r\n";
    }

    @Test
    void greets() throws Exception {
        HttpResponse<String> answer = server.call("GET", "/api", null, "");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("Hello Sermas!");
        assertThat(answer.headers().firstValue("Content-Type"))
                .hasValue("text/html; charset=utf-8");
        assertThat(answer.headers().firstValue("Access-Control-Allow-Origin")).hasValue("*");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /api/x, Cannot GET /api/x",
        "POST, /api/x?y=1, Cannot POST /api/x?y=1",
        "PATCH, /api, Cannot PATCH /api",
        "GET, /, Cannot GET /",
        "GET, /health/live/more, Cannot GET /health/live/more",
        "BREW, /api, Cannot BREW /api"
    })
    void unknownRouteIsNamed(String method, String path, String message) throws Exception {
        HttpResponse<String> answer = server.call(method, path, null, "");
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.body())
                .isEqualTo(
                        "{\"message\":\""
                                + message
                                + "\",\"error\":\"Not Found\",\"statusCode\":404}");
        assertThat(answer.headers().firstValue("Content-Type"))
                .hasValue("application/json; charset=utf-8");
    }

    @Test
    void readinessFollowsTheSupplier() throws Exception {
        assertThat(server.call("GET", "/health/ready", null, "").statusCode()).isEqualTo(200);
        obstacle.set("store: no space left on device");
        var answer = server.call("GET", "/health/ready", null, "");
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).contains("not ready: store: no space left on device");
        obstacle.set(null);
        assertThat(server.call("GET", "/health/live", null, "").statusCode()).isEqualTo(200);
    }

    @Test
    void metricsArePrometheusText() throws Exception {
        HttpResponse<String> answer = server.call("GET", "/metrics", null, "");
        assertThat(answer.body()).contains("sermas_bus_connections_accepted");
        assertThat(answer.headers().firstValue("Content-Type").orElseThrow())
                .startsWith("text/plain");
    }

    @Test
    void preflightAllowsWhatIsAskedFor() throws Exception {
        HttpResponse<String> answer =
                server.send(
                        HttpRequest.newBuilder(
                                        URI.create(
                                                "http://localhost:"
                                                        + server.port()
                                                        + "/api/platform/token"))
                                .header("Access-Control-Request-Method", "POST")
                                .header("Access-Control-Request-Headers", "authorization,x-own")
                                .method("OPTIONS", HttpRequest.BodyPublishers.noBody()));
        assertThat(answer.statusCode()).isEqualTo(204);
        assertThat(answer.body()).isEmpty();
        assertThat(answer.headers().firstValue("Access-Control-Allow-Origin")).hasValue("*");
        assertThat(answer.headers().firstValue("Access-Control-Allow-Methods"))
                .hasValue("GET,HEAD,PUT,PATCH,POST,DELETE");
        assertThat(answer.headers().firstValue("Access-Control-Allow-Headers"))
                .hasValue("authorization,x-own");
    }

    @Test
    void headSaysHowLongTheBodyWouldBe() throws Exception {
        String answer = server.raw("HEAD /api HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        assertThat(answer)
                .startsWith("HTTP/1.1 200 OK\r\n")
                .containsIgnoringCase("content-length: 13\r\n")
                .endsWith("\r\n\r\n");
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrder() throws Exception {
        StringBuilder requests = new StringBuilder();
        StringBuilder expected = new StringBuilder();
        for (int i = 0; i < 50; i++) {
            requests.append("GET /api/n").append(i).append(" HTTP/1.1\r\nHost: a\r\n");
            requests.append(i == 49 ? "Connection: close\r\n\r\n" : "\r\n");
            expected.append("Cannot GET /api/n").append(i).append('\n');
        }
        String answers = server.raw(requests.toString());
        StringBuilder seen = new StringBuilder();
        Pattern.compile("Cannot GET /api/n\\d+")
                .matcher(answers)
                .results()
                .forEach(match -> seen.append(match.group()).append('\n'));
        assertThat(seen).hasToString(expected.toString());
    }

    @Test
    void requestInSinglePiecesIsUnderstood() throws Exception {
        String request = "POST /api/x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc";
        try (Socket socket = new Socket("localhost", server.port())) {
            socket.setTcpNoDelay(true);
            for (byte b : request.getBytes(StandardCharsets.US_ASCII)) {
                socket.getOutputStream().write(b);
                socket.getOutputStream().flush();
            }
            byte[] start = socket.getInputStream().readNBytes(12);
            assertThat(new String(start, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 404");
        }
    }

    @Test
    void keepsHttp10ConnectionsOnlyOnDemand() throws Exception {
        assertThat(server.raw("GET /api HTTP/1.0\r\n\r\n")).contains("Hello Sermas!");
    }

    @Test
    void tooLargeBodyIsRefusedByItsLength() throws Exception {
        HttpResponse<String> answer = server.call("POST", "/api/x", null, "x".repeat(5_000_000));
        assertThat(answer.statusCode()).isEqualTo(413);
        assertThat(answer.body())
                .isEqualTo("{\"message\":\"request entity too large\",\"statusCode\":413}");
    }

    @Test
    void tooLargeChunkedBodyIsRefused() throws Exception {
        HttpResponse<String> answer =
                server.send(
                        HttpRequest.newBuilder(
                                        URI.create(
                                                "http://localhost:" + server.port() + "/api/echo"))
                                .POST(
                                        HttpRequest.BodyPublishers.ofInputStream(
                                                () ->
                                                        new ByteArrayInputStream(
                                                                new byte[MAX_BODY + 1]))));
        assertThat(answer.statusCode()).isEqualTo(413);
    }

    /// Nobody is told to go on who is refused by what the head says.
    @Test
    void continueIsSentOnlyWhenTheBodyIsWelcome() throws Exception {
        String[] small = {"Expect: 100-continue", "Content-Length: 2", "Connection: close"};
        String[] large = {"Expect: 100-continue", "Content-Length: 99999999"};
        assertThat(server.raw(head("POST /api/echo", small) + "{}"))
                .startsWith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201")
                .endsWith("{}");
        assertThat(server.raw(head("POST /api/x", small))).startsWith("HTTP/1.1 404");
        assertThat(server.raw(head("POST /api/echo/known", small))).startsWith("HTTP/1.1 401");
        assertThat(server.raw(head("POST /api/echo", large))).startsWith("HTTP/1.1 413");
    }

    /// A body that nobody wants is read to its end where that is near, and the connection goes on.
    @Test
    void aRefusedBodyIsReadOverWhereItIsSmall() throws Exception {
        assertThat(
                        server.raw(
                                head("POST /api/x", "Content-Length: 500")
                                        + "x".repeat(500)
                                        + head("GET /api", "Connection: close")))
                .startsWith("HTTP/1.1 404")
                .contains("HTTP/1.1 200 OK")
                .endsWith("Hello Sermas!");
    }

    @Test
    void chunksAreOneBody() throws Exception {
        assertThat(
                        server.raw(
                                head(
                                                "POST /api/echo",
                                                "Transfer-Encoding: chunked",
                                                "Connection: close")
                                        + "3;x=y\r\n{ \"\r\n4\r\na\":1\r\n1\r\n}\r\n0\r\nT: r\r\n\r\n"))
                .startsWith("HTTP/1.1 201")
                .endsWith("{ \"a\":1}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET /api/../x HTTP/1.1\\r\\nHost: a | 400",
                "GET /api/%2e%2e/x HTTP/1.1\\r\\nHost: a | 400",
                "GET /api/app/..%2f..%2fetc HTTP/1.1\\r\\nHost: a | 400",
                "GET /api/%5c HTTP/1.1\\r\\nHost: a | 400",
                "GET /api/%00 HTTP/1.1\\r\\nHost: a | 400",
                "GET /api/%zz HTTP/1.1\\r\\nHost: a | 400",
                "GET /api/%c3%28 HTTP/1.1\\r\\nHost: a | 400",
                "GET /api#x HTTP/1.1\\r\\nHost: a | 400",
                "GET http://other/api HTTP/1.1\\r\\nHost: a | 400",
                "GET /api HTTP/1.1 | 400",
                "GET /api HTTP/1.1\\r\\nHost: a\\r\\nHost: b | 400",
                "GET /api HTTP/1.1\\r\\nHost: a\\r\\nExpect: other | 417",
                "GET /api HTTP/1.1\\r\\nHost: a\\r\\nno colon | 400",
                "GET /api HTTP/1.1\\r\\nHost: a\\r\\nX: b\\r\\n c | 400",
                "GET /api HTTP/1.1\\r\\n X: b\\r\\nHost: a | 400",
                "POST /api HTTP/1.1\\r\\nHost: a\\r\\nX: b\\r\\n\tc: d\\r\\nContent-Length: 0 | 400",
                "POST /api HTTP/1.1\\r\\nHost: a\\r\\nTransfer-Encoding: chunked\\r\\nContent-Length: 1 | 400",
                "POST /api HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: -1 | 400",
                "POST /api HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: x | 400",
                "POST /api HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: 1\\r\\nContent-Length: 2 | 400"
            })
    void malformedRequestIsRefused(String head, int status) throws Exception {
        String answer = server.raw(head.replace("\\r\\n", "\r\n") + "\r\n\r\n");
        assertThat(answer).startsWith("HTTP/1.1 " + status + " ");
        assertThat(answer).contains("\"statusCode\":" + status).doesNotContain("Exception");
    }

    @Test
    void brokenChunkIsRefused() throws Exception {
        assertThat(
                        server.raw(
                                head("POST /api/echo", "Transfer-Encoding: chunked")
                                        + "zz\r\nabc\r\n0\r\n\r\n"))
                .startsWith("HTTP/1.1 400");
    }

    @Test
    void longLinesAreRefused() throws Exception {
        assertThat(server.raw("GET /" + "x".repeat(20_000) + " HTTP/1.1\r\nHost: a\r\n\r\n"))
                .startsWith("HTTP/1.1 414");
        assertThat(
                        server.raw(
                                "GET /api HTTP/1.1\r\nHost: a\r\nX: "
                                        + "x".repeat(70_000)
                                        + "\r\n\r\n"))
                .startsWith("HTTP/1.1 431");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api|x", "/api/{x}", "/api/\"", "/api/a;b=c/d", "/api/x?%20=[|", "//"})
    void oddButHarmlessTargetsAreNotFound(String target) throws Exception {
        assertThat(
                        server.raw(
                                "GET "
                                        + target
                                        + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 404");
    }

    @Test
    void bodiesOfAbandonedRequestsAreGivenBack() throws Exception {
        for (int i = 0; i < 20; i++) {
            try (Socket socket = new Socket("localhost", server.port())) {
                socket.getOutputStream()
                        .write(
                                (head("POST /api", "Content-Length: 1000") + "x".repeat(900))
                                        .getBytes(StandardCharsets.US_ASCII));
            }
        }
        Awaitility.await()
                .untilAsserted(
                        () ->
                                assertThat(
                                                server.call(
                                                                "POST",
                                                                "/api/x",
                                                                null,
                                                                "x".repeat(1000))
                                                        .statusCode())
                                        .isEqualTo(404));
    }
}
