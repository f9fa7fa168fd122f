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

/// Who may exchange the key that signs tokens, and what becomes of those that are out.
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class IssuerKeyRoutesTest {

    private static final String PATH = "/api/platform/issuer-key";

    @AutoClose private Platform platform;

    @BeforeAll
    void start() throws Exception {
        platform = new Platform();
    }

    private static JsonNode json(HttpResponse<String> answer) throws Exception {
        return Json.MAPPER.readTree(answer.body());
    }

    @ParameterizedTest
    @CsvSource({
        "-, GET, 401",
        "-, POST, 401",
        "carol, GET, 403",
        "carol, POST, 403",
        "full, GET, 403",
        "full, POST, 403"
    })
    void itIsForAdministrators(String caller, String method, int status) throws Exception {
        assertThat(platform.as(caller, method, PATH, "").statusCode()).isEqualTo(status);
    }

    @Test
    void tokensOfTheKeyBeforeStayGood() throws Exception {
        JsonNode before = json(platform.as("admin", "GET", PATH, ""));
        HttpResponse<String> rotated = platform.as("admin", "POST", PATH, "");
        assertThat(rotated.statusCode()).as(rotated.body()).isEqualTo(201);
        JsonNode keys = json(rotated);
        assertThat(keys.findValuesAsText("state")).startsWith("signing", "retired");
        assertThat(keys.path(1).path("kid")).isEqualTo(before.path(0).path("kid"));
        assertThat(keys.path(1).path("until").asText()).endsWith("Z");
        assertThat(keys.path(0).has("until")).isFalse();
        List<String> published =
                json(platform.as("-", "GET", "/.well-known/jwks.json", ""))
                        .path("keys")
                        .findValuesAsText("kid");
        assertThat(published).isEqualTo(keys.findValuesAsText("kid"));
        assertThat(rotated.body()).doesNotContain("\"d\"").doesNotContain("\"n\"");
        assertThat(platform.as("full", "GET", "/api/auth/whoami", "").statusCode()).isEqualTo(200);
        String fresh = platform.token("alpha", "full");
        assertThat(platform.send("GET", "/api/auth/whoami", fresh, "").statusCode()).isEqualTo(200);
        for (int i = keys.size(); i < 8; i++) {
            assertThat(platform.as("admin", "POST", PATH, "").statusCode()).isEqualTo(201);
        }
        HttpResponse<String> tooMany = platform.as("admin", "POST", PATH, "");
        assertThat(tooMany.statusCode()).isEqualTo(409);
        assertThat(json(tooMany).path("message").asText()).startsWith("issuer keys: 8 still");
        assertThat(platform.send("GET", "/api/auth/whoami", fresh, "").statusCode()).isEqualTo(200);
    }
}
