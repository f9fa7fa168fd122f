package eu.sermas.bus.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.nimbusds.jwt.SignedJWT;
import eu.sermas.bus.access.Credential;
import eu.sermas.bus.access.Login;
import eu.sermas.bus.identity.oidc.ExternalToken;
import eu.sermas.bus.identity.oidc.Issuer;
import eu.sermas.bus.identity.oidc.Issuers;
import eu.sermas.bus.identity.oidc.TokenVerdict;
import eu.sermas.bus.identity.secret.Fingerprint;
import java.text.ParseException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// The tokens of other issuers. Which one is asked, the `iss` of the token says; it counts only
/// once that issuer's key has confirmed it. Never blocks; safe for use by many threads.
///
/// What was found out about a token is remembered under its fingerprint, as long as the issuer
/// still publishes the key that signed it. What its principal may do is looked up each time.
final class ExternalTokens {

    private static final int REMEMBERED = 20_000;

    private record Known(Issuer issuer, ExternalToken token) {}

    private final Issuers issuers;
    private final ExternalPrincipals principals;
    private final Revocations revocations;
    private final InstantSource clock;
    private final Cache<Fingerprint, Known> remembered =
            Caffeine.newBuilder().maximumSize(REMEMBERED).build();

    ExternalTokens(
            Issuers issuers,
            ExternalPrincipals principals,
            Revocations revocations,
            InstantSource clock) {
        this.issuers = issuers;
        this.revocations = revocations;
        this.principals = principals;
        this.clock = clock;
    }

    /// @return null where the token is of none of these issuers, or none at all; else a stage that
    ///   completes at once, unless the issuer has to be asked for a key
    @Nullable CompletionStage<Login> login(String token) {
        if (issuers.isEmpty() || token.length() > TokenVerifier.MAX_TOKEN_LENGTH) {
            return null;
        }
        Fingerprint fingerprint = Fingerprint.of(token);
        Known known = remembered.getIfPresent(fingerprint);
        if (known != null && known.issuer().stillKnows(known.token().keyId())) {
            return result(token, new TokenVerdict.Accepted(known.token()));
        }
        try {
            TokenText.check(token);
            SignedJWT parsed = SignedJWT.parse(token);
            String iss = parsed.getJWTClaimsSet().getIssuer();
            Issuer issuer = iss == null ? null : issuers.of(iss);
            return issuer == null
                    ? null
                    : issuer.check(parsed)
                            .thenApply(verdict -> remember(fingerprint, issuer, verdict))
                            .thenCompose(verdict -> result(token, verdict));
        } catch (ParseException | IllegalArgumentException _) {
            return null;
        }
    }

    private TokenVerdict remember(Fingerprint fingerprint, Issuer issuer, TokenVerdict verdict) {
        if (verdict instanceof TokenVerdict.Accepted(ExternalToken token)) {
            remembered.put(fingerprint, new Known(issuer, token));
        }
        return verdict;
    }

    private CompletionStage<Login> result(String text, TokenVerdict verdict) {
        return switch (verdict) {
            case TokenVerdict.Accepted(ExternalToken token) -> login(text, token);
            case TokenVerdict.Refused(String reason) -> refused(new LoginRefused(reason));
            case TokenVerdict.Postponed(String reason) -> refused(LoginRefused.forNow(reason));
        };
    }

    private CompletionStage<Login> login(String text, ExternalToken token) {
        if (clock.instant().getEpochSecond() >= token.expiresAt()) {
            return refused(
                    new LoginRefused(
                            "token: expired at " + Instant.ofEpochSecond(token.expiresAt())));
        }
        Principals.Present present = principals.seen(token.identity());
        Credential credential = principals.credential(token);
        String revoked = revocations.refusalOf(credential);
        if (revoked != null) {
            return refused(new LoginRefused(revoked));
        }
        Login login =
                new Login(
                        present.principal(),
                        present.rights(),
                        token.expiresAt() * 1_000,
                        credential);
        return CompletableFuture.completedFuture(login.boundTo(() -> TokenText.claims(text)));
    }

    private static CompletionStage<Login> refused(LoginRefused refusal) {
        return CompletableFuture.failedFuture(refusal);
    }
}
