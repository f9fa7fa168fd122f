package eu.sermas.bus.identity;

import static eu.sermas.bus.identity.Bench.done;
import static eu.sermas.bus.identity.Bench.refused;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.access.Credential;
import eu.sermas.bus.identity.Revocation.Kind;
import eu.sermas.bus.store.Store;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RevocationsTest {

    private static final byte[] EMPTY = new byte[0];

    private final Bench bench = Bench.withApp();
    private final Revocations revocations = bench.identity.revocations();
    private final String alice =
            bench.identity.users().named("alice").map(User::userId).orElseThrow();
    private final TokenResponse c1 = bench.token("myapp", "c1");
    private final TokenResponse c1Again = bench.token("myapp", "c1");
    private final TokenResponse c2 = bench.token("myapp", "c2");
    private final TokenResponse user = bench.login("alice", "myapp", null);
    private final TokenResponse userElsewhere = bench.login("alice", null, null);
    private final List<TokenResponse> all = List.of(c1, c1Again, c2, user, userElsewhere);

    @BeforeEach
    void laterThanTheTokens() {
        bench.events.clear();
        bench.pass(Duration.ofSeconds(5));
    }

    private Revocation revoke(Kind kind, @Nullable String appId, String id) {
        return done(revocations.revoke(kind, appId, id));
    }

    /// Neither the token is accepted any more, nor what could make a new one of it.
    private void assertRevoked(TokenResponse... revoked) {
        for (TokenResponse one : all) {
            boolean dead = List.of(revoked).contains(one);
            if (dead) {
                assertThat(bench.refusalOf(one.accessToken(), EMPTY)).startsWith("token: revoked");
            } else {
                assertThat(bench.refusalOf(one.accessToken(), EMPTY)).isNull();
            }
            Outcome<TokenResponse> byBearer =
                    bench.identity
                            .tokens()
                            .refresh(
                                    new TokenService.RefreshRequest(null, null, null, null),
                                    one.accessToken(),
                                    Bench.ADDRESS);
            assertThat(byBearer instanceof Outcome.Refused).as("by bearer").isEqualTo(dead);
            assertThat(bench.refresh(one.refreshToken()) instanceof Outcome.Refused)
                    .as("by refresh token")
                    .isEqualTo(dead);
        }
    }

    private String idOf(TokenResponse token) {
        return String.valueOf(bench.claimsOf(token).get("jti"));
    }

    @Test
    void oneToken() {
        revoke(Kind.TOKEN, "myapp", idOf(c1));
        assertRevoked(c1);
    }

    @Test
    void aTokenIsNotRevokedInTheNameOfAnotherApp() {
        revoke(Kind.TOKEN, "other", idOf(c1));
        revoke(Kind.CLIENT, "other", "c1");
        revoke(Kind.USER, "other", alice);
        revoke(Kind.APP, "other", "");
        assertRevoked();
    }

    @Test
    void everythingOfAClient() {
        revoke(Kind.CLIENT, "myapp", "c1");
        assertRevoked(c1, c1Again);
    }

    @Test
    void aUserInOneApp() {
        revoke(Kind.USER, "myapp", alice);
        assertRevoked(user);
    }

    @Test
    void aUserEverywhere() {
        revoke(Kind.USER, null, alice);
        assertRevoked(user, userElsewhere);
    }

    @Test
    void everythingOfAnApp() {
        revoke(Kind.APP, "myapp", "");
        assertRevoked(c1, c1Again, c2, user);
    }

    @Test
    void theLoginsToThePlatformItself() {
        revoke(Kind.CLIENT, null, "platform");
        assertRevoked(userElsewhere);
    }

    @Test
    void aTokenThatWasRenewedTakesItsSuccessorsNotWithIt() {
        TokenResponse next = done(bench.refresh(c1.refreshToken()));
        revoke(Kind.TOKEN, "myapp", idOf(c1));
        assertThat(bench.refusalOf(c1.accessToken(), EMPTY)).isEqualTo("token: revoked");
        assertThat(bench.refusalOf(next.accessToken(), EMPTY)).isNull();
        assertThat(bench.refresh(next.refreshToken())).isInstanceOf(Outcome.Done.class);
    }

    @Test
    void aRenewalThatIsAskedForTwiceIsOneToken() {
        TokenResponse next = done(bench.refresh(c1.refreshToken()));
        TokenResponse again = done(bench.refresh(c1.refreshToken()));
        revoke(Kind.TOKEN, "myapp", idOf(next));
        assertThat(bench.refusalOf(again.accessToken(), EMPTY)).isEqualTo("token: revoked");
        assertThat(refused(bench.refresh(again.refreshToken())).kind())
                .isEqualTo(Refusal.Kind.UNAUTHORIZED);
    }

    @Test
    void whoProvesWhoTheyAreGetsATokenThatCountsEvenInTheSameSecond() {
        revoke(Kind.APP, "myapp", "");
        revoke(Kind.CLIENT, "myapp", "c1");
        TokenResponse fresh = bench.token("myapp", "c1");
        assertThat(bench.refusalOf(fresh.accessToken(), EMPTY)).isNull();
        assertThat(done(bench.refresh(fresh.refreshToken())).accessToken()).isNotEmpty();
        revoke(Kind.CLIENT, "myapp", "c1"); // the token is of the second after this one
        assertThat(bench.refusalOf(fresh.accessToken(), EMPTY)).isNull();
        bench.pass(Duration.ofSeconds(1));
        revoke(Kind.CLIENT, "myapp", "c1");
        assertThat(bench.refusalOf(fresh.accessToken(), EMPTY)).isNotNull();
    }

    @Test
    void itIsToldOnceItIsInForce() {
        Revocation revocation = revoke(Kind.CLIENT, "myapp", "c1");
        assertThat(bench.events).containsExactly(new IdentityEvent.TokensRevoked(revocation));
        assertThat(revocation.reason())
                .isEqualTo("token: revoked with all of client c1 of app myapp");
        assertThat(revocation.concerns(bench.accepted(c2).credential())).isFalse();
        assertThat(revocations.of("myapp")).containsExactly(revocation);
        assertThat(revocations.of("other")).isEmpty();
    }

    @Test
    void itOutlivesTheProcess() {
        revoke(Kind.TOKEN, "myapp", idOf(c1));
        revoke(Kind.CLIENT, "myapp", "c2");
        Bench next = new Bench(bench.store, bench.settings);
        next.pass(Duration.ofSeconds(5));
        assertThat(next.refusalOf(c1.accessToken(), EMPTY)).isEqualTo("token: revoked");
        assertThat(next.refusalOf(c2.accessToken(), EMPTY)).startsWith("token: revoked");
        assertThat(next.refusalOf(c1Again.accessToken(), EMPTY)).isNull();
        assertThat(refused(next.refresh(c2.refreshToken())).kind())
                .isEqualTo(Refusal.Kind.UNAUTHORIZED);
    }

    @Test
    void itIsForgottenWhenTheLastTokenHasExpired() {
        Revocation revocation = revoke(Kind.TOKEN, "myapp", idOf(c1));
        assertThat(revocation.until() - revocation.at())
                .isEqualTo(IdentitySettings.MAX_LIFETIME.toSeconds());
        bench.pass(IdentitySettings.MAX_LIFETIME.plusSeconds(1));
        assertThat(revocations.of("myapp")).isEmpty();
        revoke(Kind.USER, "myapp", "nobody");
        assertThat(stored()).isEqualTo(1);
    }

    @Test
    void ofOneNameOnlyTheLatestIsKept() {
        revoke(Kind.CLIENT, "myapp", "c1");
        bench.pass(Duration.ofHours(1));
        Revocation latest = revoke(Kind.CLIENT, "myapp", "c1");
        assertThat(revocations.of("myapp")).containsExactly(latest);
        assertThat(stored()).isEqualTo(1);
    }

    private int stored() {
        AtomicInteger number = new AtomicInteger();
        bench.store.scan(
                Store.Family.APP,
                "revoked/".getBytes(UTF_8),
                (_, _) -> number.incrementAndGet() > 0);
        return number.get();
    }

    @Test
    void anAppCannotFillTheMemory() {
        for (int i = 0; i < 10_000; i++) {
            revoke(Kind.TOKEN, "myapp", "t" + i);
        }
        assertThat(refused(revocations.revoke(Kind.TOKEN, "myapp", "one more")).kind())
                .isEqualTo(Refusal.Kind.CONFLICT);
        assertThat(revocations.revoke(Kind.TOKEN, "myapp", "t1")).isInstanceOf(Outcome.Done.class);
        assertThat(revocations.revoke(Kind.TOKEN, "other", "t")).isInstanceOf(Outcome.Done.class);
    }

    @Test
    void anIdIsNeededAndBounded() {
        assertThat(refused(revocations.revoke(Kind.TOKEN, "myapp", "")).message())
                .isEqualTo("id: 0 characters (expected: 1..512)");
        assertThat(refused(revocations.revoke(Kind.USER, null, "u".repeat(513))).message())
                .isEqualTo("id: 513 characters (expected: 1..512)");
        assertThat(refused(revocations.revoke(Kind.APP, null, "")).message())
                .isEqualTo("appId missing");
    }

    @Test
    void aTokenThatDoesNotSayWhenItWasIssuedIsOlderThanEveryRevocation() {
        revoke(Kind.APP, "myapp", "");
        assertThat(revocations.refusalOf(new Credential("", 0, Set.of("other", "myapp"), "c", "u")))
                .isEqualTo("token: revoked with all of app myapp");
        assertThat(revocations.refusalOf(Credential.NONE)).isNull();
    }
}
