package eu.sermas.bus.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import eu.sermas.bus.systemtest.client.Message;
import eu.sermas.bus.systemtest.client.TestClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// What REST does is heard on the topics of the app, in the envelope of the platform and without a
/// secret.
@ExtendWith(SharedBus.class)
class EventsIT {

    private final BusProcess bus;
    private final Rest admin;
    private final Tenant tenant;
    private final String app;
    private final TestClient observer;

    EventsIT(BusProcess bus, Rest admin) throws Exception {
        this.bus = bus;
        this.admin = admin;
        this.tenant = Tenant.create(bus, admin, "events").client("observer", "*");
        this.app = tenant.appId();
        this.observer = Mqtt.connect(bus, tenant.token("observer"));
    }

    @BeforeEach
    void listen() {
        assertThat(
                        observer.subscribe(
                                0,
                                tenant.topic("platform/#"),
                                tenant.topic("ui/#"),
                                tenant.topic("auth/#")))
                .containsOnly(0);
    }

    @AfterEach
    void close() {
        observer.close();
    }

    @Test
    void aTokenIsAnEvent() {
        tenant.client("kiosk", "ui");
        var _ = tenant.freshToken("kiosk");

        var event = await("platform/token");

        assertEnvelope(event);
        assertThat(event.get("clientId").asText()).isEqualTo(app + "-kiosk");
        assertThat(event.get("tokenType").asText()).isEqualTo("access");
    }

    @Test
    void aRefreshIsAnEvent() {
        tenant.client("kiosk", "ui");
        var body =
                Map.of("appId", app, "clientId", "kiosk", "clientSecret", tenant.secret("kiosk"));
        var tokens = bus.rest().post("/api/platform/token", body).expect(201);
        assertThat(await("platform/token").get("tokenType").asText()).isEqualTo("access");

        bus.rest()
                .post(
                        "/api/platform/token/refresh",
                        Map.of("refreshToken", tokens.text("refresh_token")))
                .expect(201);

        var event = await("platform/token");
        assertEnvelope(event);
        assertThat(event.get("tokenType").asText()).isEqualTo("refresh");
    }

    @Test
    void aClientThatComesAndGoesIsAnEvent() {
        tenant.client("kiosk", "ui.content");

        var created = await("platform/client/changed/kiosk");
        assertEnvelope(created);
        assertThat(created.get("operation").asText()).isEqualTo("created");
        assertThat(created.at("/record/clientId").asText()).isEqualTo("kiosk");
        assertThat(created.at("/record/permissions"))
                .extracting(JsonNode::asText)
                .containsExactly("ui.content");
        assertThat(created.toString()).doesNotContain(tenant.secret("kiosk"));

        admin.delete("/api/platform/app/" + app + "/client/kiosk").expect(200);

        var deleted = await("platform/client/changed/kiosk");
        assertThat(deleted.get("operation").asText()).isEqualTo("deleted");
    }

    @Test
    void aChangedAppIsAnEventWithoutASecret() {
        tenant.importApp(
                Map.of(
                        "description", "changed",
                        "tools",
                                List.of(
                                        Map.of(
                                                "name",
                                                "tool",
                                                "request",
                                                Map.of(
                                                        "url", "http://tool",
                                                        "bearer", "tool-credential"))),
                        "modules",
                                List.of(
                                        Map.of(
                                                "moduleId", "avatar",
                                                "secret", "module-secret",
                                                "supports", List.of("ui"))),
                        "clients",
                                List.of(
                                        Map.of(
                                                "clientId",
                                                "observer",
                                                "permissions",
                                                List.of("*")))));

        var event = await("platform/app/changed/" + app);

        assertEnvelope(event);
        assertThat(event.get("operation").asText()).isEqualTo("updated");
        assertThat(event.at("/record/description").asText()).isEqualTo("changed");
        assertThat(event.toString())
                .doesNotContain("tool-credential")
                .doesNotContain("module-secret");
    }

    @Test
    void aNewAppIsAnEventForThePlatform() throws Exception {
        var platform = bus.rest().token("platform", "platform", BusProcess.PLATFORM_SECRET);
        try (var everything = Mqtt.connect(bus, platform)) {
            assertThat(everything.subscribe(0, "app/+/platform/app/changed/+")).containsExactly(0);

            var owner = Jwt.claims(String.valueOf(admin.bearer())).get("sub").asText();
            var body = Map.of("name", "new", "ownerId", owner, "modules", List.of());
            var id = admin.post("/api/app", body).expect(201).text("appId");

            var event =
                    Stream.generate(everything.inbox()::next)
                            .filter(message -> message.topic().contains(id))
                            .findFirst()
                            .orElseThrow();
            assertThat(event.topic()).isEqualTo("app/" + id + "/platform/app/changed/" + id);
            assertThat(Answer.toTree(event.text()).get("operation").asText()).isEqualTo("created");
            admin.delete("/api/app/" + id).expect(200);
        }
    }

    @Test
    void aModuleIsAnEvent() {
        var modules = "/api/platform/app/" + app + "/module";
        admin.post(
                        modules,
                        Map.of(
                                "moduleId",
                                "robot",
                                "secret",
                                "x-secret",
                                "supports",
                                List.of("ui")))
                .expect(201);

        var created = await("platform/module");
        assertEnvelope(created);
        assertThat(created.get("operation").asText()).isEqualTo("created");
        assertThat(created.at("/record/moduleId").asText()).isEqualTo("robot");
        assertThat(created.toString()).doesNotContain("x-secret");

        admin.delete(modules + "/robot").expect(200);
        assertThat(await("platform/module").get("operation").asText()).isEqualTo("deleted");
    }

    @Test
    void aLoginIsAnEvent() {
        tenant.importApp(Map.of("public", true)); // or nobody else could log in
        var user = "login-" + app;
        admin.post(
                        "/api/auth/admin/user",
                        Map.of("username", user, "password", user + "!", "email", "a@b.c"))
                .expect(201);

        bus.rest()
                .post(
                        "/api/auth/login",
                        Map.of("username", user, "password", user + "!", "appId", app))
                .expect(201);

        var event = await("auth/login");
        assertEnvelope(event);
        assertThat(event.get("userId").asText()).isNotBlank();
        assertThat(event.get("enabled").asBoolean()).isTrue();
    }

    @Test
    void anythingGrantedCanBePublishedByRest() {
        tenant.client("kiosk", "ui.content");
        var events = "/api/events/app/" + app;

        tenant.rest("kiosk").post(events + "/ui/content/a/b", Map.of("text", "hello")).expect(201);
        assertThat(await("ui/content/a/b")).isEqualTo(Answer.toTree("{\"text\":\"hello\"}"));

        tenant.rest("kiosk").post(events + "/robotics/status", Map.of()).expect(403);
        bus.rest().post(events + "/ui/content", Map.of()).expect(401);
        tenant.rest("kiosk").post("/api/events/app/another/ui/content", Map.of()).expect(403);
    }

    @Test
    void bytesCanBePublishedByRest() {
        var bytes = new byte[] {0, (byte) 0xFF, 1, '{', 0};
        tenant.client("kiosk", "ui");

        tenant.rest("kiosk")
                .send(
                        "POST",
                        "/api/events/app/" + app + "/ui/content/bytes",
                        Map.of("Content-Type", "application/octet-stream"),
                        BodyPublishers.ofByteArray(bytes))
                .expect(201);

        assertThat(next("ui/content/bytes").payload()).isEqualTo(bytes);
    }

    private JsonNode await(String topic) {
        return Answer.toTree(next(topic).text());
    }

    /// The next message of a topic; events of other topics in between are passed over.
    private Message next(String topic) {
        return Stream.generate(observer.inbox()::next)
                .filter(message -> message.topic().equals(tenant.topic(topic)))
                .findFirst()
                .orElseThrow();
    }

    private void assertEnvelope(JsonNode event) {
        assertThat(event.path("appId").asText()).as(event.toString()).isEqualTo(app);
        assertThat(event.path("ts").asText()).as(event.toString()).matches("\\d{4}-.*Z");
    }
}
