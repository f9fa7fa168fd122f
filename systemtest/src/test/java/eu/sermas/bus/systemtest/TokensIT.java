package eu.sermas.bus.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Tokens as the existing clients ask for them: the client's own, the five dialects of refresh, and
/// the login of people.
@ExtendWith(SharedBus.class)
class TokensIT {

    private static final String TOKEN = "/api/platform/token";
    private static final String REFRESH = "/api/platform/token/refresh";
    private static final int TWELVE_HOURS = 43_200;

    private final BusProcess bus;
    private final Rest rest;
    private final Rest admin;
    private final Tenant tenant;
    private final String app;

    TokensIT(BusProcess bus, Rest admin) {
        this.bus = bus;
        this.rest = bus.rest();
        this.admin = admin;
        this.tenant = Tenant.create(bus, admin, "tokens").client("robot", "robotics.status");
        this.app = tenant.appId();
    }

    @ParameterizedTest
    @ValueSource(strings = {TOKEN, TOKEN + "/access_token"})
    void aSecretGivesAToken(String path) {
        var body = rest.post(path, credentials("robot")).expect(201).json();

        assertTokenBody(body);
        var claims = Jwt.claims(body.get("access_token").asText());
        assertThat(claims.get("azp").asText()).isEqualTo(app + "-robot");
        assertThat(claims.get("aud").isTextual()).isTrue();
        assertThat(claims.get("exp").asLong() - claims.get("iat").asLong()).isEqualTo(TWELVE_HOURS);
        assertThat(claims.get("appId")).extracting(JsonNode::asText).containsExactly(app);
        assertThat(claims.get("typ").asText()).isEqualTo("Bearer");
        assertThat(claims.get("preferred_username").asText())
                .isEqualToIgnoringCase("service-account-" + app + "-robot");
        assertThat(claims.has("clientId") && claims.has("client_id")).isTrue();
    }

    @Test
    void theCompositeClientIdIsAcceptedToo() {
        rest.post(TOKEN, Map.of("appId", app, "clientId", app + "-robot", "clientSecret", secret()))
                .expect(201);
    }

    @Test
    void aTokenIsSignedWithThePublishedKey() {
        var header = Jwt.header(tenant.token("robot"));
        var keys = rest.get("/.well-known/jwks.json").expect(200).json().get("keys");

        assertThat(header.get("alg").asText()).isEqualTo("RS256");
        assertThat(StreamSupport.stream(keys.spliterator(), false))
                .anySatisfy(key -> assertThat(key.get("kid")).isEqualTo(header.get("kid")))
                .allSatisfy(key -> assertThat(key.has("d")).as("private part").isFalse());
    }

    @Test
    void aBadTokenRequestSaysWhatIsMissing() {
        rest.post(TOKEN, Map.of("clientId", "robot", "clientSecret", "x"))
                .expectError(400, "appId missing");
        rest.post(TOKEN, Map.of("appId", app, "clientSecret", "x")).expect(400);
        rest.post(TOKEN, Map.of("appId", app, "clientId", "robot"))
                .expectError(400, "One of clientSecret or bearer token is required");
        rest.post(TOKEN, Map.of("appId", app, "clientId", "robot", "clientSecret", "wrong"))
                .expectError(401, "Unauthorized");
        rest.post(TOKEN, Map.of("appId", "nobody", "clientId", "robot", "clientSecret", "x"))
                .expectError(401, "Unauthorized");
    }

    @Test
    void aStaleBearerDoesNotGetInTheWayOfATokenRequest() {
        rest.as("abc").post(TOKEN, credentials("robot")).expect(201);
    }

    @Test
    void rosProxyRefreshesWithTheTwoTokensAlone() {
        var tokens = tokens();

        var renewed =
                refreshed(
                        rest,
                        Map.of(
                                "accessToken", tokens.get("access_token").asText(),
                                "refreshToken", tokens.get("refresh_token").asText()));

        assertThat(renewed.get("refresh_token")).isNotEqualTo(tokens.get("refresh_token"));
        assertThat(rest.as(renewed.get("access_token").asText()).get("/api/auth/whoami").status())
                .isEqualTo(200);
    }

    @Test
    void theTypeScriptClientRefreshesWithEverythingItHas() {
        var tokens = tokens();
        var everything =
                Map.of(
                        "refreshToken",
                        tokens.get("refresh_token").asText(),
                        "appId",
                        app,
                        "clientId",
                        "robot",
                        "clientSecret",
                        secret());

        refreshed(rest.as(tokens.get("access_token").asText()), everything);
    }

    @Test
    void theTypeScriptClientRefreshesWithATokenThatItWasGiven() {
        var token = tokens().get("access_token").asText();
        var audience = Jwt.claims(token).get("aud").asText();

        refreshed(rest.as(token), Map.of("appId", app, "clientId", audience));
    }

    @Test
    void theWebToolkitRefreshesWithItsBearerAndTheCompositeId() {
        var token = tokens().get("access_token").asText();
        var composite = Jwt.claims(token).get("azp").asText();
        var body = Map.of("appId", app, "clientId", composite, "userId", "u", "sessionId", "s");

        refreshed(rest.as(token), body);
    }

    @Test
    void theCommandLineToolRefreshesWithEmptyFields() {
        var body =
                Map.of(
                        "refreshToken", tokens().get("refresh_token").asText(),
                        "clientSecret", "",
                        "appId", "");

        assertTokenBody(rest.post("/api/auth/refresh", body).expect(201).json());
    }

    @Test
    void theDocumentedPathRefreshesToo() {
        var body = Map.of("refreshToken", tokens().get("refresh_token").asText());

        assertTokenBody(rest.post("/api/platform/token/refresh_token", body).expect(201).json());
    }

    @Test
    void aSecretWithoutARefreshTokenIsATokenRequest() {
        refreshed(rest, credentials("robot"));
    }

    @Test
    void aRefreshTokenMustAgreeWithTheRest() {
        tenant.client("other", "ui");
        var refreshToken = tokens().get("refresh_token").asText();

        rest.post(REFRESH, Map.of("refreshToken", refreshToken, "appId", app, "clientId", "other"))
                .expect(401);
        rest.post(REFRESH, Map.of("refreshToken", refreshToken, "appId", "another")).expect(401);
        rest.post(REFRESH, Map.of("refreshToken", "no such token")).expect(401);
        rest.post(REFRESH, Map.of()).expect(401);
    }

    @Test
    void aRetryGetsThroughAndAReplayOfAnOlderTokenEndsTheFamily() {
        var first = tokens().get("refresh_token").asText();
        var second = refreshed(rest, Map.of("refreshToken", first)).get("refresh_token").asText();
        refreshed(rest, Map.of("refreshToken", first));
        var third = refreshed(rest, Map.of("refreshToken", second)).get("refresh_token").asText();

        rest.post(REFRESH, Map.of("refreshToken", first)).expect(401);
        rest.post(REFRESH, Map.of("refreshToken", third)).expect(401);
    }

    @Test
    void aTokenWithoutASecretIsForThoseWhoAreEntitled() {
        tenant.client("issuer", "platform.token", "robotics")
                .client("narrow", "platform.token")
                .client("plain", "ui");
        var request = Map.of("appId", app, "clientId", "robot");

        assertTokenBody(admin.post(TOKEN, request).expect(201).json());
        tenant.rest("robot").post(TOKEN, request).expect(201);
        tenant.rest("issuer").post(TOKEN, request).expect(201);
        tenant.rest("narrow").post(TOKEN, request).expect(403);
        tenant.rest("plain").post(TOKEN, request).expect(403);
        admin.post(TOKEN, Map.of("appId", app, "clientId", "nobody")).expect(404);
    }

    @Test
    void peopleLogInAndRefresh() {
        newUser("ada");
        var login = Map.of("username", "ada", "password", "ada-password");

        var tokens = rest.post("/api/auth/login", login).expect(201).json();

        assertTokenBody(tokens);
        var claims = Jwt.claims(tokens.get("access_token").asText());
        assertThat(claims.get("azp").asText()).isEqualTo("platform");
        assertThat(claims.get("preferred_username").asText()).isEqualTo("ada");
        var refresh = Map.of("refreshToken", tokens.get("refresh_token").asText());
        assertTokenBody(rest.post("/api/auth/refresh", refresh).expect(201).json());
    }

    @Test
    void aBadLoginSaysNoMoreThanItMust() {
        var path = "/api/auth/login";
        rest.post(path, Map.of("username", "ad", "password", "x"))
                .expectError(400, "missing username");
        rest.post(path, Map.of("username", "admin")).expectError(400, "missing password");
        var wrongPassword = rest.post(path, Map.of("username", "admin", "password", "wrong"));
        var wrongName = rest.post(path, Map.of("username", "nobody", "password", "wrong"));
        assertThat(wrongPassword.expect(401).body()).isEqualTo(wrongName.expect(401).body());
        rest.post(
                        path,
                        Map.of(
                                "username", BusProcess.ADMIN,
                                "password", BusProcess.ADMIN_PASSWORD,
                                "appId", "no-such-app"))
                .expect(401);
    }

    @Test
    void aUserAccountAloneReachesNoTopic() throws Exception {
        newUser("eve");
        var token = rest.login("eve", "eve-password");

        try (var eve = Mqtt.connect(bus, token)) {
            assertThat(eve.subscribe(0, "#", "app/+/ui/content", tenant.topic("ui/content")))
                    .containsOnly(0x87);
        }
    }

    @Test
    void whoamiShowsTheClaims() {
        var token = tenant.token("robot");

        assertThat(rest.as(token).get("/api/auth/whoami").expect(200).json())
                .isEqualTo(Jwt.claims(token));
        rest.get("/api/auth/whoami").expectError(401, "Unauthorized");
    }

    @Test
    void usersAreMadeByTheAdministratorOnly() {
        var grace = user("grace");
        tenant.rest("robot").post("/api/auth/admin/user", grace).expect(403);
        rest.post("/api/auth/admin/user", grace).expect(401);
        assertThat(admin.post("/api/auth/admin/user", grace).expect(201).text("userId"))
                .isEqualTo("grace");

        var imported =
                admin.post("/api/auth/admin/import", List.of(user("joan"), user("mary")))
                        .expect(201)
                        .json();
        assertThat(imported)
                .extracting(item -> item.get("userId").asText())
                .containsExactly("joan", "mary");
        rest.login("mary", "mary-password");
    }

    @Test
    void whatTheBusDoesNotDoIsSaidPlainly() {
        rest.post("/api/auth/register", user("someone")).expect(501);
    }

    private JsonNode tokens() {
        return rest.post(TOKEN, credentials("robot")).expect(201).json();
    }

    private static JsonNode refreshed(Rest rest, Map<String, String> body) {
        var tokens = rest.post(REFRESH, body).expect(201).json();
        assertTokenBody(tokens);
        return tokens;
    }

    private static void assertTokenBody(JsonNode body) {
        assertThat(body.path("access_token").isTextual()).as(body.toString()).isTrue();
        assertThat(body.path("refresh_token").isTextual()).as(body.toString()).isTrue();
        assertThat(body.path("token_type").asText()).isEqualTo("Bearer");
        assertThat(body.path("expires_in").asInt()).isBetween(TWELVE_HOURS - 60, TWELVE_HOURS);
        assertThat(body.path("refresh_expires_in").asInt()).isPositive();
        assertThat(body.has("not-before-policy") && body.has("session_state") && body.has("scope"))
                .as(body.toString())
                .isTrue();
        assertThat(body.has("statusCode")).as("a success with a statusCode").isFalse();
    }

    private Map<String, String> credentials(String clientId) {
        return Map.of("appId", app, "clientId", clientId, "clientSecret", tenant.secret(clientId));
    }

    private String secret() {
        return tenant.secret("robot");
    }

    private void newUser(String name) {
        admin.post("/api/auth/admin/user", user(name)).expect(201);
        bus.output().mustNotHold(name + "-password");
    }

    private static Map<String, String> user(String name) {
        return Map.of(
                "username", name,
                "email", name + "@example.org",
                "password", name + "-password");
    }
}
