package eu.sermas.bus.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.rest.caller.Needs;
import eu.sermas.bus.rest.http.Conventions;
import eu.sermas.bus.rest.http.Json;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The routes with their rights and their answers, over a real socket and a real identity.
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RoutesTest {

    private static final Pattern BACKTICKED = Pattern.compile("`(/[^`]*)`");

    @AutoClose private Platform platform;

    @BeforeAll
    void start() throws Exception {
        platform = new Platform();
    }

    private static JsonNode json(HttpResponse<String> answer) throws Exception {
        return Json.MAPPER.readTree(answer.body());
    }

    /// As whoever sets up a platform does, each time anew.
    @Test
    void aListOfUsersMayBeImportedAgain() throws Exception {
        for (String password : List.of("first1", "second2")) {
            String user = "{'username':'dora','password':'%s'}".formatted(password);
            HttpResponse<String> imported =
                    platform.as("admin", "POST", "/api/auth/admin/import", "[" + user + "]");
            assertThat(imported.statusCode()).isEqualTo(201);
            assertThat(imported.body()).isEqualTo("[{\"userId\":\"dora\"}]");
            assertThat(platform.as("-", "POST", "/api/auth/login", user).statusCode())
                    .isEqualTo(201);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "- | POST | /api/platform/token | {} | 400 | appId missing",
                "- | POST | /api/platform/token | {'appId':'alpha'} | 400 | clientId missing",
                "- | POST | /api/platform/token | {'appId':'alpha','clientId':'full'} | 400 |"
                        + " One of clientSecret or bearer token is required",
                "- | POST | /api/platform/token |"
                        + " {'appId':'alpha','clientId':'full','clientSecret':'x'} | 401 |"
                        + " Unauthorized",
                "- | POST | /api/platform/token/access_token |"
                        + " {'appId':'none','clientId':'full','clientSecret':'x'} | 401 |"
                        + " Unauthorized",
                "- | POST | /api/platform/token/refresh | {'refreshToken':'x'} | 401 |"
                        + " Unauthorized",
                "- | POST | /api/platform/token/refresh_token | {'refreshToken':'x'} | 401 |"
                        + " Unauthorized",
                "broken | POST | /api/platform/token | {} | 400 | appId missing",
                "- | POST | /api/platform/token | {'appId': | 400 | *malformed JSON",
                "- | POST | /api/platform/token | {'appId':5} | 400 | appId: expected a string",
                "- | POST | /api/platform/token | [] | 400 | body: expected an object",
                "- | POST | /api/platform/token | {} {} | 400 | *malformed JSON",
                "- | POST | /api/platform/token | null | 400 | body: null (expected: a JSON value)",
                "- | GET | /api/platform/token | | 404 | Cannot GET /api/platform/token",
                "- | POST | /api/auth/login | {'username':'ab','password':'x'} | 400 |"
                        + " missing username",
                "- | POST | /api/auth/login | {'username':'carol'} | 400 | missing password",
                "- | POST | /api/auth/login | {'username':'carol','password':'no'} | 401 |"
                        + " Unauthorized",
                "- | POST | /api/auth/refresh | {'refreshToken':'x','clientSecret':'','appId':''} |"
                        + " 401 | Unauthorized",
                "- | GET | /api/auth/whoami | | 401 | Unauthorized",
                "broken | GET | /api/auth/whoami | | 401 | Unauthorized",
                "- | POST | /api/auth/register | {} | 501 | Not Implemented",
                "- | POST | /api/auth/admin/user | {} | 401 | Unauthorized",
                "carol | POST | /api/auth/admin/user | {} | 403 | Forbidden resource",
                "full | POST | /api/auth/admin/user | {} | 403 | Forbidden resource",
                "admin | POST | /api/auth/admin/user | {} | 400 | missing username",
                "admin | POST | /api/auth/admin/import | {} | 400 | body: expected an array",
                "- | GET | /api/app/list | | 401 | Unauthorized",
                "talk | GET | /api/app/list | | 403 | Forbidden resource",
                "full | GET | /api/app/beta | | 403 | Forbidden resource",
                "talk | GET | /api/app/alpha | | 403 | Forbidden resource",
                "full | PUT | /api/app/beta/settings | {} | 403 | Forbidden resource",
                "full | PUT | /api/app/alpha/settings | [] | 400 | body: expected an object",
                "full | PUT | /api/app/alpha/tools | {} | 400 | body: expected an array of tools",
                "full | PUT | /api/app | {'name':'x'} | 400 | appId missing",
                "full | PUT | /api/app | {'appId':'beta','name':'x'} | 403 | Forbidden resource",
                "full | DELETE | /api/app/beta | | 403 | Forbidden resource",
                "full | POST | /api/app | {'name':'x'} | 400 | ownerId missing",
                "full | POST | /api/app | {'name':'x','ownerId':'another'} | 403 |"
                        + " Forbidden resource",
                "admin | PUT | /api/app | {'appId':'none','name':'x'} | 404 | app not found",
                "admin | GET | /api/app/none | | 404 | app not found",
                "full | POST | /api/app/admin/export | {} | 403 | Forbidden resource",
                "admin | POST | /api/app/admin/remove | {} | 400 | name or appId missing",
                "talk | GET | /api/platform/app/alpha/client/talk | | 403 | Forbidden resource",
                "keeper | GET | /api/platform/app/beta/client/talk | | 403 | Forbidden resource",
                "keeper | GET | /api/platform/app/alpha/client/none | | 404 | client not found",
                "keeper | DELETE | /api/platform/app/alpha/client/none | | 404 | client not found",
                "keeper | POST | /api/platform/app/alpha/client | {'clientId':'talk'} | 400 |"
                        + " Client talk already exists",
                "keeper | POST | /api/platform/app/alpha/client | {'clientId':'a/b'} | 400 |"
                        + " *clientId",
                "keeper | POST | /api/platform/app/alpha/client |"
                        + " {'clientId':'n','permissions':['a b']} | 400 | *permission",
                "keeper | POST | /api/platform/app/alpha/client |"
                        + " {'clientId':'n','permissions':'x'} | 400 |"
                        + " permissions: expected an array",
                "talk | GET | /api/platform/app/alpha/client/full/topics | | 403 |"
                        + " Forbidden resource",
                "talk | GET | /api/platform/app/beta/client/talk/topics | | 403 |"
                        + " Forbidden resource",
                "keeper | GET | /api/platform/app/alpha/module/none | | 404 | module not found",
                "keeper | DELETE | /api/platform/app/alpha/module/none | | 404 | module not found",
                "full | POST | /api/platform/module | {'moduleId':'m'} | 403 | Forbidden resource",
                "admin | GET | /api/platform/module/none | | 404 | module not found",
                "- | GET | /api/platorm/topics/user | | 401 | Unauthorized",
                "- | POST | /api/events/app/alpha/dialogue/messages/s | {} | 401 | Unauthorized",
                "talk | POST | /api/events/app/alpha/ui/content | {} | 403 | Forbidden resource",
                "full | POST | /api/events/app/beta/ui/content | {} | 403 | Forbidden resource",
                "full | POST | /api/events/app/alpha/platform/client/changed/x | {} | 403 |"
                        + " Forbidden resource",
                "full | POST | /api/events/app/alpha/session/session/changed/x | {} | 403 |"
                        + " Forbidden resource",
                "full | POST | /api/events/app/alpha/ui/%2B | {} | 400 | *topic name",
                "full | POST | /api/events/app/alpha/ui/content?qos=3 | {} | 400 |"
                        + " qos: '3' (expected: 0..2)",
                "full | POST | /api/events/app/alpha | {} | 404 |"
                        + " Cannot POST /api/events/app/alpha"
            })
    void refusesWithAReason(
            String caller, String method, String path, String body, int status, String message)
            throws Exception {
        HttpResponse<String> answer = platform.as(caller, method, path, body == null ? "" : body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        JsonNode error = json(answer);
        assertThat(error.path("statusCode").asInt()).isEqualTo(status);
        if (message.startsWith("*")) {
            assertThat(error.path("message").asText()).startsWith(message.substring(1));
        } else {
            assertThat(error.path("message").asText()).isEqualTo(message);
        }
        assertThat(answer.body()).doesNotContain("eu.sermas").doesNotContain("Exception");
    }

    @Test
    void errorBodiesAreThoseOfThePlatform() throws Exception {
        assertThat(platform.as("-", "GET", "/api/auth/whoami", "").body())
                .isEqualTo("{\"message\":\"Unauthorized\",\"statusCode\":401}");
        HttpResponse<String> forbidden = platform.as("talk", "GET", "/api/app/alpha", "");
        assertThat(forbidden.body())
                .isEqualTo(
                        """
                        {"message":"Forbidden resource","error":"Forbidden","statusCode":403}""");
        assertThat(forbidden.headers().firstValue("WWW-Authenticate").orElseThrow())
                .contains("insufficient_scope")
                .contains("platform.app");
        assertThat(platform.as("keeper", "GET", "/api/platform/app/alpha/client/x", "").body())
                .isEqualTo(
                        """
                        {"message":"client not found","error":"Not Found","statusCode":404}""");
    }

    @Test
    void tooDeepJsonIsRefused() throws Exception {
        HttpResponse<String> answer =
                platform.as(
                        "full",
                        "PUT",
                        "/api/app/alpha/settings",
                        "{'a':".repeat(5000) + "1" + "}".repeat(5000));
        assertThat(answer.statusCode()).isEqualTo(400);
    }

    @ParameterizedTest
    @CsvSource({
        "-, GET, /api/app, 200",
        "-, HEAD, /api/app, 200",
        "-, GET, /api/app/repository/defaults, 200",
        "-, GET, /api/platform/topics, 200",
        "-, GET, /api/platorm/topics, 200",
        "-, GET, /.well-known/sermas.json, 200",
        "-, GET, /api/.well-known/sermas.json, 200",
        "-, GET, /.well-known/jwks.json, 200",
        "talk, GET, /api/platorm/topics/user, 200",
        "talk, GET, /api/platform/topics/user, 200",
        "talk, GET, /api/auth/whoami, 200",
        "talk, GET, /api/platform/app/alpha/client/talk/topics, 200",
        "talk, GET, /api/platform/app/alpha/client/alpha-talk/topics, 200",
        "full, GET, /api/app/alpha, 200",
        "full, GET, /api/app/alpha/, 200",
        "full, GET, /api/app/list, 200",
        "carol, GET, /api/app/list, 200",
        "full, GET, /api/app/alpha/repository, 200",
        "full, GET, /api/app/alpha/repository/robots?name=x, 200",
        "keeper, GET, /api/platform/app/alpha/client/talk, 200",
        "admin, GET, /api/platform/app/beta/client/talk, 200",
        "admin, POST, /api/app/admin/export, 201"
    })
    void answersWithJsonWithoutStatusCode(String caller, String method, String path, int status)
            throws Exception {
        HttpResponse<String> answer = platform.as(caller, method, path, "");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue(Conventions.JSON);
        assertThat(json(answer).has("statusCode")).isFalse();
        assertThat(answer.body())
                .doesNotContain("\"secret\":")
                .doesNotContain(path.contains("export") ? "\"secret\":" : "hidden-bearer");
    }

    @Test
    void nothingToSayIsAnEmptyBodyWithoutType() throws Exception {
        HttpResponse<String> answer =
                platform.as("full", "PUT", "/api/app/alpha/settings", "{'login':true}");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEmpty();
        assertThat(answer.headers().firstValue("Content-Type")).isEmpty();
        assertThat(platform.as("admin", "DELETE", "/api/app/never-there", "").statusCode())
                .isEqualTo(200);
    }

    @Test
    void clientLivesAndDies() throws Exception {
        String path = "/api/platform/app/alpha/client";
        HttpResponse<String> created =
                platform.as(
                        "full",
                        "POST",
                        path,
                        "{'clientId':'short','name':'S','permissions':['ui','performance']}");
        assertThat(created.statusCode()).isEqualTo(201);
        String secret = json(created).path("secret").asText();
        assertThat(secret).isNotEmpty();
        assertThat(json(platform.as("keeper", "GET", path + "/short", "")).has("secret")).isFalse();
        assertThat(platform.as("keeper", "GET", path + "/short/topics", "").body())
                .contains("app/:appId/ui/interaction/:moduleId")
                .contains("app/:appId/performance");
        assertThat(platform.as("keeper", "DELETE", path + "/short", "").body()).isEmpty();
        assertThat(platform.as("keeper", "GET", path + "/short", "").statusCode()).isEqualTo(404);
        assertThat(events("app/alpha/platform/client/changed/short"))
                .hasSize(2)
                .noneMatch(event -> event.contains(secret))
                .anyMatch(event -> event.contains("\"operation\":\"created\""))
                .anyMatch(event -> event.contains("\"operation\":\"deleted\""));
    }

    @Test
    void everyTokenIsAnnounced() throws Exception {
        platform.published.clear();
        platform.token("beta", "talk");
        JsonNode event = Json.MAPPER.readTree(events("app/beta/platform/token").getFirst());
        assertThat(event.path("clientId").asText()).isEqualTo("beta-talk");
        assertThat(event.path("appId").asText()).isEqualTo("beta");
        assertThat(event.path("tokenType").asText()).isEqualTo("access");
        assertThat(event.path("ts").asText()).matches("\\d{4}-\\d\\d-\\d\\dT.*Z");
    }

    @Test
    void refreshTokenAloneIsEnough() throws Exception {
        JsonNode first =
                json(
                        platform.as(
                                "-",
                                "POST",
                                "/api/platform/token",
                                "{'appId':'alpha','clientId':'talk','clientSecret':'secret'}"));
        HttpResponse<String> renewed =
                platform.as(
                        "broken",
                        "POST",
                        "/api/platform/token/refresh",
                        "{'accessToken':'%s','refreshToken':'%s'}"
                                .formatted(
                                        first.path("access_token").asText(),
                                        first.path("refresh_token").asText()));
        assertThat(renewed.statusCode()).as(renewed.body()).isEqualTo(201);
        assertThat(json(renewed).path("refresh_token").asText())
                .isNotEqualTo(first.path("refresh_token").asText());
    }

    @Test
    void importReportsWhatItCouldNotDo() throws Exception {
        HttpResponse<String> answer =
                platform.as(
                        "admin",
                        "POST",
                        "/api/app/admin/import",
                        "[{'appId':'gamma','name':'G'},{'appId':'a b','name':'X'}]");
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(json(answer).path("message").asText()).startsWith("imported 1 of 2 apps; 'a b'");
        assertThat(events("app/gamma/platform/app/changed/gamma")).hasSize(1);
        assertThat(
                        platform.as("admin", "POST", "/api/app/admin/remove", "{'appId':'gamma'}")
                                .statusCode())
                .isEqualTo(201);
        assertThat(platform.as("admin", "GET", "/api/app/gamma", "").statusCode()).isEqualTo(404);
    }

    @Test
    void bodyIsPublishedAsItIs() throws Exception {
        platform.published.clear();
        HttpResponse<String> answer =
                platform.server.call(
                        "POST",
                        "/api/events/app/alpha/dialogue/messages/s%20%C3%A4?qos=1&retain=true",
                        platform.token("alpha", "talk"),
                        "{not json");
        assertThat(answer.statusCode()).isEqualTo(201);
        assertThat(answer.body()).isEmpty();
        Message message = platform.published.getLast();
        assertThat(message.topic().name()).isEqualTo("app/alpha/dialogue/messages/s ä");
        assertThat(message.payload()).asString(StandardCharsets.UTF_8).isEqualTo("{not json");
        assertThat(message.qos()).isEqualTo(QoS.AT_LEAST_ONCE);
        assertThat(message.retain()).isTrue();
    }

    @Test
    void customResourceCanBePublishedWithoutScope() throws Exception {
        assertThat(
                        platform.as("full", "POST", "/api/events/app/alpha/performance", "1")
                                .statusCode())
                .isEqualTo(201);
    }

    private List<String> events(String topic) {
        return platform.published.stream()
                .filter(message -> message.topic().name().equals(topic))
                .map(message -> new String(message.payload(), StandardCharsets.UTF_8))
                .toList();
    }

    @Test
    void aNewTokenTakesEffectOnTheLiveConnectionOfItsOwnPrincipalOnly() throws Exception {
        String path = "/api/mqtt/session/mqttjs_1/token";
        assertThat(platform.as("talk", "POST", path, "").statusCode()).isEqualTo(201);
        assertThat(platform.as("full", "POST", path, "").statusCode()).isEqualTo(404);
        assertThat(platform.as("-", "POST", path, "").statusCode()).isEqualTo(401);
        assertThat(platform.as("talk", "POST", "/api/mqtt/session/x/token", "").body())
                .contains("client not connected");
    }

    /// Who looks for a route has the names of the rooms, and what each says of itself.
    @Test
    void everyRoomSaysWhichRoutesItHas() throws Exception {
        Map<String, String> rooms = new HashMap<>();
        for (Object resource : platform.api.resources()) {
            String room = resource.getClass().getPackageName();
            Path face = Path.of("src/main/java", room.replace('.', '/'), "package-info.java");
            BACKTICKED
                    .matcher(Files.readString(face))
                    .results()
                    .forEach(found -> rooms.put(found.group(1), room));
        }
        for (Object resource : platform.api.resources()) {
            for (String route : routesOf(resource.getClass())) {
                String begin =
                        rooms.keySet().stream()
                                .filter(known -> route.matches(Pattern.quote(known) + "([/-].*)?"))
                                .max(Comparator.comparingInt(String::length))
                                .orElse("");
                assertThat(rooms.get(begin))
                        .as(route)
                        .isEqualTo(resource.getClass().getPackageName());
            }
        }
    }

    private static List<String> routesOf(Class<?> resource) {
        String base = resource.getAnnotation(jakarta.ws.rs.Path.class).value();
        return Arrays.stream(resource.getDeclaredMethods())
                .filter(method -> method.isAnnotationPresent(Needs.class))
                .map(method -> method.getAnnotation(jakarta.ws.rs.Path.class))
                .map(path -> path == null ? base : base + "/" + path.value())
                .map(path -> ("/" + path).replaceAll("/+", "/"))
                .toList();
    }
}
