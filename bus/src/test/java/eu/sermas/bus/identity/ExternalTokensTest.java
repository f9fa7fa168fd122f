package eu.sermas.bus.identity;

import static eu.sermas.bus.identity.Bench.done;
import static eu.sermas.bus.identity.FakeIssuer.FIRST;
import static eu.sermas.bus.identity.FakeIssuer.SECOND;
import static eu.sermas.bus.identity.FakeIssuer.header;
import static eu.sermas.bus.identity.FakeIssuer.sign;
import static eu.sermas.bus.identity.FakeIssuer.signer;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import eu.sermas.bus.access.AccessRights;
import eu.sermas.bus.access.Login;
import eu.sermas.bus.access.Principal;
import eu.sermas.bus.identity.oidc.IssuerSettings;
import eu.sermas.bus.identity.oidc.IssuerSettings.KnownClient;
import eu.sermas.bus.identity.oidc.IssuerSettings.Trust;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import java.net.URI;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Tokens of other issuers: what is accepted, as whom, and what is not.
@SuppressWarnings("JavaUtilDate") // that is what the JWT library takes
class ExternalTokensTest {

    private static final byte[] EMPTY = new byte[0];
    private static final Duration AFTER_THE_PAUSE = Duration.ofSeconds(6);
    private static final String UNKNOWN = "token: signed with an unknown key";

    private final FakeIssuer issuer = new FakeIssuer();
    private @Nullable Bench bench;

    @AfterEach
    void stop() {
        if (bench != null) {
            bench.identity.close();
        }
        issuer.close();
    }

    private Bench bench() {
        return bench(issuer.settings());
    }

    private Bench bench(IssuerSettings... settings) {
        Bench plain = Bench.withApp();
        Bench made = new Bench(plain.store, plain.settings.withIssuers(List.of(settings)));
        bench = made;
        return made;
    }

    private JWTClaimsSet.Builder claims() {
        return issuer.claims(bench == null ? Bench.START : bench.instant());
    }

    private static JWTClaimsSet withRoles(JWTClaimsSet.Builder claims, String... roles) {
        return claims.claim("realm_access", Map.of("roles", List.of(roles))).build();
    }

    private static Login login(Bench bench, String token) {
        return bench.identity.verifier().authenticate(token, EMPTY).toCompletableFuture().join();
    }

    private static boolean mayPublish(AccessRights rights, String topic) {
        return rights.mayPublish(Topic.of(topic)).isAllowed();
    }

    private void assertRefused(Bench at, String token, String reason) {
        assertThat(at.refusalOf(token, EMPTY)).startsWith(reason).doesNotContain(token);
        at.pass(AFTER_THE_PAUSE);
        assertThatThrownBy(() -> at.identity.verifier().verify(token))
                .isInstanceOf(LoginRefused.class)
                .hasMessageStartingWith(reason);
    }

    // --- who it is

    @Test
    void aUserOfKeycloak() throws LoginRefused {
        Bench here = bench();
        String token =
                sign(
                        claims().claim("realm_access", Map.of("roles", List.of("ui", "a role!")))
                                .claim(
                                        "resource_access",
                                        Map.of(
                                                "web", Map.of("roles", List.of("robotics.move")),
                                                "other", Map.of("roles", List.of("detection"))))
                                .claim(
                                        "authorization",
                                        Map.of(
                                                "permissions",
                                                List.of(
                                                        Map.of(
                                                                "rsname",
                                                                "dialogue",
                                                                "scopes",
                                                                List.of(
                                                                        "messages",
                                                                        "dialogue:speech")),
                                                        Map.of("rsname", "performance"))))
                                .build(),
                        FIRST);

        Login login = login(here, token);

        assertThat(login.principal())
                .isEqualTo(
                        new Principal(
                                Principal.Kind.USER,
                                "external:kc/user/web/0b9e",
                                Set.of("myapp"),
                                null,
                                "kc:0b9e",
                                "carol",
                                Set.of()));
        assertThat(login.expiresAt()).isEqualTo(here.instant().plusSeconds(600).toEpochMilli());
        assertThat(login.tokenId()).isEqualTo("kc:t1");
        for (String granted :
                List.of(
                        "ui/content",
                        "robotics/move",
                        "dialogue/messages/1",
                        "dialogue/speech",
                        "performance/x")) {
            assertThat(mayPublish(login.rights(), "app/myapp/" + granted)).as(granted).isTrue();
        }
        for (String denied : List.of("detection/user", "robotics/status", "dialogue/tool/x")) {
            assertThat(mayPublish(login.rights(), "app/myapp/" + denied)).as(denied).isFalse();
        }
        assertThat(mayPublish(login.rights(), "app/other/ui/content")).isFalse();
        assertThat(here.identity.verifier().verify(token).login().principal())
                .isEqualTo(login.principal());
        assertThat(issuer.asked).hasValue(1);
    }

    @Test
    void aServiceAccountIsTheClientOfTheRegistryWhereThatIsConfigured() {
        Trust trust = new Trust(Set.of("*"), Set.of(), Set.of(), true, List.of(), Map.of());
        Bench here = bench(issuer.settings("kc", trust));
        JWTClaimsSet service =
                claims().subject("sa")
                        .claim("azp", "myapp-c1")
                        .claim("client_id", "myapp-c1")
                        .claim("appId", null)
                        .build();

        Login login = login(here, sign(service, FIRST));

        assertThat(login.principal().kind()).isEqualTo(Principal.Kind.CLIENT);
        assertThat(login.principal().id()).isEqualTo("external:kc/client/myapp-c1");
        assertThat(login.principal().clientId()).isEqualTo("c1");
        assertThat(login.principal().appIds()).containsExactly("myapp");
        assertThat(mayPublish(login.rights(), "app/myapp/dialogue/messages/1")).isTrue();
        assertThat(mayPublish(login.rights(), "app/myapp/ui/content")).isFalse();

        var registry = here.identity.registry();
        App app = registry.app("myapp").orElseThrow();
        done(registry.updateApp(app.withParts(null, List.of(Bench.client("c1", "ui.content")))));

        assertThat(here.events)
                .filteredOn(IdentityEvent.RightsChanged.class::isInstance)
                .map(IdentityEvent.RightsChanged.class::cast)
                .filteredOn(change -> change.principalId().equals(login.principal().id()))
                .last()
                .satisfies(
                        change ->
                                assertThat(mayPublish(change.rights(), "app/myapp/ui/content"))
                                        .isTrue());
    }

    @Test
    void aTokenThatNamesAnotherAppIsNotTheClientOfTheRegistry() {
        Trust trust = new Trust(Set.of("*"), Set.of(), Set.of(), true, List.of(), Map.of());
        Bench here = bench(issuer.settings("kc", trust));
        JWTClaimsSet service =
                claims().claim("azp", "myapp-c1")
                        .claim("client_id", "myapp-c1")
                        .claim("appId", List.of("other"))
                        .build();
        Login login = login(here, sign(service, FIRST));
        assertThat(login.principal().appIds()).containsExactly("other");
        assertThat(mayPublish(login.rights(), "app/myapp/dialogue/messages/1")).isFalse();
        assertThat(mayPublish(login.rights(), "app/other/dialogue/messages/1")).isFalse();
    }

    @Test
    void aUserThroughAClientHasNotTheRightsOfTheClient() {
        Trust trust =
                new Trust(Set.of("*"), Set.of(), Set.of("myapp-c1"), true, List.of(), Map.of());
        Bench here = bench(issuer.settings("kc", trust));
        Login login = login(here, sign(claims().claim("azp", "myapp-c1").build(), FIRST));
        assertThat(login.principal().kind()).isEqualTo(Principal.Kind.USER);
        assertThat(mayPublish(login.rights(), "app/myapp/dialogue/messages/1")).isFalse();
        assertThat(mayPublish(login.rights(), "app/myapp/auth/login")).isTrue();
    }

    @Test
    void aUserWhoIsCalledLikeAServiceAccountIsNone() {
        Bench here = bench();
        JWTClaimsSet.Builder named = claims().claim("preferred_username", "service-account-web");
        assertThat(login(here, sign(named.claim("sid", "s").build(), FIRST)).principal().kind())
                .isEqualTo(Principal.Kind.USER);
        assertThat(login(here, sign(named.claim("sid", null).build(), FIRST)).principal().kind())
                .isEqualTo(Principal.Kind.CLIENT);
    }

    @Test
    void rolesAndSystemClientsCountWhereTheIssuerIsTrustedWithThem() {
        JWTClaimsSet admin = withRoles(claims(), "platform-admin");
        JWTClaimsSet system =
                claims().claim("azp", "platform").claim("client_id", "platform").build();
        Bench without = bench();
        assertThat(login(without, sign(admin, FIRST)).principal().isPlatformAdmin()).isFalse();
        assertThat(login(without, sign(system, FIRST)).principal().kind())
                .isEqualTo(Principal.Kind.CLIENT);
        without.identity.close();

        Bench with =
                bench(
                        issuer.settings(
                                "kc",
                                new Trust(
                                        Set.of("*"),
                                        Set.of("platform-admin"),
                                        Set.of("platform"),
                                        false,
                                        List.of(),
                                        Map.of())));
        assertThat(login(with, sign(admin, FIRST)).principal().isPlatformAdmin()).isTrue();
        Login trusted = login(with, sign(system, FIRST));
        assertThat(trusted.principal().kind()).isEqualTo(Principal.Kind.SYSTEM);
        assertThat(trusted.rights().maySubscribe(TopicFilter.of("#")).isAllowed()).isTrue();
        JWTClaimsSet person = claims().claim("azp", "platform").build();
        assertThat(login(with, sign(person, FIRST)).principal().kind())
                .isEqualTo(Principal.Kind.USER);
    }

    @Test
    void anIssuerSpeaksForItsAppsOnly() {
        Trust trust =
                new Trust(
                        Set.of("myapp"),
                        Set.of(),
                        Set.of(),
                        false,
                        List.of("ui"),
                        Map.of("robot", new KnownClient("lab", List.of("robotics"))));
        Bench here = bench(issuer.settings("kc", trust));
        Login login =
                login(here, sign(claims().claim("appId", List.of("myapp", "x")).build(), FIRST));
        assertThat(login.principal().appIds()).containsExactly("myapp");
        assertThat(mayPublish(login.rights(), "app/myapp/ui/content")).isTrue();
        Login robot = login(here, sign(claims().claim("azp", "robot").build(), FIRST));
        assertThat(robot.principal().appIds()).containsExactly("lab");
        assertThat(mayPublish(robot.rights(), "app/lab/robotics/move")).isTrue();
        assertThat(mayPublish(robot.rights(), "app/myapp/ui/content")).isFalse();
    }

    @Test
    void aSubThatIsAWildcardOrSomebodyElsesReachesNothing() {
        Bench here = bench();
        String alice = here.identity.users().named("alice").orElseThrow().userId();
        for (String sub : List.of("+", "#", "a/b", alice)) {
            Login login = login(here, sign(withRoles(claims().subject(sub), "dialogue"), FIRST));
            for (String owner : List.of("+", "#", alice)) {
                assertThat(
                                login.rights()
                                        .maySubscribe(
                                                TopicFilter.of(
                                                        owner.equals("#")
                                                                ? "user/#"
                                                                : "user/" + owner + "/dialogue/x"))
                                        .isAllowed())
                        .as("%s of %s", owner, sub)
                        .isFalse();
            }
            assertThat(login.principal().id()).startsWith("external:kc/user/web/");
        }
        Login owner =
                login(here, sign(claims().subject(alice).claim("appId", null).build(), FIRST));
        assertThat(owner.principal().appIds()).as("apps of another alice").isEmpty();
    }

    @Test
    void idsOfTwoPairsAreNeverTheSame() {
        Bench here = bench();
        Login one = login(here, sign(claims().claim("azp", "a/b").subject("c").build(), FIRST));
        Login other = login(here, sign(claims().claim("azp", "a").subject("b/c").build(), FIRST));
        assertThat(one.principal().id()).isNotEqualTo(other.principal().id());
    }

    @Test
    void whatIsKnownOfAPrincipalOutlivesTheProcess() {
        Bench here = bench();
        String token = sign(withRoles(claims(), "ui"), FIRST);
        String id = login(here, token).principal().id();
        assertThat(here.identity.rights().apply("external:kc/user/web/nobody")).isNull();

        Bench again = new Bench(here.store, here.settings);
        AccessRights rights = again.identity.rights().apply(id);
        again.identity.close();
        assertThat(rights).isNotNull();
        assertThat(mayPublish(rights, "app/myapp/ui/content")).isTrue();
        assertThat(mayPublish(rights, "app/myapp/dialogue/x")).isFalse();

        Bench without = new Bench(here.store, here.settings.withIssuers(List.of()));
        assertThat(without.identity.rights().apply(id)).isNull();
        assertRefused(without, token, "token: signed with an unknown key");
    }

    @Test
    void anAdministratorFromElsewhereGetsTokensForClientsButIsRenewedElsewhere() {
        Trust trust =
                new Trust(
                        Set.of("*"),
                        Set.of("platform-admin"),
                        Set.of(),
                        false,
                        List.of(),
                        Map.of());
        Bench here = bench(issuer.settings("kc", trust));
        String admin = sign(withRoles(claims(), "platform-admin"), FIRST);
        assertThat(here.accepted(done(here.requestWith(admin, "myapp", "c1"))).principal().id())
                .isEqualTo("client:myapp/c1");
        String user = sign(claims().build(), FIRST);
        assertThat(Bench.refused(here.requestWith(user, "myapp", "c1")))
                .isEqualTo(Refusal.FORBIDDEN);
        var renewal = new TokenService.RefreshRequest(null, null, null, null);
        assertThat(Bench.refused(here.identity.tokens().refresh(renewal, admin, Bench.ADDRESS)))
                .isEqualTo(Refusal.UNAUTHORIZED);
    }

    @Test
    void grantsAreBoundToTheClaimsOfTheToken() {
        Bench here = bench();
        JWTClaimsSet claims =
                withRoles(claims().claim("sessionId", "s1"), "dialogue.messages/{sessionId}");
        AccessRights rights = login(here, sign(claims, FIRST)).rights();
        assertThat(mayPublish(rights, "app/myapp/dialogue/messages/s1")).isTrue();
        assertThat(mayPublish(rights, "app/myapp/dialogue/messages/s2")).isFalse();
    }

    // --- attacks

    @Test
    void attackAlgorithmConfusion() throws Exception {
        Bench here = bench();
        for (byte[] secret :
                new byte[][] {
                    FIRST.toRSAPublicKey().getEncoded(),
                    FIRST.toPublicJWK().toJSONString().getBytes(UTF_8)
                }) {
            String token =
                    sign(
                            header(JWSAlgorithm.HS256, "first").build(),
                            claims().build(),
                            new MACSigner(secret));
            assertRefused(here, token, "token: algorithm HS256 (expected: ES256");
        }
    }

    @Test
    void attackKeyOfAnotherType() {
        issuer.published.add(FakeIssuer.EC);
        Bench here = bench();
        login(
                here,
                sign(
                        header(JWSAlgorithm.ES256, "curve").build(),
                        claims().build(),
                        signer(FakeIssuer.EC)));
        String named =
                sign(header(JWSAlgorithm.RS256, "curve").build(), claims().build(), signer(FIRST));
        assertRefused(here, named, "token: signature does not match");
    }

    @Test
    void attackNone() {
        Bench here = bench();
        assertRefused(here, new PlainJWT(claims().build()).serialize(), "token: not a signed JSON");
    }

    @Test
    void attackKidInjection() {
        Bench here = bench();
        for (String kid :
                List.of(
                        "../../etc/passwd",
                        "' OR 1=1 --",
                        "http://127.0.0.1:1/key",
                        "first\u0000",
                        "first\r\nx: y",
                        "",
                        "k".repeat(10_000))) {
            String token =
                    sign(header(JWSAlgorithm.RS256, kid).build(), claims().build(), signer(SECOND));
            assertThat(here.refusalOf(token, EMPTY)).as(kid).startsWith("token: ");
        }
    }

    @Test
    void attackKeysThatTheTokenBringsAlong() throws Exception {
        Bench here = bench();
        login(here, sign(claims().build(), FIRST));
        try (FakeIssuer evil = new FakeIssuer()) {
            evil.published.clear();
            evil.published.add(SECOND);
            URI at = URI.create(evil.issuer + "/keys");
            for (JWSHeader.Builder bait :
                    List.of(
                            header(JWSAlgorithm.RS256, "first").jwk(SECOND.toPublicJWK()),
                            header(JWSAlgorithm.RS256, "first").jwkURL(at),
                            header(JWSAlgorithm.RS256, "first").x509CertURL(at),
                            header(JWSAlgorithm.RS256, "second").jwkURL(at))) {
                JWSHeader header = bait.build();
                String token = sign(header, claims().build(), signer(SECOND));
                assertThat(here.refusalOf(token, EMPTY)).as("%s", header).startsWith("token: ");
            }
            assertThat(evil.asked).hasValue(0);
        }
    }

    @Test
    void attackTimes() {
        Bench here = bench();
        Date past = Date.from(here.instant());
        Date soon = Date.from(here.instant().plusSeconds(60));
        Date later = Date.from(here.instant().plusSeconds(90));
        assertRefused(here, sign(claims().expirationTime(past).build(), FIRST), "token: expired");
        assertRefused(here, sign(claims().expirationTime(null).build(), FIRST), "token: exp");
        assertRefused(here, sign(claims().notBeforeTime(later).build(), FIRST), "token: not yet");
        assertRefused(here, sign(claims().issueTime(later).build(), FIRST), "token: issued");
        login(here, sign(claims().notBeforeTime(soon).issueTime(soon).build(), FIRST));
    }

    @Test
    void attackOtherIssuerOtherAudienceOtherUse() {
        Bench here = bench();
        assertRefused(here, sign(claims().issuer("http://x").build(), FIRST), UNKNOWN);
        assertRefused(here, sign(claims().issuer(issuer.issuer + "/").build(), FIRST), UNKNOWN);
        assertRefused(
                here,
                sign(claims().audience("account").build(), FIRST),
                "token: aud: for somebody else (expected: bus)");
        assertRefused(here, sign(claims().audience((String) null).build(), FIRST), "token: aud");
        assertRefused(
                here,
                sign(claims().claim("typ", "ID").build(), FIRST),
                "token: typ: has another value (expected: Bearer)");
        assertRefused(here, sign(claims().subject(null).build(), FIRST), "token: sub: absent");
    }

    @Test
    void attackOneIssuerSignsForAnother() {
        try (FakeIssuer second = new FakeIssuer()) {
            second.published.clear();
            second.published.add(SECOND);
            Bench here =
                    bench(
                            issuer.settings(),
                            second.settings("other", FakeIssuer.trusting(Set.of("*"))));
            Login one = login(here, sign(claims().build(), FIRST));
            Login two = login(here, sign(second.claims(here.instant()).build(), SECOND));
            assertThat(one.principal().id()).isNotEqualTo(two.principal().id());
            here.pass(AFTER_THE_PAUSE);
            assertRefused(here, sign(claims().build(), SECOND), UNKNOWN);
            here.pass(AFTER_THE_PAUSE);
            assertRefused(here, sign(second.claims(here.instant()).build(), FIRST), "token: ");
        }
    }

    @Test
    void attackOurOwnIssuerIsNotSpokenForByAnother() throws Exception {
        Bench here = bench();
        JWTClaimsSet own =
                SignedJWT.parse(here.token("myapp", "c1").accessToken()).getJWTClaimsSet();
        assertRefused(here, sign(own, FIRST), UNKNOWN);
    }

    @Test
    void aSharedSecretIsForHmacAlone() throws Exception {
        String secret = "0123456789abcdef0123456789abcdef";
        IssuerSettings shared =
                new IssuerSettings(
                        "hs",
                        "shared",
                        new IssuerSettings.Keys.Shared(secret),
                        new IssuerSettings.Rules(
                                Set.of("HS256"), Set.of("*"), Duration.ZERO, Map.of()),
                        IssuerSettings.Claims.OIDC,
                        FakeIssuer.trusting(Set.of("*")));
        Bench here = bench(shared);
        JWTClaimsSet claims = claims().issuer("shared").build();
        JWSHeader header = header(JWSAlgorithm.HS256, null).build();
        assertThat(login(here, sign(header, claims, new MACSigner(secret))).principal().id())
                .isEqualTo("external:hs/user/web/0b9e");
        assertRefused(
                here,
                sign(header, claims, new MACSigner(secret.replace('0', '1'))),
                "token: signature does not match");
        assertRefused(here, sign(claims, FIRST), "token: algorithm RS256");
        assertThat(shared.toString()).doesNotContain(secret);
    }

    // --- keys

    @Test
    void aNewKeyIsFetchedWhenATokenNamesIt() {
        Bench here = bench();
        login(here, sign(claims().build(), FIRST));
        issuer.published.add(SECOND);
        here.pass(AFTER_THE_PAUSE);
        login(here, sign(claims().build(), SECOND));
        assertThat(issuer.asked).hasValue(2);
    }

    @Test
    void aStreamOfUnknownKeysCausesOneFetchInEachPause() {
        Bench here = bench();
        login(here, sign(claims().build(), FIRST));
        here.pass(AFTER_THE_PAUSE);
        for (int i = 0; i < 20; i++) {
            String token =
                    sign(
                            header(JWSAlgorithm.RS256, "made-up-" + i).build(),
                            claims().build(),
                            signer(SECOND));
            assertThat(here.refusalOf(token, EMPTY)).isNotNull();
        }
        assertThat(issuer.asked).hasValue(2);
        assertThatThrownBy(() -> login(here, sign(claims().build(), SECOND)))
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        LoginRefused.class, refused -> assertThat(refused.isForNow()).isTrue())
                .hasMessage("token: its key is not yet known, try again");
    }

    @Test
    void theLastKeysCountWhileTheIssuerIsDownButNotForEver() {
        Bench here = bench();
        String token = sign(claims().expirationTime(inAYear(here)).build(), FIRST);
        login(here, token);
        issuer.answer(exchange -> FakeIssuer.send(exchange, 503, "down"));
        here.pass(Duration.ofHours(23));
        login(here, token);
        assertThat(here.refusalOf(sign(claims().build(), SECOND), EMPTY))
                .isEqualTo("token: its key is not yet known, try again");
        login(here, sign(claims().build(), FIRST));
        here.pass(Duration.ofHours(2));
        assertThat(here.refusalOf(token, EMPTY))
                .isEqualTo("token: its key is not yet known, try again");
        issuer.answer(issuer::giveKeys);
        here.pass(AFTER_THE_PAUSE);
        login(here, token);
    }

    private static Date inAYear(Bench here) {
        return Date.from(here.instant().plus(Duration.ofDays(365)));
    }

    @Test
    void aKeyThatIsWithdrawnCountsNoMoreEvenForTokensThatWereAccepted() {
        Bench here = bench();
        String token = sign(claims().build(), FIRST);
        login(here, token);
        issuer.published.clear();
        issuer.published.add(SECOND);
        here.pass(AFTER_THE_PAUSE);
        login(here, sign(claims().build(), SECOND));
        here.pass(AFTER_THE_PAUSE);
        assertRefused(here, token, UNKNOWN);
    }

    @Test
    void whatIsNoKeySetIsNotTakenForOne() {
        Bench here = bench();
        login(here, sign(claims().build(), FIRST));
        for (FakeIssuer.Answer answer :
                List.<FakeIssuer.Answer>of(
                        exchange -> FakeIssuer.send(exchange, 200, "<html>"),
                        exchange -> FakeIssuer.send(exchange, 200, "{\"keys\":[]}"),
                        exchange -> FakeIssuer.send(exchange, 200, "[".repeat(100_000)),
                        exchange ->
                                FakeIssuer.send(
                                        exchange, 200, "{\"keys\":" + " ".repeat(300_000) + "[]}"),
                        exchange -> {
                            exchange.getResponseHeaders().set("Location", issuer.issuer + "/keys");
                            FakeIssuer.send(exchange, 302, "");
                        })) {
            issuer.answer(answer);
            here.pass(AFTER_THE_PAUSE);
            int before = issuer.asked.get();
            assertThat(here.refusalOf(sign(claims().build(), SECOND), EMPTY))
                    .isEqualTo("token: its key is not yet known, try again");
            assertThat(issuer.asked).hasValue(before + 1);
            login(here, sign(claims().build(), FIRST));
        }
    }

    @Test
    void anIssuerThatIsDownAtTheStartHoldsUpNobodyElse() {
        issuer.answer(exchange -> FakeIssuer.send(exchange, 503, "down"));
        Bench here = bench();
        assertThat(here.refusalOf(here.token("myapp", "c1").accessToken(), EMPTY)).isNull();
        Awaitility.await().until(() -> issuer.asked.get() > 0);
        Awaitility.await()
                .until(
                        () ->
                                "token: its key is not yet known, try again"
                                        .equals(
                                                here.refusalOf(
                                                        sign(claims().build(), FIRST), EMPTY)));
    }

    @Test
    void aSecretOrAKeyThatIsTooShortIsRefused() {
        assertThatThrownBy(() -> new IssuerSettings.Keys.Shared("short"))
                .hasMessage("shared-secret: '5 characters' (expected: at least 32)");
        Consumer<String> named = name -> issuer.settings(name, FakeIssuer.trusting(Set.of("*")));
        assertThatThrownBy(() -> named.accept("a/b")).hasMessageStartingWith("name: 'a/b'");
    }
}
