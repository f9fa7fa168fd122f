package eu.sermas.bus.systemtest.hostile;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.BusProcess;
import eu.sermas.bus.systemtest.Rest;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Input over HTTP that grows while it is read, and answers that nobody reads. The bus has a heap
/// of 512 MiB and ends itself where it runs out; whoever logs in meanwhile comes from the same
/// address as the attack, and must get in.
@TestInstance(Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // JUnit calls start() first
class HttpInputIT {

    private static final int MIB = 1024 * 1024;
    private static final int LARGEST = 16 * MIB - 1;
    private static final int LARGEST_OF_STRANGERS = 64 * 1024;
    private static final String ADMIN = "admin";
    private static final String PASSWORD = "an-admin-password-of-the-tests";

    private BusProcess bus;
    private Rest admin;

    @BeforeAll
    void start() {
        bus =
                BusProcess.serve()
                        .java("-Xmx512m")
                        .set("limits.connections-per-second", 100_000)
                        .start();
        admin = bus.rest().as(login());
    }

    @AfterEach
    void theBusServesOthers() {
        login();
        admin.get("/api/auth/whoami").expect(200);
        bus.expectAlive();
    }

    @AfterAll
    void stop() {
        bus.close();
    }

    private String login() {
        return bus.rest().login(ADMIN, PASSWORD);
    }

    private static byte[] objects(int length) {
        return ("{\"payload\":[{}" + ",{}".repeat((length - 20) / 3) + "]}").getBytes(US_ASCII);
    }

    private static String post(String path, int length, String... more) {
        var lines = new ArrayList<>(List.of(more));
        lines.add("Content-Length: " + length);
        return RawHttp.head("POST " + path, lines.toArray(String[]::new));
    }

    private static void closeAll(List<RawHttp> connections) {
        connections.forEach(RawHttp::close);
    }

    /// A1.
    @Test
    void aTreeOfAStrangerIsNotEvenRead() {
        var body = objects(15 * MIB + 7 * MIB / 10);
        for (int i = 0; i < 4; i++) {
            try (var http = RawHttp.open(bus.port())) {
                http.send(post("/api/access/explain", body.length)).offer(body);
                assertThat(http.answer().status()).isEqualTo(413);
            }
        }
    }

    /// A1, for whoever has a token.
    @ParameterizedTest
    @CsvSource({
        "POST, /api/access/explain",
        "POST, /api/app/admin/import",
        "PUT, /api/app/none/settings",
        "POST, /api/platform/monitoring",
        "POST, /api/session/storage",
        "POST, /api/auth/admin/import"
    })
    void aTreeIsCountedBeforeItIsBuilt(String method, String path) {
        var body = objects(LARGEST);
        var head =
                post(path, body.length, "Authorization: Bearer " + admin.bearer())
                        .replace("POST ", method + " ");
        var connections = IntStream.range(0, 2).mapToObj(_ -> RawHttp.open(bus.port())).toList();
        connections.forEach(http -> Thread.startVirtualThread(() -> http.send(head).offer(body)));
        for (var http : connections) {
            assertThat(http.answer().status()).isIn(400, 404, 413, 429, 503);
        }
        closeAll(connections);
    }

    /// A2.
    @Test
    void bodiesOfStrangersThatDoNotEndKeepNobodyFromLoggingIn() {
        var body = new byte[LARGEST - 1];
        var connections = new ArrayList<RawHttp>();
        for (int i = 0; i < 8; i++) {
            var http = RawHttp.open(bus.port());
            connections.add(http.send(post("/api/platform/token", LARGEST)));
            Thread.startVirtualThread(() -> http.offer(body));
        }
        login();
        for (var http : connections) {
            assertThat(http.answer().status()).isEqualTo(413);
        }
        closeAll(connections);
    }

    /// A2, with as much as a stranger may send, again and again, until all of it is several times
    /// what strangers have together.
    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 65536", "Transfer-Encoding: chunked"})
    void manySmallBodiesThatDoNotEndGiveWayToALogin(String length) {
        boolean chunked = length.startsWith("T");
        var head = RawHttp.head("POST /api/platform/token", length);
        var part = "x".repeat(LARGEST_OF_STRANGERS - 10);
        var text =
                chunked ? head + Integer.toHexString(part.length()) + "\r\n" + part : head + part;
        var connections = new ArrayList<RawHttp>();
        for (int i = 0; i < 600; i++) {
            connections.add(RawHttp.open(bus.port()).offer(text.getBytes(US_ASCII)));
            if (i % 200 == 199) {
                login();
            }
        }
        closeAll(connections);
    }

    /// Heads that are nearly complete, in few long fields or in many short ones.
    @ParameterizedTest
    @ValueSource(strings = {"long: %s\r\n", "%s"})
    void headsThatDoNotEndGiveWayToALogin(String form) {
        var fields =
                form.startsWith("l")
                        ? form.formatted("x".repeat(60_000))
                        : form.formatted("a:\r\n".repeat(15_000));
        var text = ("GET /api HTTP/1.1\r\nHost: a\r\n" + fields).getBytes(US_ASCII);
        var connections = new ArrayList<RawHttp>();
        for (int i = 0; i < 750; i++) {
            connections.add(RawHttp.open(bus.port()).offer(text));
        }
        login();
        closeAll(connections);
    }

    /// A4.
    @ParameterizedTest
    @ValueSource(strings = {"/api/swagger-json", "/api/swagger", "/api"})
    void whoAsksAheadAndReadsNothingIsNotAnsweredFromMemory(String path) {
        var request = RawHttp.head("GET " + path);
        var ahead = request.repeat(200 * 1024 / request.length()).getBytes(US_ASCII);
        var connections = new ArrayList<RawHttp>();
        for (int i = 0; i < 500; i++) {
            var http = RawHttp.open(bus.port());
            connections.add(http);
            Thread.startVirtualThread(() -> http.offer(ahead));
        }
        for (int i = 0; i < 3; i++) {
            login();
        }
        closeAll(connections);
    }

    @Test
    void theHeadDecidesBeforeTheBodyIsRead() {
        try (var http = RawHttp.open(bus.port())) {
            http.send(post("/api/no-such-route", 1_000_000));
            assertThat(http.answer().status()).isEqualTo(404);
        }
        try (var http = RawHttp.open(bus.port())) {
            http.send(post("/api/platform/app", 1_000_000, "Authorization: Bearer nobody"));
            assertThat(http.answer().status()).isIn(401, 404);
        }
        try (var http = RawHttp.open(bus.port())) {
            http.send(post("/api/app", 1_000_000, "Authorization: Bearer nobody"));
            assertThat(http.answer().status()).isEqualTo(401);
        }
        try (var http = RawHttp.open(bus.port())) {
            http.send(post("/api/auth/login", LARGEST_OF_STRANGERS + 1, "Expect: 100-continue"));
            assertThat(http.answer().status()).isEqualTo(413);
        }
    }

    /// Kind A in any size, place and number: `-Dhostile.rounds=1000`, `-Dhostile.seed=...`.
    @Test
    void whateverIsSentAndWhereverItStopsALoginGetsThrough() {
        long seed = Long.getLong("hostile.seed", System.nanoTime());
        System.out.println("hostile.seed=" + seed);
        var random = new Random(seed);
        var connections = new ArrayList<RawHttp>();
        for (int round = 0; round < Integer.getInteger("hostile.rounds", 3); round++) {
            for (int i = 0; i < 100; i++) {
                connections.add(RawHttp.open(bus.port()).offer(anything(random)));
            }
            login();
        }
        closeAll(connections);
    }

    private byte[] anything(Random random) {
        var routes =
                List.of(
                        "POST /api/platform/token",
                        "POST /api/access/explain",
                        "POST /api/app",
                        "PUT /api/app/a/settings",
                        "POST /api/events/app/a/ui/content",
                        "POST /api/none",
                        "GET /api/swagger-json",
                        "GET /api/app?" + "x".repeat(random.nextInt(15_000)));
        var token = random.nextBoolean() ? admin.bearer() : "x".repeat(random.nextInt(40_000));
        int length = 1 << random.nextInt(24);
        boolean chunked = random.nextBoolean();
        var head =
                RawHttp.head(
                        routes.get(random.nextInt(routes.size())),
                        "Authorization: Bearer " + token,
                        chunked ? "Transfer-Encoding: chunked" : "Content-Length: " + length);
        var unit = List.of("{},", "[", "\"\",", "{\"a\":", "1,", "x").get(random.nextInt(6));
        int sent = random.nextInt(Math.min(length, 256 * 1024) + 1);
        var body = unit.repeat(sent / unit.length());
        var whole =
                head
                        + (chunked ? Integer.toHexString(Math.max(1, body.length())) : "")
                        + (chunked ? ";" + "e".repeat(random.nextInt(10_000)) + "\r\n" : "")
                        + body;
        return whole.substring(0, random.nextInt(whole.length()) + 1).getBytes(US_ASCII);
    }
}
