package eu.sermas.bus.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Apps, their clients and modules by REST.
@ExtendWith(SharedBus.class)
class AppsIT {

    private final Rest rest;
    private final Rest admin;
    private final Tenant tenant;
    private final String app;
    private final String clients;

    AppsIT(BusProcess bus, Rest admin) {
        this.rest = bus.rest();
        this.admin = admin;
        this.tenant = Tenant.create(bus, admin, "apps");
        this.app = tenant.appId();
        this.clients = "/api/platform/app/" + app + "/client";
    }

    @Test
    void anAppIsCreatedReadChangedListedAndDeleted() {
        var owner = Jwt.claims(String.valueOf(admin.bearer())).get("sub").asText();
        var created =
                admin.post(
                                "/api/app",
                                Map.of("name", "shop", "ownerId", owner, "modules", List.of()))
                        .expect(201);
        var id = created.text("appId");
        assertThat(read(id).get("name").asText()).isEqualTo("shop");
        assertThat(admin.get("/api/app/list").expect(200).json())
                .anySatisfy(item -> assertThat(item.get("appId").asText()).isEqualTo(id));

        var changed = Map.of("appId", id, "name", "store", "ownerId", owner, "modules", List.of());
        admin.put("/api/app", changed).expect(200);
        assertThat(read(id).get("name").asText()).isEqualTo("store");
        admin.put("/api/app/" + id + "/settings", Map.of("language", "it")).expectEmpty(200);
        admin.put("/api/app/" + id + "/tools", List.of()).expectEmpty(200);
        assertThat(read(id).at("/settings/language").asText()).isEqualTo("it");

        admin.delete("/api/app/" + id).expectEmpty(200);
        admin.get("/api/app/" + id).expect(404);
    }

    @Test
    void anAppWithoutAnOwnerIsRefused() {
        admin.post("/api/app", Map.of("name", "nobody's", "modules", List.of())).expect(400);
        var unknown = Map.of("appId", "no-such-app", "name", "x", "ownerId", "x");
        admin.put("/api/app", unknown).expect(404);
    }

    @Test
    void publicAppsAreShownWithoutTheCredentialsOfTheirTools() {
        var request = Map.of("url", "http://tool", "bearer", "tool-credential", "basic", "u:p");
        tenant.importApp(
                Map.of(
                        "public",
                        true,
                        "tools",
                        List.of(Map.of("name", "tool", "request", request))));

        var shown = rest.get("/api/app").expect(200);

        assertThat(shown.json())
                .anySatisfy(item -> assertThat(item.get("appId").asText()).isEqualTo(app));
        assertThat(shown.body()).doesNotContain("tool-credential").doesNotContain("u:p");
    }

    @Test
    void readingAnAppShowsNoSecret() {
        tenant.client("kiosk", "ui");

        assertThat(admin.get("/api/app/" + app).expect(200).body())
                .contains("kiosk")
                .doesNotContain(tenant.secret("kiosk"));
    }

    @Test
    void whatIsExportedCanBeImported() {
        tenant.client("kiosk", "ui");

        var exported =
                admin.post("/api/app/admin/export", Map.of("appId", List.of(app))).expect(201);
        admin.post("/api/app/admin/remove", Map.of("appId", app)).expectEmpty(201);
        admin.get("/api/app/" + app).expect(404);
        admin.post("/api/app/admin/import", exported.body()).expect(201);

        assertThat(exported.json()).hasSize(1);
        admin.get(clients + "/kiosk").expect(200);
        admin.post("/api/app/admin/remove", Map.of()).expect(400);
    }

    @Test
    void aModuleOfAnAppIsAClientWithWholeResources() {
        tenant.importApp(
                Map.of(
                        "modules",
                        List.of(
                                Map.of(
                                        "moduleId", "avatar",
                                        "secret", "avatar-secret",
                                        "supports", List.of("dialogue.messages", "performance")))));

        var token = rest.token(app, "avatar", "avatar-secret");

        assertThat(Jwt.claims(token).get("azp").asText()).isEqualTo(app + "-avatar");
        assertThat(rest.as(token).get(clients + "/avatar/topics").expect(200).json())
                .extracting(JsonNode::asText)
                .contains("app/:appId/dialogue/messages/:sessionId");
    }

    @Test
    void modulesAreAddedAndRemoved() {
        var modules = "/api/platform/app/" + app + "/module";
        var robot =
                Map.of("moduleId", "robot", "secret", "s3cret", "supports", List.of("robotics"));
        admin.post(modules, robot).expect(201);
        assertThat(admin.get(modules + "/robot").expect(200).text("moduleId")).isEqualTo("robot");
        rest.token(app, "robot", "s3cret");

        admin.delete(modules + "/robot").expect(200);

        admin.get(modules + "/robot").expect(404);
        rest.post(
                        "/api/platform/token",
                        Map.of("appId", app, "clientId", "robot", "clientSecret", "s3cret"))
                .expect(401);
    }

    @Test
    void aClientIsCreatedReadAndDeleted() {
        var id = UUID.randomUUID().toString();
        var request =
                Map.of("name", "a kiosk", "clientId", id, "permissions", List.of("ui.content"));

        var created = admin.post(clients, request).expect(201);

        assertThat(created.text("appId")).isEqualTo(app);
        assertThat(created.text("clientId")).isEqualTo(id);
        assertThat(created.text("name")).isEqualTo("a kiosk");
        assertThat(created.text("secret")).hasSizeGreaterThanOrEqualTo(16);
        assertThat(created.json().get("permissions"))
                .extracting(JsonNode::asText)
                .containsExactly("ui.content");
        admin.post(clients, request).expect(400);
        assertThat(admin.get(clients + "/" + id).expect(200).text("clientId")).isEqualTo(id);
        assertThat(admin.get(clients + "/" + app + "-" + id).expect(200).text("clientId"))
                .isEqualTo(id);

        admin.delete(clients + "/" + id).expect(200);

        admin.get(clients + "/" + id).expectError(404, "client not found");
        admin.delete(clients + "/" + id).expect(404);
    }

    @Test
    void aClientOfAnUnknownAppIsNotFound() {
        admin.post("/api/platform/app/no-such-app/client", Map.of("name", "x"))
                .expectError(404, "app not found");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a/b", "a b", "+", "#", "ünï", "\\u0000", ""})
    void aClientIdIsPlain(String id) {
        var body = Map.of("clientId", id, "permissions", List.of("ui"));
        if (!id.isEmpty()) {
            admin.post(clients, body).expect(400);
        }
        admin.post(clients, Map.of("clientId", "x".repeat(65), "permissions", List.of("ui")))
                .expect(400);
    }

    @ParameterizedTest
    @CsvSource({
        "ui, app/:appId/ui/content",
        "ui.*, app/:appId/ui/interaction/:moduleId",
        "dialogue.messages, app/:appId/dialogue/messages/:sessionId",
        "*, app/:appId/robotics/status",
        "*.*, app/:appId/session/session/changed/:sessionId"
    })
    void everyFormOfAGrantIsAcceptedAndExpanded(String grant, String template) {
        tenant.client("c", grant);

        assertThat(tenant.rest("c").get(clients + "/c/topics").expect(200).json())
                .extracting(JsonNode::asText)
                .contains(template);
        admin.get(clients + "/" + app + "-c/topics").expect(200);
    }

    @Test
    void aClientSeesTheTopicsOfItsGrantsOnly() {
        tenant.client("narrow", "ui.content").client("other", "ui");

        assertThat(tenant.rest("narrow").get(clients + "/narrow/topics").expect(200).json())
                .extracting(JsonNode::asText)
                .containsExactly("app/:appId/ui/content");
        tenant.rest("narrow").get(clients + "/other/topics").expect(403);
        tenant.rest("narrow").get(clients + "/narrow").expect(403);
        tenant.rest("narrow").post(clients, Map.of("name", "x")).expect(403);
        tenant.rest("narrow").delete("/api/app/" + app).expect(403);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/platorm/topics", "/api/platform/topics"})
    void theVocabularyOfGrantsIsPublic(String path) {
        tenant.client("narrow", "ui.content");

        assertThat(rest.get(path).expect(200).json().at("/resources/ui"))
                .extracting(JsonNode::asText)
                .contains("status", "interaction", "content");
        var own = tenant.rest("narrow").get(path + "/user").expect(200).json().get("resources");
        assertThat(own).isEqualTo(Answer.toTree("{\"ui\":[\"content\"]}"));
        rest.get(path + "/user").expect(401);
    }

    private JsonNode read(String appId) {
        return admin.get("/api/app/" + appId).expect(200).json();
    }
}
