package eu.sermas.bus.identity;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.access.Login;
import eu.sermas.bus.access.Principal;
import eu.sermas.bus.identity.CertificateSettings.Part;
import eu.sermas.bus.identity.Revocation.Kind;
import eu.sermas.bus.identity.oidc.IssuerSettings.KnownClient;
import eu.sermas.bus.identity.oidc.IssuerSettings.Trust;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.store.Store;
import eu.sermas.bus.store.memory.MemoryStore;
import io.netty.pkitesting.CertificateBuilder;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CertificateAuthenticatorTest {

    private static final Instant BEGIN = Bench.START.minus(Duration.ofDays(10));
    private static final Instant END = Bench.START.plus(Duration.ofDays(10));
    private static final Trust TRUST =
            new Trust(
                    Set.of("*"),
                    Set.of(),
                    Set.of(),
                    true,
                    List.of("session"),
                    Map.of("robot.example", new KnownClient("myapp", List.of("robotics:read"))));

    private final Store store = new MemoryStore();
    private final Bench bench = bench(Part.CN, false);

    private Bench bench(Part part, boolean match) {
        Bench made =
                new Bench(
                        store,
                        IdentitySettings.DEFAULTS.withCertificates(
                                new CertificateSettings(part, match, TRUST)));
        if (made.identity.registry().app("myapp").isEmpty()) {
            String alice = made.createUser("alice", List.of());
            Bench.done(made.identity.registry().createApp(made.app("myapp", alice)));
        }
        return made;
    }

    private static CertificateBuilder certificate(String subject) {
        return new CertificateBuilder()
                .subject(subject)
                .notBefore(BEGIN)
                .notAfter(END)
                .setIsCertificateAuthority(true);
    }

    private static X509Certificate named(String commonName) throws Exception {
        return certificate("O=Lab,CN=" + commonName).buildSelfSigned().getCertificate();
    }

    private static Login login(Bench bench, @Nullable String token, X509Certificate... chain) {
        Authenticator tokens = bench.identity.verifier();
        return bench.identity
                .certificates()
                .apply(tokens)
                .authenticate(token, token == null ? null : new byte[0], "c", List.of(chain))
                .toCompletableFuture()
                .join();
    }

    private static @Nullable String refusal(
            Bench bench, @Nullable String token, X509Certificate... chain) {
        try {
            login(bench, token, chain);
            return null;
        } catch (CompletionException e) {
            assertThat(e).hasCauseInstanceOf(LoginRefused.class);
            return Objects.requireNonNull(e.getCause()).getMessage();
        }
    }

    @Test
    void aCertificateThatIsCalledLikeAClientHasItsGrants() throws Exception {
        Login login = login(bench, null, named("myapp-c1"));
        Principal principal = login.principal();
        assertThat(principal.id()).isEqualTo("external:certificate/client/myapp-c1");
        assertThat(principal.kind()).isEqualTo(Principal.Kind.CLIENT);
        assertThat(principal.appIds()).containsExactly("myapp");
        assertThat(principal.clientId()).isEqualTo("c1");
        assertThat(login.expiresAt()).isEqualTo(END.toEpochMilli());
        assertThat(mayPublish(login, "app/myapp/dialogue/messages/s")).isTrue();
        assertThat(mayPublish(login, "app/myapp/ui/content")).isFalse();
        assertThat(mayPublish(login, "app/other/dialogue/messages/s")).isFalse();
    }

    @Test
    void oneThatIsConfiguredHasWhatIsConfigured() throws Exception {
        Login login = login(bench, null, named("robot.example"));
        assertThat(login.principal().appIds()).containsExactly("myapp");
        assertThat(mayPublish(login, "app/myapp/session/session/x")).isTrue();
        assertThat(mayPublish(login, "app/myapp/robotics/status")).isFalse();
        assertThat(mayPublish(login, "app/other/session/session/x")).isFalse();
    }

    private static boolean mayPublish(Login login, String topic) {
        return login.rights().mayPublish(Topic.of(topic)).isAllowed();
    }

    @Test
    void oneOfNobodyIsRefused() throws Exception {
        assertThat(refusal(bench, null, named("stranger")))
                .isEqualTo("certificate: of nobody who is known here");
        assertThat(refusal(bench, null, named("platform")))
                .isEqualTo("certificate: of nobody who is known here");
    }

    @Test
    void thereHasToBeOneName() throws Exception {
        X509Certificate none = certificate("O=Lab").buildSelfSigned().getCertificate();
        X509Certificate two = certificate("CN=a,CN=myapp-c1").buildSelfSigned().getCertificate();
        assertThat(refusal(bench, null, none))
                .isEqualTo("certificate: 0 names of kind CN (expected: one)");
        assertThat(refusal(bench, null, two))
                .isEqualTo("certificate: 2 names of kind CN (expected: one)");
    }

    @Test
    void theNameMayBeAnAlternativeOne() throws Exception {
        X509Certificate certificate =
                certificate("CN=myapp-c1")
                        .addSanDnsName("robot.example")
                        .addSanUriName("urn:robot")
                        .addSanRfc822Name("robot@lab.example")
                        .buildSelfSigned()
                        .getCertificate();
        assertThat(login(bench(Part.DNS, false), null, certificate).principal().name())
                .isEqualTo("robot.example");
        assertThat(refusal(bench(Part.URI, false), null, certificate))
                .isEqualTo("certificate: of nobody who is known here");
        assertThat(refusal(bench(Part.EMAIL, false), null, named("myapp-c1")))
                .isEqualTo("certificate: 0 names of kind EMAIL (expected: one)");
    }

    @Test
    void theSessionEndsWithTheFirstOfItsCertificates() throws Exception {
        Instant soon = Bench.START.plusSeconds(60);
        X509Certificate authority =
                certificate("CN=CA").notAfter(soon).buildSelfSigned().getCertificate();
        assertThat(login(bench, null, named("myapp-c1"), authority).expiresAt())
                .isEqualTo(soon.toEpochMilli());
        bench.pass(Duration.ofSeconds(61));
        assertThat(refusal(bench, null, named("myapp-c1"), authority))
                .startsWith("certificate: expired at 2026-01-01T00:01:00Z");
    }

    @Test
    void aTokenIsCheckedWhateverTheCertificateSays() throws Exception {
        assertThat(refusal(bench, "rubbish", named("myapp-c1"))).startsWith("token: ");
        Login login = login(bench, bench.token("myapp", "c2").accessToken(), named("myapp-c1"));
        assertThat(login.principal().id()).isEqualTo("client:myapp/c2");
        assertThat(refusal(bench, null)).startsWith("user name: absent");
    }

    @Test
    void aTokenMayHaveToBeOfTheClientOfTheCertificate() throws Exception {
        Bench strict = bench(Part.CN, true);
        String c1 = strict.token("myapp", "c1").accessToken();
        String c2 = strict.token("myapp", "c2").accessToken();
        assertThat(login(strict, c1, named("myapp-c1")).principal().id())
                .isEqualTo("client:myapp/c1");
        assertThat(refusal(strict, c2, named("myapp-c1")))
                .isEqualTo(
                        "token: of another client than the certificate (expected: c1 of app"
                                + " myapp)");
        assertThat(refusal(strict, c1, named("stranger")))
                .isEqualTo("certificate: of nobody who is known here");
        assertThat(refusal(strict, "rubbish", named("myapp-c1"))).startsWith("token: ");
        assertThat(refusal(strict, c2)).isNull();
    }

    @Test
    void whatIsRevokedIsRefusedUntilThereIsANewCertificate() throws Exception {
        Bench.done(bench.identity.revocations().revoke(Kind.CLIENT, "myapp", "c1"));
        assertThat(refusal(bench, null, named("myapp-c1")))
                .isEqualTo("certificate: revoked with all of client c1 of app myapp");
        assertThat(refusal(bench, null, named("myapp-c2"))).isNull();
        bench.pass(Duration.ofDays(1));
        X509Certificate renewed =
                certificate("CN=myapp-c1")
                        .notBefore(bench.instant().minusSeconds(60))
                        .buildSelfSigned()
                        .getCertificate();
        assertThat(refusal(bench, null, renewed)).isNull();
    }

    @Test
    void whatTheRegistryForgetsIsKnownNoMore() throws Exception {
        Bench.done(bench.identity.registry().removeClient("myapp", "c1"));
        assertThat(refusal(bench, null, named("myapp-c1")))
                .isEqualTo("certificate: of nobody who is known here");
    }
}
