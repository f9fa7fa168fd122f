package eu.sermas.bus.systemtest.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import eu.sermas.bus.systemtest.BusProcess;
import eu.sermas.bus.systemtest.Rest;
import eu.sermas.bus.systemtest.raw.Connect;
import eu.sermas.bus.systemtest.raw.Packet.ConnAck;
import eu.sermas.bus.systemtest.raw.Property;
import eu.sermas.bus.systemtest.raw.Publish;
import eu.sermas.bus.systemtest.raw.RawClient;
import eu.sermas.bus.systemtest.raw.Reasons;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/// Alice deletes her app, and Bob makes one under its id at once: nothing of hers is his.
class RemadeAppIT {

    private static final BusProcess BUS = BusProcess.serve().start();
    private static final Apps APPS = Apps.of(BUS);
    private static final String ALICE = APPS.user("alice");
    private static final String BOB = APPS.user("bobby");
    private static final Map<String, List<String>> CLIENTS =
            Map.of("kiosk", List.of("*"), "viewer", List.of("ui"));

    @AfterAll
    static void stop() {
        BUS.close();
    }

    private static void remake(String appId) {
        APPS.remove(appId);
        APPS.make(appId, BOB, CLIENTS);
    }

    private static RawClient connect(String token, String clientId) {
        var client = RawClient.open(BUS.port());
        client.connect(login(token, clientId));
        return client;
    }

    private static Connect login(String token, String clientId) {
        return Connect.v5(clientId)
                .unclean()
                .with(Property.SESSION_EXPIRY_INTERVAL, 3_600L)
                .userName(token)
                .password("x");
    }

    private static List<String> retained(String appId) {
        try (var reader = connect(APPS.token(appId, "kiosk"), "reader")) {
            reader.subscribe("app/" + appId + "/#", 0);
            return reader.expectPublishes().stream().map(Publish::topic).toList();
        }
    }

    @Test
    void retainedMessagesAreGone() {
        APPS.make("retained", ALICE, CLIENTS);
        try (var kiosk = connect(APPS.token("retained", "kiosk"), "writer")) {
            for (int i = 0; i < 20; i++) {
                kiosk.publish(Publish.to("app/retained/ui/content/" + i, "hers").qos(1).retained());
            }
        }
        assertThat(retained("retained")).hasSize(20);
        remake("retained");
        assertThat(retained("retained")).isEmpty();
        BUS.kill();
        BUS.start();
        assertThat(retained("retained")).isEmpty();
    }

    @Test
    void sessionsQueuesAndWillsAreGone() {
        APPS.make("sessions", ALICE, CLIENTS);
        var old = APPS.token("sessions", "kiosk");
        try (var absent = connect(old, "screen")) {
            absent.subscribe("app/sessions/ui/#", 1);
            absent.disconnect();
        }
        try (var leaver = RawClient.open(BUS.port())) {
            leaver.connect(
                    login(old, "leaver")
                            .will(
                                    Publish.to("app/sessions/ui/will", "hers")
                                            .qos(1)
                                            .retained()
                                            .with(Property.WILL_DELAY_INTERVAL, 3_000L)));
            leaver.drop();
        }
        try (var writer = connect(old, "writer")) {
            writer.publish(Publish.to("app/sessions/ui/content", "hers").qos(1));
        }
        remake("sessions");
        try (var screen = RawClient.open(BUS.port())) {
            var answer = screen.connect(login(APPS.token("sessions", "kiosk"), "screen"));
            assertThat(answer.sessionPresent()).isFalse();
            assertThat(screen.expectPublishes()).isEmpty();
        }
        assertThat(retained("sessions")).isEmpty();
    }

    /// All that REST remembers: a session, a storage record, a marker, an agent, monitoring.
    private static void remember(Rest writer, String appId, String id) {
        var session = Map.of("appId", appId, "sessionId", id);
        writer.post("/api/session", session).expect(201);
        writer.post("/api/session/storage", Map.of("appId", appId, "storageId", id)).expect(201);
        writer.post("/api/xr/marker", Map.of("appId", appId, "markerId", id, "payload", "hers"))
                .expect(201);
        writer.post(
                        "/api/session/agent",
                        Map.of("appId", appId, "agentId", id, "moduleId", "m", "status", "ready"))
                .expect(201);
        writer.post(
                        "/api/platform/monitoring",
                        Map.of("appId", appId, "sessionId", id, "type", "log", "label", "hers"))
                .expect(201);
    }

    private static void expectNothing(Rest reader, String appId, String id) {
        reader.get("/api/session/" + id).expect(404);
        reader.get("/api/session/storage/" + id).expect(404);
        reader.delete("/api/xr/marker/" + appId + "/" + id).expect(404);
        for (var path :
                List.of(
                        "/api/session/search/" + appId,
                        "/api/session/storage/search",
                        "/api/platform/monitoring/search")) {
            assertThat(reader.post(path, Map.of("appId", appId)).expect(201).json()).isEmpty();
        }
        // An agent of hers would be the one that this module joins.
        var agents =
                reader.post(
                                "/api/session/agent",
                                Map.of("appId", appId, "moduleId", "n", "status", "ready"))
                        .expect(201)
                        .json();
        assertThat(agents).hasSize(1);
        assertThat(agents.path(0).path("agentId").asText()).isNotEqualTo(id);
    }

    @Test
    void recordsAndRefusalsAreGone() {
        APPS.make("records", ALICE, CLIENTS);
        var hers = BUS.rest().as(APPS.token("records", "kiosk"));
        remember(hers, "records", "hers");
        var viewer = BUS.rest().as(APPS.token("records", "viewer"));
        viewer.post("/api/xr/marker", Map.of("appId", "records", "payload", "x")).expect(403);
        Awaitility.await("the refusal is told").until(() -> !denials(hers, "records").isEmpty());
        remake("records");
        var his = BUS.rest().as(APPS.token("records", "kiosk"));
        assertThat(denials(his, "records")).isEmpty();
        expectNothing(his, "records", "hers");
    }

    private static JsonNode denials(Rest reader, String appId) {
        return reader.get("/api/app/" + appId + "/denials").expect(200).json().path("denials");
    }

    /// Calls go on without a pause while the app is deleted and made again. Some of them have been
    /// let in and have not done their work at the moment at which everything is removed.
    @Test
    void aCallThatIsInWorkWhileTheAppIsDeletedLeavesNothing() throws InterruptedException {
        for (int round = 0; round < 3; round++) {
            var appId = "work" + round;
            APPS.make(appId, ALICE, CLIENTS);
            var writer = BUS.rest().as(APPS.token(appId, "kiosk"));
            var reader = BUS.rest().as(APPS.token(appId, "viewer"));
            var gone = new AtomicBoolean();
            var coming = new ArrayList<Thread>();
            for (int i = 0; i < 4; i++) {
                int number = i;
                coming.add(
                        Thread.startVirtualThread(
                                () -> {
                                    for (int n = 0; !gone.get(); n++) {
                                        var id = "hers" + number + "-" + n;
                                        writer.post(
                                                "/api/session",
                                                Map.of("appId", appId, "sessionId", id));
                                        reader.post(
                                                "/api/xr/marker",
                                                Map.of("appId", appId, "payload", "x"));
                                    }
                                }));
            }
            remake(appId);
            var his = BUS.rest().as(APPS.token(appId, "kiosk"));
            var sessions = "/api/session/search/" + appId;
            for (int i = 0; i < 5; i++) {
                assertThat(his.post(sessions, Map.of()).expect(201).json()).isEmpty();
                expectNoRefusalOfHers(his, appId);
            }
            gone.set(true);
            for (var thread : coming) {
                thread.join();
            }
            assertThat(his.post(sessions, Map.of()).expect(201).json()).isEmpty();
            expectNoRefusalOfHers(his, appId);
        }
    }

    /// That somebody comes with a token of the old app is his to know.
    private static void expectNoRefusalOfHers(Rest his, String appId) {
        assertThat(denials(his, appId))
                .allSatisfy(
                        denied -> {
                            assertThat(denied.path("rule").asText()).isEqualTo("credentials");
                            assertThat(denied.has("principal")).isFalse();
                        });
    }

    /// A user who came through her app, and its client, each with the token and the refresh token.
    @Test
    void tokensAreOfNoUseInTheNewOne() {
        APPS.make("tokens", ALICE, CLIENTS);
        var kiosk = APPS.tokens("tokens", "kiosk");
        var alice =
                BUS.rest()
                        .post(
                                "/api/auth/login",
                                Map.of(
                                        "username",
                                        "alice",
                                        "password",
                                        Apps.SECRET,
                                        "appId",
                                        "tokens"))
                        .expect(201)
                        .json();
        remake("tokens");
        for (var before : List.of(kiosk, alice)) {
            var token = before.path("access_token").asText();
            BUS.rest().as(token).get("/api/auth/whoami").expect(401);
            try (var client = RawClient.open(BUS.port())) {
                client.send(login(token, "late"));
                assertThat(client.expect(ConnAck.class).reason()).isEqualTo(Reasons.NOT_AUTHORIZED);
            }
            var refresh = Map.of("refreshToken", before.path("refresh_token").asText());
            BUS.rest().post("/api/auth/refresh", refresh).expect(401);
            BUS.rest().post("/api/platform/token/refresh", refresh).expect(401);
        }
        var renewed = APPS.token("tokens", "kiosk");
        BUS.rest().as(renewed).get("/api/auth/whoami").expect(200);
    }

    private static void deleteCrash() {
        try {
            APPS.admin().delete("/api/app/crash");
        } catch (UncheckedIOException _) {
            // The bus was killed before it answered.
        }
    }

    /// The process dies as soon as the app is not there any more, which is long before everything
    /// that was kept of it is gone.
    @Test
    void aDeletionThatIsCutShortIsFinishedByTheNextProcess() {
        APPS.make("crash", ALICE, CLIENTS);
        var token = APPS.token("crash", "kiosk");
        try (var screen = connect(token, "screen")) {
            screen.subscribe("app/crash/#", 1);
            screen.disconnect();
        }
        try (var writer = connect(token, "writer")) {
            for (int i = 0; i < 100; i++) {
                writer.publish(Publish.to("app/crash/ui/content/" + i, "hers").qos(1).retained());
            }
        }
        assertThat(retained("crash")).hasSize(100);
        // Its answer may be cut short too.
        var _ = Thread.startVirtualThread(RemadeAppIT::deleteCrash);
        Awaitility.await("the app is gone")
                .atMost(Duration.ofSeconds(30))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> APPS.admin().get("/api/app/crash").status() == 404);
        BUS.kill();
        BUS.start();
        APPS.make("crash", BOB, CLIENTS);
        try (var screen = RawClient.open(BUS.port())) {
            var answer = screen.connect(login(APPS.token("crash", "kiosk"), "screen"));
            assertThat(answer.sessionPresent()).isFalse();
            assertThat(screen.expectPublishes()).isEmpty();
        }
        assertThat(retained("crash")).isEmpty();
    }
}
