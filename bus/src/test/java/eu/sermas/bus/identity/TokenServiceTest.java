package eu.sermas.bus.identity;

import static eu.sermas.bus.identity.Bench.ADDRESS;
import static eu.sermas.bus.identity.Bench.SECRET;
import static eu.sermas.bus.identity.Bench.done;
import static eu.sermas.bus.identity.Bench.refused;
import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.access.AccessRights;
import eu.sermas.bus.access.Principal;
import eu.sermas.bus.identity.Refusal.Kind;
import eu.sermas.bus.identity.TokenService.LoginRequest;
import eu.sermas.bus.identity.TokenService.RefreshRequest;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenServiceTest {

    private final Bench bench = Bench.withApp();

    @Test
    void aTokenSaysWhatClientsRead() {
        TokenResponse response = bench.token("myapp", "c1");
        assertThat(response.expiresIn()).isEqualTo(43_200);
        assertThat(response.refreshExpiresIn()).isEqualTo(43_200);
        assertThat(response.tokenType()).isEqualTo("Bearer");
        Map<String, Object> claims = bench.claimsOf(response);
        assertThat(claims)
                .containsEntry("iss", "http://localhost:8080")
                .containsEntry("azp", "myapp-c1")
                .containsEntry("aud", List.of("c1"))
                .containsEntry("appId", List.of("myapp"))
                .containsEntry("clientId", "c1")
                .containsEntry("client_id", "c1")
                .containsEntry("typ", "Bearer")
                .containsEntry("preferred_username", "service-account-myapp-c1")
                .containsEntry("realm_access", Map.of("roles", List.of()))
                .containsEntry("sid", response.sessionState())
                .containsKeys("sub", "jti", "iat", "exp", "acr", "scope", "session_state");
    }

    @Test
    void theAudienceIsAString() throws LoginRefused {
        String payload =
                bench.identity
                        .verifier()
                        .verify(bench.token("myapp", "c1").accessToken())
                        .payload();
        assertThat(payload).contains("\"aud\":\"c1\"").contains("\"appId\":[\"myapp\"]");
    }

    @ParameterizedTest
    @CsvSource({"c1", "myapp-c1", "avatar", "myapp-avatar"})
    void aClientIsKnownByItsShortAndItsCompositeId(String id) {
        assertThat(bench.accepted(bench.token("myapp", id)).principal().kind())
                .isEqualTo(Principal.Kind.CLIENT);
    }

    @ParameterizedTest
    @CsvSource({
        "'', c1, s, 400, appId missing",
        "myapp, '', s, 400, clientId missing",
        "myapp, c1, '', 400, One of clientSecret or bearer token is required",
        "myapp, c1, wrong, 401,",
        "myapp, nobody, secret-password, 401,",
        "other, c1, secret-password, 401,",
        "myapp, application, secret-password, 401,",
        "myapp, 1, secret-password, 401,"
    })
    void refusals(String appId, String clientId, String secret, int status, String message) {
        Refusal refusal = refused(bench.request(appId, clientId, secret));
        assertThat(refusal.kind().status()).isEqualTo(status);
        assertThat(refusal.message()).isEqualTo(message);
    }

    @Test
    void wrongSecretsAreThrottledAndTheThrottleOpensAgain() {
        for (int i = 0; i < 10; i++) {
            assertThat(refused(bench.request("myapp", "c1", "wrong")).kind())
                    .isEqualTo(Kind.UNAUTHORIZED);
        }
        Refusal refusal = refused(bench.request("myapp", "c1", SECRET));
        assertThat(refusal.kind()).isEqualTo(Kind.TOO_MANY_REQUESTS);
        assertThat(refusal.retryAfter()).isEqualTo(Duration.ofSeconds(6));
        bench.token("myapp", "c2");
        bench.pass(Duration.ofSeconds(6));
        bench.token("myapp", "c1");
    }

    @Test
    void oneAddressIsThrottledOverAllIdentities() {
        for (int i = 0; i < 100; i++) {
            assertThat(refused(bench.refresh("nonsense." + i)).kind()).isEqualTo(Kind.UNAUTHORIZED);
        }
        assertThat(refused(bench.refresh("nonsense.100")).kind()).isEqualTo(Kind.TOO_MANY_REQUESTS);
    }

    @Test
    void rightRequestsAreNeverThrottled() {
        for (int i = 0; i < 150; i++) {
            bench.token("myapp", "c1");
        }
    }

    @Test
    void manyRightRequestsAtTheSameTimeAreNotThrottled() throws Exception {
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<TokenResponse>> answers =
                    IntStream.range(0, 200)
                            .mapToObj(_ -> executor.submit(() -> bench.token("myapp", "c1")))
                            .toList();
            for (Future<TokenResponse> answer : answers) {
                assertThat(answer.get().accessToken()).isNotEmpty();
            }
        }
    }

    @Test
    void manyGuessesAtTheSameTimeAreNoMoreThanTen() throws Exception {
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Kind>> answers =
                    IntStream.range(0, 50)
                            .mapToObj(
                                    i ->
                                            executor.submit(
                                                    () ->
                                                            refused(
                                                                            bench.request(
                                                                                    "myapp",
                                                                                    "c1",
                                                                                    "guess" + i))
                                                                    .kind()))
                            .toList();
            int tried = 0;
            for (Future<Kind> answer : answers) {
                tried += answer.get() == Kind.UNAUTHORIZED ? 1 : 0;
            }
            assertThat(tried).isEqualTo(10);
        }
    }

    // ---- without a secret

    @ParameterizedTest
    @CsvSource({
        "c1, c3, 201", // holds platform.token, and what c3 holds
        "c1, c2, 403", // but not what c2 holds
        "c1, avatar, 403",
        "c4, c2, 201",
        "c4, application, 403", // for the owner alone, whatever somebody holds
        "c2, c2, 201", // itself
        "c2, c1, 403",
        "c2, application, 403",
        "c2, nobody, 403",
        "c1, nobody, 404"
    })
    void aClientMayHaveTheTokenOfAnother(String caller, String target, int status) {
        for (AppClient more :
                List.of(Bench.client("c3", "dialogue.messages:read"), Bench.client("c4", "*"))) {
            done(bench.identity.registry().createClient("myapp", more, AccessRights.system()));
        }
        String bearer = bench.token("myapp", caller).accessToken();
        Outcome<TokenResponse> outcome = bench.requestWith(bearer, "myapp", target);
        if (status == 201) {
            assertThat(bench.accepted(done(outcome)).principal().clientId()).isEqualTo(target);
        } else {
            assertThat(refused(outcome).kind().status()).isEqualTo(status);
        }
    }

    @Test
    void noTokenForAnotherApp() {
        done(bench.identity.registry().createApp(bench.app("other", "somebody")));
        String bearer = bench.token("myapp", "c1").accessToken();
        for (String target : List.of("c1", "c2", "avatar", "application")) {
            assertThat(refused(bench.requestWith(bearer, "other", target)).kind())
                    .isEqualTo(Kind.FORBIDDEN);
        }
        assertThat(refused(bench.requestWith(bearer, "unknown", "c1")).kind())
                .isEqualTo(Kind.FORBIDDEN);
    }

    @Test
    void ownerAndAdministratorMayHaveAnyTokenOfTheApp() {
        for (String user : List.of("alice", "root")) {
            String bearer = bench.login(user, "myapp", null).accessToken();
            TokenResponse response = done(bench.requestWith(bearer, "myapp", "application"));
            assertThat(bench.accepted(response).principal().kind())
                    .isEqualTo(Principal.Kind.CLIENT);
        }
    }

    @Test
    void anotherUserGetsNoTokenOfAClientNotEvenOfTheOneLoggedInThrough() {
        String bearer = bench.login("bob", "myapp", null).accessToken();
        assertThat(refused(bench.requestWith(bearer, "myapp", "application")).kind())
                .isEqualTo(Kind.FORBIDDEN);
        assertThat(refused(bench.requestWith(bearer, "myapp", "c1")).kind())
                .isEqualTo(Kind.FORBIDDEN);
        String platform = bench.login("bob", null, null).accessToken();
        assertThat(refused(bench.requestWith(platform, "myapp", "c1")).kind())
                .isEqualTo(Kind.FORBIDDEN);
    }

    @Test
    void aBadBearerCountsWhereThereIsNoSecretAndIsIgnoredWhereThereIsOne() {
        assertThat(refused(bench.requestWith("rubbish", "myapp", "c1")).kind())
                .isEqualTo(Kind.UNAUTHORIZED);
        done(
                bench.identity
                        .tokens()
                        .token(
                                new TokenService.TokenRequest("myapp", "c1", SECRET),
                                "rubbish",
                                ADDRESS));
    }

    // ---- the dialects of refresh

    private Outcome<TokenResponse> refresh(
            @Nullable String token,
            @Nullable String appId,
            @Nullable String clientId,
            @Nullable String secret,
            @Nullable String bearer) {
        return bench.identity
                .tokens()
                .refresh(new RefreshRequest(token, appId, clientId, secret), bearer, ADDRESS);
    }

    @Test
    void theRefreshTokenAlone() {
        TokenResponse first = bench.token("myapp", "c1");
        bench.pass(Duration.ofMinutes(2));
        TokenResponse second = done(refresh(first.refreshToken(), null, null, null, null));
        assertThat(second.refreshToken()).isNotEqualTo(first.refreshToken());
        assertThat(second.sessionState()).isEqualTo(first.sessionState());
        assertThat(bench.accepted(second).principal()).isEqualTo(bench.accepted(first).principal());
    }

    @Test
    void theRefreshTokenWithEverythingAboutTheClient() {
        TokenResponse first = bench.token("myapp", "c1");
        done(refresh(first.refreshToken(), "myapp", "c1", SECRET, first.accessToken()));
    }

    @Test
    void theRefreshTokenWithEmptyFields() {
        TokenResponse first = bench.login("alice", "myapp", null);
        TokenResponse second = done(refresh(first.refreshToken(), "", "", "", null));
        assertThat(bench.accepted(second).principal().name()).isEqualTo("alice");
    }

    @ParameterizedTest
    @CsvSource({"myapp, myapp-c1", "myapp, c1", ", c1", "myapp,", ","})
    void theBearerAlone(@Nullable String appId, @Nullable String clientId) {
        TokenResponse first = bench.token("myapp", "c1");
        bench.pass(Duration.ofHours(11));
        TokenResponse second = done(refresh(null, appId, clientId, "", first.accessToken()));
        assertThat(second.expiresIn()).isEqualTo(43_200);
        assertThat(bench.claimsOf(second)).containsEntry("azp", "myapp-c1");
    }

    @Test
    void theSecretAlone() {
        done(refresh(null, "myapp", "c1", SECRET, null));
    }

    @ParameterizedTest
    @CsvSource({"other, c1, ''", "myapp, c2, ''", "'', myapp-c2, ''", "myapp, c1, wrong"})
    void aContradictionIsRefusedAndTheTokenStaysGood(String appId, String clientId, String secret) {
        TokenResponse first = bench.token("myapp", "c1");
        assertThat(refused(refresh(first.refreshToken(), appId, clientId, secret, null)).kind())
                .isEqualTo(Kind.UNAUTHORIZED);
        done(bench.refresh(first.refreshToken()));
    }

    @Test
    void aBearerForAnotherClientIsRefused() {
        String bearer = bench.token("myapp", "c1").accessToken();
        assertThat(refused(refresh(null, "myapp", "c2", null, bearer)).kind())
                .isEqualTo(Kind.UNAUTHORIZED);
        assertThat(refused(refresh(null, null, null, null, null)).kind())
                .isEqualTo(Kind.UNAUTHORIZED);
    }

    @Test
    void aUserWhoRenewsByBearerStaysAUser() {
        String bearer = bench.login("bob", "myapp", null).accessToken();
        TokenResponse renewed = done(refresh(null, "myapp", "myapp-application", null, bearer));
        assertThat(bench.accepted(renewed).principal().kind()).isEqualTo(Principal.Kind.USER);
    }

    @Test
    void aSessionEndsAtItsMaximumAge() {
        TokenResponse token = bench.token("myapp", "c1");
        for (int i = 0; i < 59; i++) {
            bench.pass(Duration.ofHours(12).minusMinutes(1));
            token = done(refresh(null, null, null, null, token.accessToken()));
        }
        bench.pass(Duration.ofHours(12).minusMinutes(1));
        TokenResponse last = done(refresh(null, null, null, null, token.accessToken()));
        assertThat(last.expiresIn()).isEqualTo(3_600);
        bench.pass(Duration.ofMinutes(59));
        assertThat(refused(refresh(null, null, null, null, last.accessToken())).kind())
                .isEqualTo(Kind.UNAUTHORIZED);
        assertThat(refused(bench.refresh(last.refreshToken())).kind()).isEqualTo(Kind.UNAUTHORIZED);
    }

    // ---- rotation

    @Test
    void aRepeatedRequestGetsTheSameSuccessor() {
        String first = bench.token("myapp", "c1").refreshToken();
        String second = done(bench.refresh(first)).refreshToken();
        bench.pass(Duration.ofSeconds(59));
        assertThat(done(bench.refresh(first)).refreshToken()).isEqualTo(second);
        assertThat(done(bench.refresh(second)).refreshToken()).isNotEqualTo(second);
    }

    @Test
    void reuseEndsTheFamily() {
        String first = bench.token("myapp", "c1").refreshToken();
        String second = done(bench.refresh(first)).refreshToken();
        bench.pass(Duration.ofSeconds(60));
        assertThat(refused(bench.refresh(first)).kind()).isEqualTo(Kind.UNAUTHORIZED);
        assertThat(refused(bench.refresh(second)).kind()).isEqualTo(Kind.UNAUTHORIZED);
    }

    @Test
    void theOneBeforeTheLastIsReuseAtOnce() {
        String first = bench.token("myapp", "c1").refreshToken();
        String second = done(bench.refresh(first)).refreshToken();
        String third = done(bench.refresh(second)).refreshToken();
        assertThat(refused(bench.refresh(first)).kind()).isEqualTo(Kind.UNAUTHORIZED);
        assertThat(refused(bench.refresh(third)).kind()).isEqualTo(Kind.UNAUTHORIZED);
    }

    @Test
    void anExpiredRefreshTokenIsRefused() {
        String first = bench.token("myapp", "c1").refreshToken();
        bench.pass(Duration.ofHours(12));
        assertThat(refused(bench.refresh(first)).kind()).isEqualTo(Kind.UNAUTHORIZED);
    }

    @Test
    void refreshTokensOutliveTheProcessAndAreNotInTheStore() {
        String first = bench.token("myapp", "c1").refreshToken();
        String second = done(bench.refresh(first)).refreshToken();
        assertThat(bench.storedText())
                .doesNotContain(first.substring(first.indexOf('.') + 1))
                .doesNotContain(second.substring(second.indexOf('.') + 1));
        Bench after = new Bench(bench.store, bench.settings);
        done(after.refresh(first)); // repeated: the answer may have been lost with the process
        Bench later = new Bench(bench.store, bench.settings);
        later.pass(Duration.ofMinutes(2));
        assertThat(refused(later.refresh(first)).kind()).isEqualTo(Kind.UNAUTHORIZED);
    }

    // ---- people

    @ParameterizedTest
    @CsvSource({
        "al, pw, , , 400, missing username",
        ", pw, , , 400, missing username",
        "alice, , , , 400, missing password",
        "alice, wrong, , , 401,",
        "nobody, pw-alice, , , 401,",
        "alice, pw-alice, unknown, , 401,",
        "alice, pw-alice, myapp, unknown, 401,",
        "alice, pw-alice, , unknown, 401,"
    })
    void refusedLogins(
            @Nullable String user,
            @Nullable String password,
            @Nullable String appId,
            @Nullable String clientId,
            int status,
            @Nullable String message) {
        Refusal refusal =
                refused(
                        bench.identity
                                .tokens()
                                .login(new LoginRequest(user, password, appId, clientId), ADDRESS));
        assertThat(refusal.kind().status()).isEqualTo(status);
        assertThat(refusal.message()).isEqualTo(message);
    }

    @Test
    void noUserIsEverASystemClient() {
        for (String user : List.of("alice", "bob", "root")) {
            TokenResponse response = bench.login(user, null, null);
            assertThat(bench.claimsOf(response)).containsEntry("azp", "platform");
            var login = bench.accepted(response);
            assertThat(login.principal().kind()).isEqualTo(Principal.Kind.USER);
            assertThat(login.rights().maySubscribe(TopicFilter.of("#")).isAllowed()).isFalse();
            assertThat(login.rights().maySubscribe(TopicFilter.of("app/+/ui/content")).isAllowed())
                    .isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "alice, myapp, , true, true",
        "alice, myapp, c1, false, true",
        "alice, , , true, true",
        "bob, myapp, , false, false",
        "bob, myapp, c1, false, false",
        "bob, myapp, avatar, false, false",
        "bob, , , false, false",
        "root, , , true, true"
    })
    void whatAUserMay(
            String user,
            @Nullable String appId,
            @Nullable String clientId,
            boolean everything,
            boolean messages) {
        var rights = bench.accepted(bench.login(user, appId, clientId)).rights();
        assertThat(rights.maySubscribe(TopicFilter.of("app/myapp/#")).isAllowed())
                .isEqualTo(everything);
        assertThat(rights.mayPublish(Topic.of("app/myapp/dialogue/messages/s")).isAllowed())
                .isEqualTo(messages);
        assertThat(rights.mayPublish(Topic.of("app/other/dialogue/messages/s")).isAllowed())
                .isEqualTo(user.equals("root"));
    }

    @Test
    void ownersAndTheClientApplicationHaveTheRole() {
        String key = "myapp-application";
        Map<String, Object> role = Map.of(key, Map.of("roles", List.of("app-owner")));
        assertThat(bench.claimsOf(bench.login("alice", "myapp", null)))
                .containsEntry("resource_access", role);
        assertThat(bench.claimsOf(bench.login("bob", "myapp", null)))
                .containsEntry("resource_access", Map.of());
    }

    @Test
    void theSystemClient() {
        TokenResponse response = done(bench.request("", "platform", "top-secret"));
        var login = bench.accepted(response);
        assertThat(login.principal().kind()).isEqualTo(Principal.Kind.SYSTEM);
        assertThat(login.rights().maySubscribe(TopicFilter.of("#")).isAllowed()).isTrue();
        assertThat(refused(bench.request("platform", "platform", "wrong")).kind())
                .isEqualTo(Kind.UNAUTHORIZED);
        String bearer = bench.login("root", null, null).accessToken();
        assertThat(refused(bench.requestWith(bearer, "platform", "platform")).kind())
                .isEqualTo(Kind.FORBIDDEN);
        done(bench.refresh(response.refreshToken()));

        Bench without = new Bench(bench.store, bench.settings.withSystemClients(Map.of()));
        assertThat(refused(without.request("platform", "platform", "platform")).kind())
                .isEqualTo(Kind.UNAUTHORIZED);
        assertThat(refused(without.refresh(response.refreshToken())).kind())
                .isEqualTo(Kind.UNAUTHORIZED);
    }

    @Test
    void everyTokenIsReported() {
        TokenResponse token = bench.token("myapp", "c1");
        done(bench.refresh(token.refreshToken()));
        bench.login("alice", "myapp", null);
        assertThat(bench.events)
                .containsExactly(
                        new IdentityEvent.TokenIssued(
                                "myapp", "myapp-c1", IdentityEvent.TokenType.ACCESS),
                        new IdentityEvent.TokenIssued(
                                "myapp", "myapp-c1", IdentityEvent.TokenType.REFRESH),
                        new IdentityEvent.TokenIssued(
                                "myapp", "myapp-application", IdentityEvent.TokenType.ACCESS),
                        new IdentityEvent.UserLoggedIn(
                                "myapp", bench.identity.users().named("Alice").orElseThrow()));
    }
}
