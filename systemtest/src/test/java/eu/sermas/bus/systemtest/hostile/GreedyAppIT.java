package eu.sermas.bus.systemtest.hostile;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import eu.sermas.bus.systemtest.Answer;
import eu.sermas.bus.systemtest.BusProcess;
import eu.sermas.bus.systemtest.Rest;
import eu.sermas.bus.systemtest.Tenant;
import eu.sermas.bus.systemtest.raw.Connect;
import eu.sermas.bus.systemtest.raw.RawClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/// Two tenants, one of them greedy in each resource of the REST API in turn: it is refused at some
/// point, with the limit, and the calls of the other one keep succeeding. How long they took is
/// printed.
@TestInstance(Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // JUnit calls start() first
class GreedyAppIT {

    private static final int MOST = 500;
    private static final int CALLS = 20;

    /// Streams, or requests that wait, of one client.
    private static final int OF_ONE = 100;

    private static final String LARGE = "x".repeat(900 * 1024);
    private static final String PASSWORD = "a-password-of-the-tests";

    private final List<Socket> sockets = new ArrayList<>();
    private BusProcess bus;
    private Rest admin;
    private Tenant greedy;
    private Tenant modest;

    @BeforeAll
    void start() {
        bus =
                BusProcess.serve()
                        .java("-Xmx512m")
                        .set("limits.records.total-bytes", "8MiB")
                        .set("limits.registry.total-bytes", "8MiB")
                        .set("catalogue.max-topics", 136)
                        .set("limits.http-streams", OF_ONE)
                        .set("limits.login.per-address", 1_000_000)
                        .start();
        admin = bus.rest().as(bus.rest().login(BusProcess.ADMIN, BusProcess.ADMIN_PASSWORD));
        greedy = Tenant.create(bus, admin, "greedy").client("all", "*");
        modest = Tenant.create(bus, admin, "modest").client("all", "*");
    }

    @AfterEach
    void theProcessIsThere() throws IOException {
        for (var socket : sockets) {
            socket.close();
        }
        sockets.clear();
        bus.expectAlive();
    }

    @AfterAll
    void stop() {
        bus.close();
    }

    private Rest all(Tenant tenant) {
        return tenant.rest("all");
    }

    /// Calls until it is refused.
    private static Answer untilRefused(IntFunction<Answer> call) {
        Answer answer = call.apply(0);
        for (int i = 1; answer.status() < 400 && i < MOST; i++) {
            answer = call.apply(i);
        }
        assertThat(answer.status())
                .as("%s, after at most %d: %s", answer.request(), MOST, answer.body())
                .isBetween(400, 503);
        return answer;
    }

    /// Lets the greedy one go on while the other one makes its calls.
    private static void meanwhile(String resource, Runnable greed, Supplier<Answer> call) {
        var over = new AtomicBoolean();
        var others = new ArrayList<Thread>();
        for (int i = 0; i < 2; i++) {
            others.add(
                    Thread.startVirtualThread(
                            () -> {
                                while (!over.get()) {
                                    greed.run();
                                }
                            }));
        }
        var micros = new long[CALLS];
        try {
            for (int i = 0; i < CALLS; i++) {
                long begin = System.nanoTime();
                var answer = call.get();
                micros[i] = (System.nanoTime() - begin) / 1000;
                assertThat(answer.status())
                        .as("%s\n%s", answer.request(), answer.body())
                        .isLessThan(400);
            }
        } finally {
            over.set(true);
            others.forEach(GreedyAppIT::join);
        }
        Arrays.sort(micros);
        System.out.printf(
                "beside an app that is greedy in %s: p50 %.1f ms, p99 %.1f ms%n",
                resource, micros[CALLS / 2] / 1000.0, micros[CALLS - 1] / 1000.0);
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Map<String, Object> body(Tenant tenant, Object... fields) {
        var body = new LinkedHashMap<String, Object>();
        body.put("appId", tenant.appId());
        for (int i = 0; i < fields.length; i += 2) {
            body.put((String) fields[i], fields[i + 1]);
        }
        return body;
    }

    private void remembered(String what, String path, String field, Object large, Object small) {
        var refused = untilRefused(_ -> all(greedy).post(path, body(greedy, field, large)));
        refused.expect(429);
        assertThat(refused.text("message")).contains("limits.records.total-bytes");
        meanwhile(
                what,
                () -> all(greedy).post(path, body(greedy, field, large)),
                () -> all(modest).post(path, body(modest, field, small)));
        admin.post(path, body(modest, field, small)).expect(201);
    }

    @Test
    void inSessions() {
        remembered("sessions", "/api/session", "properties", Map.of("x", LARGE), Map.of());
    }

    @Test
    void inStorage() {
        remembered("storage", "/api/session/storage", "data", Map.of("x", LARGE), Map.of());
    }

    @Test
    void inMarkers() {
        remembered("markers", "/api/xr/marker", "payload", LARGE, "small");
    }

    @Test
    void inMonitoring() {
        var path = "/api/platform/monitoring";
        all(modest).post(path, record(modest, "kept")).expect(201);
        for (int i = 0; i < 40; i++) {
            all(greedy).post(path, record(greedy, LARGE)).expect(201);
        }
        meanwhile(
                "monitoring",
                () -> all(greedy).post(path, record(greedy, LARGE)),
                () -> all(modest).post(path, record(modest, "more")));
        var found = all(modest).post(path + "/search", body(modest)).expect(201).json();
        assertThat(found).hasSize(1 + CALLS);
        assertThat(found.path(0).path("label").asText()).isEqualTo("kept");
    }

    private static Map<String, Object> record(Tenant tenant, String label) {
        return body(tenant, "sessionId", "s", "type", "log", "label", label);
    }

    /// One visitor has some of the places of an app, and leaves the others to others.
    @Test
    void oneVisitorWithinAnApp() {
        var tenant = Tenant.create(bus, admin, "visited").client("all", "*");
        tenant.importApp(Map.of("public", true, "settings", Map.of("login", true)));
        tenant.client("kiosk", "session");
        admin.post("/api/auth/admin/user", Map.of("username", "visitor", "password", PASSWORD))
                .expect(201);
        var visitor =
                bus.rest()
                        .as(
                                bus.rest()
                                        .post(
                                                "/api/auth/login",
                                                body(
                                                        tenant,
                                                        "username",
                                                        "visitor",
                                                        "password",
                                                        PASSWORD))
                                        .expect(201)
                                        .text("access_token"));
        Answer refused = visitor.post("/api/session", body(tenant)).expect(201);
        for (int i = 0; i < 200 && refused.status() < 400; i++) {
            refused = visitor.post("/api/session", body(tenant));
        }
        refused.expect(429);
        assertThat(refused.text("message")).isEqualTo("sessions: more than 100 of one user");
        tenant.rest("kiosk").post("/api/session", body(tenant)).expect(201);
    }

    @Test
    void inEventStreams() throws IOException {
        var clients = clients("listener", 10);
        int open = 0;
        var refusal = "";
        for (int i = 0; i < OF_ONE * clients.size() && refusal.isEmpty(); i++) {
            var answer = ask("GET", greedy, clients.get(i / OF_ONE), "ui/content", "", "");
            refusal = answer.contains(" 200 ") ? "" : answer;
            open += refusal.isEmpty() ? 1 : 0;
        }
        assertThat(refusal).as("after %d streams", open).contains(" 503 ");
        assertThat(ask("GET", modest, "all", "ui/content", "", "")).contains(" 200 ");
        meanwhile(
                "event streams",
                () -> stream(greedy, clients.getLast()),
                () -> all(modest).post("/api/events/" + modest.topic("ui/content"), Map.of()));
    }

    private void stream(Tenant tenant, String client) {
        try {
            var _ = ask("GET", tenant, client, "ui/content", "", "");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void inRequestsThatWait() throws IOException {
        var clients = clients("asker", 2);
        try (var silent = RawClient.open(bus.port());
                var helpful = RawClient.open(bus.port())) {
            silent.connect(Connect.v5("silent").userName(greedy.token("all")).password("sermas"));
            silent.subscribe(greedy.topic("ui/question"), 0);
            helpful.connect(Connect.v5("helpful").userName(modest.token("all")).password("sermas"));
            helpful.subscribe(modest.topic("ui/question"), 0);
            for (var client : clients) {
                for (int i = 0; i < 80; i++) {
                    send("POST", greedy, client, "ui/question", "?timeout=60", "{}");
                }
            }
            // The last of these is in work, or refused already.
            var last = send("POST", modest, "all", "ui/question", "?timeout=60", "{}");
            assertThat(helpful.expectPublish().text()).isEqualTo("{}");
            last.close();
        }
        meanwhile(
                "requests that wait",
                () -> all(greedy).get("/api/platform/topics"),
                () -> all(modest).post("/api/events/" + modest.topic("ui/content"), Map.of()));
    }

    private List<String> clients(String name, int count) {
        var names = new ArrayList<String>();
        for (int i = 0; i < count; i++) {
            greedy.client(name + i, "ui");
            names.add(name + i);
        }
        return names;
    }

    private Socket send(
            String method, Tenant tenant, String client, String topic, String query, String body)
            throws IOException {
        var socket = new Socket(InetAddress.getLoopbackAddress(), bus.port());
        sockets.add(socket);
        socket.setSoTimeout(20_000);
        var head =
                "%s /api/events/%s%s HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n%s"
                        .formatted(
                                method,
                                tenant.topic(topic),
                                query,
                                tenant.token(client),
                                body.length(),
                                body);
        socket.getOutputStream().write(head.getBytes(US_ASCII));
        return socket;
    }

    /// @return the first line of the answer
    private String ask(
            String method, Tenant tenant, String client, String topic, String query, String body)
            throws IOException {
        var in = send(method, tenant, client, topic, query, body).getInputStream();
        var line = new StringBuilder();
        for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
            line.append((char) c);
        }
        return line.toString();
    }

    @Test
    void inRevocations() {
        var refused =
                untilRefused(
                        i ->
                                all(greedy)
                                        .post(
                                                "/api/platform/revocation",
                                                revocation(greedy, "x".repeat(480) + i)));
        assertThat(refused.text("message")).contains("revocations: too many");
        meanwhile(
                "revocations",
                () -> all(greedy).post("/api/platform/revocation", revocation(greedy, "again")),
                () -> all(modest).post("/api/platform/revocation", revocation(modest, "one")));
        admin.post("/api/platform/revocation", Map.of("type", "token", "tokenId", "an-admins"))
                .expect(201);
        assertThat(modest.freshToken("all")).isNotEmpty();
    }

    private static Map<String, Object> revocation(Tenant tenant, String tokenId) {
        return body(tenant, "type", "token", "tokenId", tokenId);
    }

    @Test
    void inTopicsOfTheCatalogue() {
        var refused =
                untilRefused(
                        i ->
                                all(greedy)
                                        .post(
                                                "/api/platform/app/" + greedy.appId() + "/module",
                                                module("m" + i, 10)));
        refused.expect(400);
        assertThat(refused.text("message")).contains("topics added by all together");
        meanwhile(
                "topics of the catalogue",
                () ->
                        all(greedy)
                                .post(
                                        "/api/platform/app/" + greedy.appId() + "/module",
                                        module("m0", 10)),
                () ->
                        all(modest)
                                .post(
                                        "/api/platform/app/" + modest.appId() + "/module",
                                        module("own", 3)));
    }

    private static Map<String, Object> module(String id, int topics) {
        var list = new ArrayList<Map<String, Object>>();
        for (int i = 0; i < topics; i++) {
            list.add(Map.of("resource", id, "scope", "s" + i));
        }
        return Map.of("moduleId", id, "supports", List.of(id), "config", Map.of("topics", list));
    }

    /// One owner of apps makes them with settings until there is no room.
    @Test
    void inAppsOfOneOwner() {
        var owner = owner("greedy-owner");
        var other = owner("modest-owner");
        var refused = untilRefused(_ -> owner.makes("x".repeat(100 * 1024)));
        refused.expect(429);
        assertThat(refused.text("message")).contains("limits.registry.total-bytes");
        meanwhile(
                "apps",
                () -> owner.makes("x".repeat(100 * 1024)),
                () -> {
                    var app = other.makes("y");
                    var appId = app.expect(201).text("appId");
                    return other.rest.delete("/api/app/" + appId);
                });
        // Little on the wire, and much in memory.
        var large = owner.makes(Collections.nCopies(160_000, 0)).expect(413);
        assertThat(large.text("message")).contains("limits.registry.app-bytes");
        modest.client("another", "ui");
        // Other tests need the room that is common.
        for (var app : owner.rest.get("/api/app/list").expect(200).json()) {
            owner.rest.delete("/api/app/" + app.path("appId").asText()).expect(200);
        }
    }

    /// A user who may make apps.
    private record Owner(Rest rest, String userId) {
        Answer makes(Object prompt) {
            return rest.post(
                    "/api/app",
                    Map.of(
                            "name",
                            "app",
                            "ownerId",
                            userId,
                            "modules",
                            List.of(),
                            "settings",
                            Map.of("prompt", Map.of("text", prompt))));
        }
    }

    /// An owner has every right in their app, and with it that to make others.
    private Owner owner(String name) {
        admin.post("/api/auth/admin/user", Map.of("username", name, "password", PASSWORD))
                .expect(201);
        var login = Map.of("username", name, "password", PASSWORD);
        var token = bus.rest().post("/api/auth/login", login).expect(201).text("access_token");
        JsonNode who = bus.rest().as(token).get("/api/auth/whoami").expect(200).json();
        var userId = who.path("sub").asText();
        var first = Tenant.create(bus, admin, name);
        first.importApp(Map.of("ownerId", userId));
        var again = bus.rest().post("/api/auth/login", login).expect(201).text("access_token");
        return new Owner(bus.rest().as(again), userId);
    }
}
