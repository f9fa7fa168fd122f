package eu.sermas.bus.rest.identity;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jwt.SignedJWT;
import eu.sermas.bus.rest.EventReader;
import eu.sermas.bus.rest.Platform;
import eu.sermas.bus.rest.http.Json;
import java.net.http.HttpResponse;
import java.time.Instant;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Who may revoke what over HTTP, and what becomes of requests and streams.
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RevocationTest {

    private static final String PATH = "/api/platform/revocation";

    @AutoClose private Platform platform;

    @BeforeAll
    void start() throws Exception {
        platform = new Platform();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "full   | 'type':'token','appId':'alpha','tokenId':'t1'       | 201 | -",
                "full   | 'type':'token','appId':'alpha','jti':'t1'           | 201 | -",
                "full   | 'type':'client','appId':'alpha','clientId':'gone'   | 201 | -",
                "full   | 'type':'client','appId':'alpha','clientId':'alpha-gone' | 201 | -",
                "full   | 'type':'user','appId':'alpha','userId':'nobody'     | 201 | -",
                "admin  | 'type':'client','appId':'beta','clientId':'gone'    | 201 | -",
                "admin  | 'type':'user','userId':'nobody'                     | 201 | -",
                "admin  | 'type':'token','tokenId':'t2'                       | 201 | -",
                "full   | 'type':'app','appId':'beta'                         | 403 | Forbidden resource",
                "full   | 'type':'client','appId':'beta','clientId':'talk'    | 403 | Forbidden resource",
                "full   | 'type':'token','tokenId':'t1'                       | 403 | Forbidden resource",
                "full   | 'type':'user','userId':'nobody'                     | 403 | Forbidden resource",
                "keeper | 'type':'client','appId':'alpha','clientId':'talk'   | 403 | Forbidden resource",
                "talk   | 'type':'client','appId':'alpha','clientId':'talk'   | 403 | Forbidden resource",
                "carol  | 'type':'app','appId':'alpha'                        | 403 | Forbidden resource",
                "-      | 'type':'app','appId':'alpha'                        | 401 | Unauthorized",
                "full   | 'appId':'alpha','clientId':'talk' | 400 |"
                        + " type missing (expected: token, client, user or app)",
                "full   | 'type':'client','appId':'alpha'                     | 400 | clientId missing",
                "full   | 'type':'token','appId':'alpha','tokenId':''         | 400 | tokenId missing",
                "full   | 'type':'user','appId':'alpha'                       | 400 | userId missing",
                "admin  | 'type':'app'                                        | 400 | appId missing",
                "full   | 'type':'all','appId':'alpha'                        | 400 | *type"
            })
    void onlyOnesOwn(String caller, String body, int status, String message) throws Exception {
        HttpResponse<String> answer = platform.as(caller, "POST", PATH, "{" + body + "}");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        String said = json(answer).path("message").asText("-");
        assertThat(said).startsWith(message.replace("*", ""));
    }

    @Test
    void itIsAnsweredAndListed() throws Exception {
        HttpResponse<String> answer =
                platform.as(
                        "admin",
                        "POST",
                        PATH,
                        "{'type':'client','appId':'beta','clientId':'beta-keeper'}");
        JsonNode revoked = json(answer);
        assertThat(revoked.path("type").asText()).isEqualTo("client");
        assertThat(revoked.path("appId").asText()).isEqualTo("beta");
        assertThat(revoked.path("id").asText()).isEqualTo("keeper");
        assertThat(Instant.parse(revoked.path("keptUntil").asText()))
                .isAfter(Instant.parse(revoked.path("revokedAt").asText()));
        HttpResponse<String> list = platform.as("admin", "GET", PATH + "?appId=beta", "");
        assertThat(list.statusCode()).isEqualTo(200);
        assertThat(json(list)).contains(revoked);
        assertThat(platform.as("full", "GET", PATH + "?appId=beta", "").statusCode())
                .isEqualTo(403);
        assertThat(platform.as("full", "GET", PATH, "").statusCode()).isEqualTo(403);
    }

    @Test
    void aRevokedTokenIsRefusedWithTheReasonAndItsStreamsEnd() throws Exception {
        String token = platform.token("beta", "full");
        String id = SignedJWT.parse(token).getJWTClaimsSet().getJWTID();
        int port = platform.server.port();
        try (EventReader denials = EventReader.open(port, "/api/app/beta/denials", token, null)) {
            assertThat(
                            platform.as(
                                            "admin",
                                            "POST",
                                            PATH,
                                            "{'type':'token','appId':'beta','tokenId':'"
                                                    + id
                                                    + "'}")
                                    .statusCode())
                    .isEqualTo(201);
            EventReader.Event end = denials.next();
            while (!end.name().equals("end")) {
                end = denials.next();
            }
            assertThat(end.json().path("reason").asText()).isEqualTo("token: revoked");
        }
        HttpResponse<String> refused = platform.send("GET", "/api/auth/whoami", token, "");
        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(refused.headers().firstValue("WWW-Authenticate").orElseThrow())
                .contains("token: revoked");
        assertThat(
                        platform.send("GET", "/api/auth/whoami", platform.token("beta", "full"), "")
                                .statusCode())
                .isEqualTo(200);
    }

    private static JsonNode json(HttpResponse<String> answer) throws Exception {
        return Json.MAPPER.readTree(answer.body());
    }
}
