package eu.sermas.bus.rest.identity;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import eu.sermas.bus.rest.Platform;
import eu.sermas.bus.rest.http.Json;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Who may do what with the accounts of people, over HTTP.
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UserRoutesTest {

    @AutoClose private Platform platform;

    @BeforeAll
    void start() throws Exception {
        platform = new Platform();
        make("dora", "");
    }

    private void make(String name, String more) throws Exception {
        HttpResponse<String> made =
                platform.as(
                        "admin",
                        "POST",
                        "/api/auth/admin/user",
                        "{'username':'%s','password':'%s1'%s}".formatted(name, name, more));
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
    }

    private static JsonNode json(HttpResponse<String> answer) throws Exception {
        return Json.MAPPER.readTree(answer.body());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "-      | GET    | /api/auth/admin/user        | | 401 | Unauthorized",
                "carol  | GET    | /api/auth/admin/user        | | 403 | Forbidden resource",
                "full   | GET    | /api/auth/admin/user        | | 403 | Forbidden resource",
                "carol  | GET    | /api/auth/admin/user/carol  | | 403 | Forbidden resource",
                "admin  | GET    | /api/auth/admin/user/nobody | | 404 | user not found",
                "admin  | GET    | /api/auth/admin/user?limit=0 | | 400 |"
                        + " limit: '0' (expected: 1..1000)",
                "admin  | GET    | /api/auth/admin/user?limit=x | | 400 |"
                        + " limit: 'x' (expected: 1..1000)",
                "-      | PUT    | /api/auth/dora   | {'email':'x'}          | 401 | Unauthorized",
                "broken | PUT    | /api/auth/dora   | {'email':'x'}          | 401 | Unauthorized",
                "carol  | PUT    | /api/auth/dora   | {'email':'x'}          | 403 |"
                        + " Forbidden resource",
                "full   | PUT    | /api/auth/dora   | {'email':'x'}          | 403 |"
                        + " Forbidden resource",
                "carol  | PUT    | /api/auth/nobody | {'email':'x'}          | 403 |"
                        + " Forbidden resource",
                "carol  | PUT    | /api/auth/carol  | {'roles':['platform-admin']} | 403 |"
                        + " Forbidden resource",
                "carol  | PUT    | /api/auth/carol  | {'realmRoles':[]}      | 403 |"
                        + " Forbidden resource",
                "carol  | PUT    | /api/auth/carol  | {'enabled':true}       | 403 |"
                        + " Forbidden resource",
                "carol  | PUT    | /api/auth/carol  | {'password':'new'}     | 400 |"
                        + " currentPassword missing",
                "carol  | PUT    | /api/auth/carol  | {'password':'new','currentPassword':'no'} |"
                        + " 403 | Forbidden resource",
                "carol  | PUT    | /api/auth/carol  | {'passwort':'new'}     | 400 |"
                        + " *passwort: unknown field",
                "admin  | PUT    | /api/auth/dora   | {'username':'eve'}     | 400 |"
                        + " *username: unknown field",
                "admin  | PUT    | /api/auth/dora   | {'enabled':'no'}       | 400 |"
                        + " enabled: expected true or false",
                "admin  | PUT    | /api/auth/dora   | {'roles':[null]}       | 400 | *roles",
                "admin  | PUT    | /api/auth/dora   | {'password':''}        | 400 |"
                        + " missing password",
                "admin  | PUT    | /api/auth/nobody | {}                     | 404 | user not found",
                "admin  | PUT    | /api/auth/admin  | {'roles':[]}           | 409 |"
                        + " User admin is the last administrator",
                "admin  | PUT    | /api/auth/admin  | {'password':'x'}       | 400 |"
                        + " currentPassword missing",
                "-      | DELETE | /api/auth/dora   | | 401 | Unauthorized",
                "carol  | DELETE | /api/auth/dora   | | 403 | Forbidden resource",
                "carol  | DELETE | /api/auth/carol  | | 403 | Forbidden resource",
                "full   | DELETE | /api/auth/dora   | | 403 | Forbidden resource",
                "admin  | DELETE | /api/auth/nobody | | 404 | user not found",
                "admin  | DELETE | /api/auth/dora?handOverTo=nobody | | 404 | user not found",
                "admin  | DELETE | /api/auth/admin  | | 409 |"
                        + " User admin is the last administrator",
            })
    void refusesWithAReason(
            String caller, String method, String path, String body, int status, String message)
            throws Exception {
        HttpResponse<String> answer = platform.as(caller, method, path, body == null ? "" : body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(json(answer).path("message").asText()).startsWith(message.replace("*", ""));
    }

    @Test
    void administratorsFindUsersPageByPage() throws Exception {
        make("page-1", ",'roles':['reader'],'email':'One@Example.org'");
        make("page-2", ",'roles':['reader']");
        assertThat(names("?search=PAGE-&limit=1")).containsExactly("page-1");
        assertThat(names("?search=page-&limit=1&after=page-1")).containsExactly("page-2");
        assertThat(names("?search=one%40example")).containsExactly("page-1");
        assertThat(names("?role=reader")).containsExactly("page-1", "page-2");
        assertThat(names("?role=reader&after=page-2")).isEmpty();
        HttpResponse<String> one = platform.as("admin", "GET", "/api/auth/admin/user/page-1", "");
        assertThat(json(one).path("roles")).extracting(JsonNode::asText).containsExactly("reader");
        assertThat(json(one).path("email").asText()).isEqualTo("One@Example.org");
        assertThat(json(one).path("enabled").asBoolean()).isTrue();
        assertThat(json(one).path("apps")).isEmpty();
        assertThat(one.body()).doesNotContain("argon2").doesNotContain("assword");
        HttpResponse<String> admin = platform.as("admin", "GET", "/api/auth/admin/user/admin", "");
        assertThat(json(admin).path("apps")).extracting(JsonNode::asText).contains("alpha", "beta");
    }

    private List<String> names(String query) throws Exception {
        HttpResponse<String> page = platform.as("admin", "GET", "/api/auth/admin/user" + query, "");
        assertThat(page.statusCode()).as(page.body()).isEqualTo(200);
        return json(page).findValuesAsText("username");
    }

    @Test
    void aUserChangesWhatIsTheirs() throws Exception {
        make("frida", "");
        String token = login("frida", "frida1");
        HttpResponse<String> named =
                platform.send("PUT", "/api/auth/frida", token, "{'firstName':'Frida'}");
        assertThat(named.statusCode()).as(named.body()).isEqualTo(200);
        assertThat(json(named).path("firstName").asText()).isEqualTo("Frida");
        HttpResponse<String> changed =
                platform.send(
                        "PUT",
                        "/api/auth/" + json(named).path("userId").asText(),
                        token,
                        "{'password':'frida2','currentPassword':'frida1'}");
        assertThat(changed.statusCode()).as(changed.body()).isEqualTo(200);
        assertThat(platform.send("GET", "/api/auth/whoami", token, "").statusCode()).isEqualTo(401);
        String again = login("frida", "frida2");
        assertThat(platform.send("GET", "/api/auth/whoami", again, "").statusCode()).isEqualTo(200);
    }

    @Test
    void aDeletedUserIsOut() throws Exception {
        make("gone", "");
        String token = login("gone", "gone1");
        HttpResponse<String> deleted = platform.as("admin", "DELETE", "/api/auth/gone", "");
        assertThat(deleted.statusCode()).isEqualTo(200);
        assertThat(deleted.body()).isEmpty();
        assertThat(platform.send("GET", "/api/auth/whoami", token, "").statusCode()).isEqualTo(401);
        assertThat(platform.as("admin", "GET", "/api/auth/admin/user/gone", "").statusCode())
                .isEqualTo(404);
    }

    private String login(String name, String password) throws Exception {
        HttpResponse<String> answer =
                platform.send(
                        "POST",
                        "/api/auth/login",
                        null,
                        "{'username':'%s','password':'%s'}".formatted(name, password));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        return json(answer).path("access_token").asText();
    }

    /// What is not offered is not said to be done.
    @Test
    void theDocumentSaysWhatIsNotOffered() throws Exception {
        JsonNode responses =
                json(platform.as("-", "GET", "/api/swagger-json", ""))
                        .at("/paths/~1api~1auth~1register/post/responses");
        assertThat(responses.properties()).extracting(e -> e.getKey()).containsExactly("501");
    }
}
