package eu.sermas.bus.rest.identity;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import eu.sermas.bus.rest.Platform;
import eu.sermas.bus.rest.http.Json;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Who may change clients and apps over HTTP, and what the answers say.
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClientRoutesTest {

    private static final String CLIENTS = "/api/platform/app/alpha/client";

    @AutoClose private Platform platform;

    @BeforeAll
    void start() throws Exception {
        platform = new Platform();
        HttpResponse<String> visitor =
                platform.as("admin", "PUT", "/api/app", "{'appId':'beta','public':false}");
        assertThat(visitor.statusCode()).as(visitor.body()).isEqualTo(200);
    }

    private static JsonNode json(HttpResponse<String> answer) throws Exception {
        return Json.MAPPER.readTree(answer.body());
    }

    private void make(String clientId, String grants) throws Exception {
        String body =
                "{'clientId':'%s','permissions':[%s],'secret':'secret'}"
                        .formatted(clientId, grants);
        assertThat(platform.as("full", "POST", CLIENTS, body).statusCode()).isEqualTo(201);
    }

    private int token(String secret, String clientId) throws Exception {
        return platform.as(
                        "-",
                        "POST",
                        "/api/platform/token",
                        "{'appId':'alpha','clientId':'%s','clientSecret':'%s'}"
                                .formatted(clientId, secret))
                .statusCode();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "-      | PATCH  | alpha/client/talk | {'name':'x'} | 401 | Unauthorized",
                "carol  | PATCH  | alpha/client/talk | {'name':'x'} | 403 | Forbidden resource",
                "talk   | PATCH  | alpha/client/talk | {'name':'x'} | 403 | Forbidden resource",
                "full   | PATCH  | beta/client/talk  | {'name':'x'} | 403 | Forbidden resource",
                "keeper | PATCH  | alpha/client/talk | {'permissions':['ui']} | 403 |"
                        + " Forbidden resource",
                "full   | PATCH  | alpha/client/none | {} | 404 | client not found",
                "full   | PATCH  | alpha/client/talk | {'secret':'x'} | 400 |"
                        + " *secret: unknown field",
                "full   | PATCH  | alpha/client/talk | {'tokenLifetime':'7d'} | 400 |"
                        + " tokenLifetime: expected a number",
                "full   | PATCH  | alpha/client/talk | {'tokenLifetime':5} | 400 |"
                        + " *tokenLifetime of client talk: 5 s",
                "full   | PATCH  | alpha/client/application | {'permissions':[]} | 400 |"
                        + " client application: part of every app",
                "-      | POST   | alpha/client/talk/secret | {} | 401 | Unauthorized",
                "carol  | POST   | alpha/client/talk/secret | {} | 403 | Forbidden resource",
                "talk   | POST   | alpha/client/talk/secret | {} | 403 | Forbidden resource",
                "full   | POST   | beta/client/talk/secret  | {} | 403 | Forbidden resource",
                "keeper | POST   | alpha/client/talk/secret | {} | 403 | Forbidden resource",
                "full   | POST   | alpha/client/none/secret | {} | 404 | client not found",
                "full   | POST   | alpha/client/talk/secret | {'grace':5} | 400 |"
                        + " *grace: unknown field",
                "full   | POST   | alpha/client/talk/secret | {'graceSeconds':-1} | 400 |"
                        + " graceSeconds: -1 (expected: 0..2592000)",
                "full   | POST   | alpha/client/talk/secret | {'graceSeconds':2592001} | 400 |"
                        + " graceSeconds: 2592001 (expected: 0..2592000)",
                "full   | DELETE | alpha/client/talk/secret/former | | 404 | no former secret",
                "talk   | DELETE | alpha/client/talk/secret/former | | 403 | Forbidden resource",
                "talk   | GET    | alpha/client | | 403 | Forbidden resource",
                "carol  | GET    | alpha/client | | 403 | Forbidden resource",
            })
    void refusesWithAReason(
            String caller, String method, String path, String body, int status, String message)
            throws Exception {
        HttpResponse<String> answer =
                platform.as(caller, method, "/api/platform/app/" + path, body == null ? "" : body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(json(answer).path("message").asText()).startsWith(message.replace("*", ""));
    }

    @Test
    void aClientIsChangedAndShown() throws Exception {
        make("kiosk", "'ui'");
        HttpResponse<String> changed =
                platform.as(
                        "full",
                        "PATCH",
                        CLIENTS + "/alpha-kiosk",
                        "{'permissions':['ui.content'],'tokenLifetime':2073600}");
        assertThat(changed.statusCode()).as(changed.body()).isEqualTo(200);
        assertThat(changed.body())
                .isEqualTo(
                        "{\"clientId\":\"kiosk\",\"origin\":\"own\","
                                + "\"permissions\":[\"ui.content\"],\"tokenLifetime\":2073600}");
        assertThat(platform.as("keeper", "GET", CLIENTS, "").body()).contains(changed.body());
        HttpResponse<String> read = platform.as("keeper", "GET", CLIENTS + "/kiosk", "");
        assertThat(json(read).path("tokenLifetime").asInt()).isEqualTo(2_073_600);
    }

    @Test
    void aSecretIsToldOnceAndBothAreGood() throws Exception {
        make("robot", "'ui'");
        HttpResponse<String> answer =
                platform.as("full", "POST", CLIENTS + "/robot/secret", "{'graceSeconds':60}");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        String secret = json(answer).path("secret").asText();
        Instant until = Instant.parse(json(answer).path("formerSecretUntil").asText());
        assertThat(Duration.between(Instant.now(), until)).isLessThan(Duration.ofSeconds(61));
        assertThat(token("secret", "robot")).isEqualTo(201);
        assertThat(token(secret, "robot")).isEqualTo(201);
        assertThat(platform.as("full", "GET", CLIENTS, "").body())
                .contains("\"formerSecretUntil\":\"" + until + "\"")
                .doesNotContain(secret);
        assertThat(platform.published)
                .noneMatch(message -> new String(message.payload(), UTF_8).contains(secret));
        assertThat(platform.as("full", "DELETE", CLIENTS + "/robot/secret/former", "").statusCode())
                .isEqualTo(200);
        assertThat(token("secret", "robot")).isEqualTo(401);
        HttpResponse<String> usual = platform.as("full", "POST", CLIENTS + "/robot/secret", "");
        assertThat(
                        Duration.between(
                                Instant.now(),
                                Instant.parse(json(usual).path("formerSecretUntil").asText())))
                .isBetween(Duration.ofHours(23), Duration.ofHours(25));
    }

    /// As the console does that shows one field of an app.
    @Test
    void anAppKeepsWhatIsNotNamed() throws Exception {
        HttpResponse<String> changed =
                platform.as(
                        "full",
                        "PUT",
                        "/api/app",
                        "{'appId':'alpha','description':'d','tokenLifetime':86400}");
        assertThat(changed.statusCode()).as(changed.body()).isEqualTo(200);
        JsonNode app = json(changed);
        assertThat(app.path("name").asText()).isEqualTo("App alpha");
        assertThat(app.path("public").asBoolean()).isTrue();
        assertThat(app.path("tools")).hasSize(1);
        assertThat(app.path("clients")).hasSizeGreaterThanOrEqualTo(3);
        assertThat(app.path("tokenLifetime").asInt()).isEqualTo(86_400);
        HttpResponse<String> back =
                platform.as("full", "PUT", "/api/app", changed.body().replace('"', '\''));
        assertThat(back.statusCode()).as("a record that was read").isEqualTo(200);
        HttpResponse<String> usual =
                platform.as("full", "PUT", "/api/app", "{'appId':'alpha','tokenLifetime':0}");
        assertThat(json(usual).has("tokenLifetime")).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "full  | {'appId':'alpha','modules':[{'moduleId':'m','suports':[]}]} | 400 |"
                        + " modules[0].suports: unknown field",
                "full  | {'appId':'alpha','tokenlifetime':5} | 400 | tokenlifetime: unknown field",
                "full  | {'appId':'alpha','tokenLifetime':5} | 400 |"
                        + " *tokenLifetime of app alpha: 5 s",
                "full  | {'appId':'alpha','ownerId':'another'} | 403 | Forbidden resource",
                "full  | {'appId':'alpha','clients':[{'name':'x'}]} | 400 |"
                        + " clients: clientId missing",
                "keeper | {'appId':'alpha','clients':[{'clientId':'x','permissions':['xr']}]} |"
                        + " 403 | Forbidden resource",
                "carol | {'appId':'alpha','name':'x'} | 403 | Forbidden resource",
            })
    void appsThatCannotBeSo(String caller, String body, int status, String message)
            throws Exception {
        HttpResponse<String> answer = platform.as(caller, "PUT", "/api/app", body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(json(answer).path("message").asText()).startsWith(message.replace("*", ""));
    }
}
