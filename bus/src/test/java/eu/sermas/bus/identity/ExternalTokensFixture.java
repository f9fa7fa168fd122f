package eu.sermas.bus.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jwt.JWTClaimsSet;
import eu.sermas.bus.access.AccessRights;
import eu.sermas.bus.access.Login;
import eu.sermas.bus.identity.oidc.IssuerSettings;
import eu.sermas.bus.packet.Topic;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/// A bench that accepts the tokens of another issuer.
abstract class ExternalTokensFixture {

    static final byte[] EMPTY = new byte[0];
    static final Duration AFTER_THE_PAUSE = Duration.ofSeconds(6);
    static final String UNKNOWN = "token: signed with an unknown key";

    final FakeIssuer issuer = new FakeIssuer();
    private @Nullable Bench bench;

    @AfterEach
    void stop() {
        if (bench != null) {
            bench.identity.close();
        }
        issuer.close();
    }

    final Bench bench() {
        return bench(issuer.settings());
    }

    final Bench bench(IssuerSettings... settings) {
        Bench plain = Bench.withApp();
        Bench made = new Bench(plain.store, plain.settings.withIssuers(List.of(settings)));
        bench = made;
        return made;
    }

    final JWTClaimsSet.Builder claims() {
        return issuer.claims(bench == null ? Bench.START : bench.instant());
    }

    static JWTClaimsSet withRoles(JWTClaimsSet.Builder claims, String... roles) {
        return claims.claim("realm_access", Map.of("roles", List.of(roles))).build();
    }

    static Login login(Bench bench, String token) {
        return bench.identity.verifier().authenticate(token, EMPTY).toCompletableFuture().join();
    }

    static boolean mayPublish(AccessRights rights, String topic) {
        return rights.mayPublish(Topic.of(topic)).isAllowed();
    }

    final void assertRefused(Bench at, String token, String reason) {
        assertThat(at.refusalOf(token, EMPTY)).startsWith(reason).doesNotContain(token);
        at.pass(AFTER_THE_PAUSE);
        assertThatThrownBy(() -> at.identity.verifier().verify(token))
                .isInstanceOf(LoginRefused.class)
                .hasMessageStartingWith(reason);
    }
}
