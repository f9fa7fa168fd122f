package eu.sermas.bus.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import eu.sermas.bus.rest.http.Json;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jboss.resteasy.core.ResourceMethodInvoker;
import org.jboss.resteasy.core.ResourceMethodRegistry;
import org.jboss.resteasy.core.ResteasyDeploymentImpl;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DocumentsTest {

    @AutoClose private Platform platform;
    private JsonNode openApi;

    @BeforeAll
    void start() throws Exception {
        platform = new Platform();
        openApi = document("-", "/api/swagger-json");
    }

    private JsonNode document(String caller, String path) throws Exception {
        HttpResponse<String> answer = platform.as(caller, "GET", path, "");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return Json.MAPPER.readTree(answer.body());
    }

    /// What the framework really serves, with the names of variables left out.
    private Set<String> served() {
        ResteasyDeploymentImpl deployment = new ResteasyDeploymentImpl();
        deployment.setRegisterBuiltin(false);
        deployment.getResources().addAll(platform.api.resources());
        deployment.start();
        Set<String> routes = new TreeSet<>();
        ((ResourceMethodRegistry) deployment.getRegistry())
                .getBounded()
                .forEach(
                        (path, invokers) ->
                                invokers.forEach(
                                        invoker ->
                                                ((ResourceMethodInvoker) invoker)
                                                        .getHttpMethods()
                                                        .forEach(
                                                                method ->
                                                                        add(
                                                                                routes, method,
                                                                                path))));
        deployment.stop();
        return routes;
    }

    private static void add(Set<String> routes, String method, String path) {
        String slashed = ("/" + path).replaceAll("/+", "/").replaceAll("(?<=.)/$", "");
        String where = "{where: agent/move|move}";
        if (slashed.contains(where)) {
            for (String each : List.of("agent/move", "move")) {
                routes.add(
                        method + " " + slashed.replace(where, each).replaceAll("\\{[^}]*}", "{}"));
            }
        } else {
            routes.add(method + " " + slashed.replaceAll("\\{[^}]*}", "{}"));
        }
    }

    @Test
    void everyRouteIsInTheDocumentAndNoOther() {
        Set<String> documented = new TreeSet<>();
        openApi.path("paths")
                .properties()
                .forEach(
                        path ->
                                path.getValue()
                                        .fieldNames()
                                        .forEachRemaining(
                                                method ->
                                                        documented.add(
                                                                method.toUpperCase(Locale.ROOT)
                                                                        + " "
                                                                        + path.getKey()
                                                                                .replaceAll(
                                                                                        "\\{[^}]*}",
                                                                                        "{}"))));
        assertThat(documented).hasSizeGreaterThan(60).isEqualTo(served());
    }

    @Test
    void operationsHaveNamesOfTheirOwn() {
        List<String> names = openApi.findValuesAsText("operationId");
        assertThat(names).doesNotHaveDuplicates().contains("whoami", "publish", "login");
    }

    @Test
    void rightsBodiesAndErrorsAreTold() {
        JsonNode create = openApi.at("/paths/~1api~1platform~1app~1{appId}~1client/post");
        assertThat(create.path("x-required-grant").asText()).isEqualTo("platform.client");
        assertThat(create.at("/security/0").has("bearer")).isTrue();
        assertThat(create.at("/responses/403/content/application~1json/schema/$ref").asText())
                .isEqualTo("#/components/schemas/ErrorBody");
        JsonNode login = openApi.at("/paths/~1api~1auth~1login/post");
        assertThat(login.path("security")).isEmpty();
        assertThat(login.at("/requestBody/content/application~1json/schema/$ref").asText())
                .isEqualTo("#/components/schemas/LoginRequest");
        assertThat(login.at("/responses/201/content/application~1json/schema/$ref").asText())
                .isEqualTo("#/components/schemas/TokenResponse");
        JsonNode token = openApi.at("/components/schemas/TokenResponse/properties");
        assertThat(token.at("/access_token/type").asText()).isEqualTo("string");
        assertThat(token.at("/expires_in/type").asText()).isEqualTo("integer");
        JsonNode content = openApi.at("/paths/~1api~1ui~1content~1{appId}/put/requestBody");
        assertThat(content.findValuesAsText("$ref"))
                .containsExactly("#/components/schemas/UIContentDto");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/swagger-json", "/api/async-json"})
    void everyReferenceLeadsSomewhere(String path) throws Exception {
        JsonNode document = document("-", path);
        List<String> references = new ArrayList<>(document.findValuesAsText("$ref"));
        assertThat(references).isNotEmpty();
        for (String reference : references) {
            assertThat(document.at(reference.substring(1)).isMissingNode()).as(reference).isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource({"swagger", "async"})
    void yamlSaysTheSame(String name) throws Exception {
        HttpResponse<String> yaml = platform.as("-", "GET", "/api/" + name + "-yaml", "");
        assertThat(yaml.headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("application/yaml"));
        assertThat(new YAMLMapper().readTree(yaml.body()))
                .isEqualTo(document("-", "/api/" + name + "-json"));
    }

    private Set<String> operations(String caller) throws Exception {
        Set<String> names = new TreeSet<>();
        document(caller, "/api/async-json")
                .path("operations")
                .fieldNames()
                .forEachRemaining(names::add);
        return names;
    }

    @Test
    void topicsAreThoseOfTheCaller() throws Exception {
        assertThat(operations("-")).contains("uiContent", "onUiContent", "onPlatformModuleChanged");
        assertThat(operations("talk"))
                .contains("dialogueMessages", "onDialogueMessages")
                .allMatch(name -> name.toLowerCase(Locale.ROOT).contains("dialogue"));
        assertThat(operations("keeper"))
                .contains("onPlatformClientChanged")
                .allMatch(name -> name.startsWith("onPlatform"));
        assertThat(operations("full"))
                .contains("uiContent", "onSessionSessionChanged")
                .doesNotContain(
                        "sessionSessionChanged", "platformToken", "onPlatformModuleChanged");
        assertThat(operations("admin")).contains("uiContent", "onPlatformModuleChanged");
        assertThat(platform.as("broken", "GET", "/api/async-json", "").statusCode()).isEqualTo(401);
    }

    @ParameterizedTest
    @CsvSource({
        "/api/swagger, text/html",
        "/api/async, text/html",
        "/api/documents/documents.js, text/javascript",
        "/api/documents/documents.css, text/css"
    })
    void thePagesRunNothingFromElsewhere(String path, String type) throws Exception {
        HttpResponse<String> page = platform.as("-", "GET", path, "");
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("Content-Type").orElse("")).startsWith(type);
        assertThat(page.headers().firstValue("Content-Security-Policy").orElse(""))
                .startsWith("default-src 'none'; script-src 'self';")
                .doesNotContain("unsafe");
        assertThat(page.body())
                .doesNotContain("http://")
                .doesNotContain("https://")
                .doesNotContain("innerHTML")
                .doesNotContainPattern("<script>|style=|onclick");
    }
}
