package eu.sermas.bus.systemtest.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.BusProcess;
import eu.sermas.bus.systemtest.raw.Connect;
import eu.sermas.bus.systemtest.raw.Packet.ConnAck;
import eu.sermas.bus.systemtest.raw.Property;
import eu.sermas.bus.systemtest.raw.Publish;
import eu.sermas.bus.systemtest.raw.RawClient;
import eu.sermas.bus.systemtest.raw.Reasons;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
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
