package eu.sermas.bus.identity;

import static eu.sermas.bus.identity.Bench.done;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import eu.sermas.bus.access.AccessRights;
import eu.sermas.bus.access.Login;
import eu.sermas.bus.access.Principal;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.store.memory.MemoryStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Duration;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("JavaUtilDate") // that is what the JWT library takes
class TokenVerifierTest {

    private static final byte[] EMPTY = new byte[0];

    private final Bench bench = Bench.withApp();
    private final RSAKey key = keyOf(bench);
    private final String good = bench.token("myapp", "c1").accessToken();

    private static RSAKey keyOf(Bench bench) {
        Path directory = Objects.requireNonNull(bench.settings.dataDirectory());
        try {
            return RSAKey.parse(Files.readString(directory.resolve("issuer-key.json")));
        } catch (IOException | ParseException e) {
            throw new AssertionError(e);
        }
    }

    private JWTClaimsSet.Builder goodClaims() throws ParseException {
        return new JWTClaimsSet.Builder(SignedJWT.parse(good).getJWTClaimsSet());
    }

    private static String sign(JWSAlgorithm algorithm, String keyId, JWTClaimsSet c, JWSSigner by)
            throws JOSEException {
        SignedJWT token = new SignedJWT(new JWSHeader.Builder(algorithm).keyID(keyId).build(), c);
        token.sign(by);
        return token.serialize();
    }

    private String signed(JWTClaimsSet claims) throws JOSEException {
        return sign(JWSAlgorithm.RS256, key.getKeyID(), claims, new RSASSASigner(key));
    }

    private void assertRefused(String token, String reason) {
        assertThat(bench.refusalOf(token, EMPTY)).startsWith(reason).doesNotContain(token);
        assertThatThrownBy(() -> bench.identity.verifier().verify(token))
                .isInstanceOf(LoginRefused.class)
                .hasMessageStartingWith(reason);
    }

    @Test
    void aGoodTokenIsALogin() {
        Login login =
                bench.identity.verifier().authenticate(good, EMPTY).toCompletableFuture().join();
        Principal principal = login.principal();
        assertThat(principal.id()).isEqualTo("client:myapp/c1");
        assertThat(principal.kind()).isEqualTo(Principal.Kind.CLIENT);
        assertThat(principal.appIds()).isEqualTo(Set.of("myapp"));
        assertThat(principal.clientId()).isEqualTo("c1");
        assertThat(principal.name()).isEqualTo("service-account-myapp-c1");
        assertThat(login.expiresAt())
                .isEqualTo(bench.instant().plus(Duration.ofHours(12)).toEpochMilli());
        assertThat(login.tokenId()).isNotEmpty();
        assertThat(login.rights().mayPublish(Topic.of("app/myapp/dialogue/messages/1")).isAllowed())
                .isTrue();
        assertThat(login.rights().mayPublish(Topic.of("app/myapp/ui/content")).reason())
                .isEqualTo("missing grant: ui.content");
    }

    @Test
    void thePasswordMayBeAnythingButAbsent() {
        assertThat(bench.refusalOf(good, EMPTY)).isNull();
        assertThat(bench.refusalOf(good, "sermas".getBytes(UTF_8))).isNull();
        assertThat(bench.refusalOf(good, null)).startsWith("password: absent");
        assertThat(bench.refusalOf(null, EMPTY)).startsWith("user name: absent");
        assertThat(bench.refusalOf("", EMPTY)).startsWith("user name: absent");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "abc",
                ".",
                "..",
                "...",
                "a.b.c",
                "a.b.c.d.e",
                "{}",
                "null",
                "e30.e30.",
                "e30..e30",
                "\u0000",
                "eyJhbGciOiJSUzI1NiJ9.bm90anNvbg.AAAA",
                "eyJhbGciOnt9fQ.e30.AAAA"
            })
    void rubbish(String token) {
        assertRefused(token, "token: ");
    }

    @Test
    void aMegabyteIsNotRead() {
        assertRefused("a".repeat(1 << 20), "token: 1048576 characters (expected: at most 65536)");
        assertRefused(good + "a".repeat(65_536), "token: ");
    }

    @Test
    void noAlgorithm() throws ParseException {
        assertRefused(new PlainJWT(goodClaims().build()).serialize(), "token: not a signed");
        String[] parts = good.split("\\.", -1);
        String none =
                Base64.getUrlEncoder()
                        .withoutPadding()
                        .encodeToString("{\"alg\":\"none\"}".getBytes(UTF_8));
        assertRefused(none + "." + parts[1] + "." + parts[2], "token: ");
        assertRefused(none + "." + parts[1] + ".", "token: ");
    }

    @Test
    void thePublicKeyAsASecret() throws JOSEException, ParseException {
        for (byte[] secret :
                new byte[][] {
                    key.toRSAPublicKey().getEncoded(),
                    key.toPublicJWK().toJSONString().getBytes(UTF_8)
                }) {
            String token =
                    sign(
                            JWSAlgorithm.HS256,
                            key.getKeyID(),
                            goodClaims().build(),
                            new MACSigner(secret));
            assertRefused(token, "token: algorithm other than RS256");
        }
    }

    @Test
    void anotherRsaAlgorithmOfTheSameKey() throws JOSEException, ParseException {
        String token =
                sign(
                        JWSAlgorithm.RS512,
                        key.getKeyID(),
                        goodClaims().build(),
                        new RSASSASigner(key));
        assertRefused(token, "token: algorithm other than RS256");
    }

    @Test
    void anotherKey() throws JOSEException, ParseException {
        RSAKey other = new RSAKeyGenerator(2_048).keyID("other").generate();
        JWTClaimsSet claims = goodClaims().build();
        assertRefused(
                sign(JWSAlgorithm.RS256, "other", claims, new RSASSASigner(other)),
                "token: signed with an unknown key");
        assertRefused(
                sign(JWSAlgorithm.RS256, key.getKeyID(), claims, new RSASSASigner(other)),
                "token: signature does not match");
        SignedJWT embedded =
                new SignedJWT(
                        new JWSHeader.Builder(JWSAlgorithm.RS256)
                                .keyID(key.getKeyID())
                                .jwk(other.toPublicJWK())
                                .build(),
                        claims);
        embedded.sign(new RSASSASigner(other));
        assertRefused(embedded.serialize(), "token: signature does not match");
    }

    @Test
    void tampered() {
        String[] parts = good.split("\\.", -1);
        String payload = new String(Base64.getUrlDecoder().decode(parts[1]), UTF_8);
        String other =
                Base64.getUrlEncoder()
                        .withoutPadding()
                        .encodeToString(payload.replace("c1", "c2").getBytes(UTF_8));
        assertRefused(parts[0] + "." + other + "." + parts[2], "token: signature does not match");
        char last = good.charAt(good.length() - 10);
        String bent =
                good.substring(0, good.length() - 10)
                        + (last == 'A' ? 'B' : 'A')
                        + good.substring(good.length() - 9);
        assertRefused(bent, "token: signature does not match");
    }

    @Test
    void issuerAndTimes() throws JOSEException, ParseException {
        assertRefused(signed(goodClaims().issuer("evil").build()), "token: of another issuer");
        assertRefused(signed(goodClaims().issuer(null).build()), "token: of another issuer");
        assertRefused(signed(goodClaims().expirationTime(null).build()), "token: exp: absent");
        Date later = Date.from(bench.instant().plusSeconds(61));
        assertRefused(signed(goodClaims().notBeforeTime(later).build()), "token: not yet valid");
        assertRefused(signed(goodClaims().issueTime(later).build()), "token: issued in the future");
    }

    @Test
    void aTokenEndsToTheSecondEvenWhenItIsRemembered() {
        assertThat(bench.refusalOf(good, EMPTY)).isNull();
        bench.pass(Duration.ofHours(12).minusMillis(1));
        assertThat(bench.refusalOf(good, EMPTY)).isNull();
        bench.pass(Duration.ofMillis(1));
        assertRefused(good, "token: expired at 2026-01-01T12:00:00Z");
    }

    @Test
    void claimsThatContradictEachOther() throws JOSEException, ParseException {
        assertRefused(
                signed(goodClaims().claim("azp", "myapp-c2").build()),
                "token: azp, appId and clientId contradict each other");
        assertRefused(
                signed(goodClaims().claim("appId", "myapp").build()),
                "token: not a signed JSON Web Token");
    }

    @Test
    void aClientThatIsNoMore() {
        assertThat(bench.refusalOf(good, EMPTY)).isNull();
        done(bench.identity.registry().removeClient("myapp", "c1"));
        assertRefused(good, "token: its client does not exist");
    }

    @Test
    void aLoginThatWasAcceptedBeforeKnowsThatItIsNoMore() throws LoginRefused {
        Login login = bench.identity.verifier().verify(good).login();
        assertThat(login.reviewed()).isSameAs(login);
        done(bench.identity.registry().removeClient("myapp", "c1"));
        assertThat(login.reviewed()).isNull();
    }

    @Test
    void aSuccessorOfTheSameNameIsSomebodyElse() {
        done(bench.identity.registry().removeClient("myapp", "c1"));
        done(
                bench.identity
                        .registry()
                        .createClient("myapp", Bench.client("c1", "*"), AccessRights.system()));
        assertRefused(good, "token: who it was issued to does not exist any more");
    }

    @Test
    void aChangeOfGrantsCountsForATokenOfBefore() throws LoginRefused {
        var registry = bench.identity.registry();
        App app = registry.app("myapp").orElseThrow();
        done(
                registry.importApp(
                        app.withParts(null, List.of(Bench.client("c1", "ui.content"))), false));
        var rights = bench.identity.verifier().verify(good).login().rights();
        assertThat(rights.mayPublish(Topic.of("app/myapp/ui/content")).isAllowed()).isTrue();
        assertThat(rights.mayPublish(Topic.of("app/myapp/dialogue/messages/1")).isAllowed())
                .isFalse();
    }

    @Test
    void theSameKeyAfterARestartAndNoneWithoutADirectory() {
        Bench again = new Bench(bench.store, bench.settings);
        assertThat(again.refusalOf(good, EMPTY)).isNull();
        Bench other = new Bench(bench.store, bench.settings.withDataDirectory(null));
        assertThat(other.refusalOf(good, EMPTY)).isEqualTo("token: signed with an unknown key");
    }

    @Test
    void whoCameWithATokenOfAnEarlierKeyStaysAndComesBack(@TempDir Path home) {
        Bench first = new Bench(new MemoryStore(), bench.settings.withDataDirectory(home));
        String alice = first.createUser("alice", List.of());
        done(first.identity.registry().createApp(first.app("myapp", alice)));
        TokenResponse old = first.token("myapp", "c1");
        first.events.clear();
        assertThat(first.identity.keys().rotate()).isTrue();
        String kid = first.identity.keys().signing().keyId();
        assertThat(first.events).containsExactly(new IdentityEvent.KeyRotated(kid));
        TokenResponse current = first.token("myapp", "c1");
        Bench after = new Bench(first.store, first.settings);
        for (Bench each : List.of(first, after)) {
            each.accepted(old);
            each.accepted(current);
        }
        TokenResponse renewed = done(after.refresh(old.refreshToken()));
        assertThat(keyIn(renewed)).isEqualTo(kid);
        assertThat(keyIn(old)).isNotEqualTo(kid);
        assertThat(after.identity.jwks().get("keys")).hasSize(2);
    }

    private static String keyIn(TokenResponse token) {
        try {
            return SignedJWT.parse(token.accessToken()).getHeader().getKeyID();
        } catch (ParseException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void theKeySetHoldsThePublicKeyOnly() {
        var keys = bench.identity.jwks().get("keys");
        assertThat(keys).hasSize(1);
        assertThat(keys.get(0).get("kid").asText()).isEqualTo(key.getKeyID());
        assertThat(keys.get(0).get("alg").asText()).isEqualTo("RS256");
        for (String secret : new String[] {"d", "p", "q", "dp", "dq", "qi"}) {
            assertThat(keys.get(0).has(secret)).isFalse();
        }
    }

    @Test
    void everybodyIsLetInByTheOpenOne() {
        Login login = new OpenAuthenticator().authenticate(null, null).toCompletableFuture().join();
        assertThat(login.principal().kind()).isEqualTo(Principal.Kind.ANONYMOUS);
        assertThat(login.rights().mayPublish(Topic.of("x")).isAllowed()).isTrue();
    }
}
