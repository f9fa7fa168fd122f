package eu.sermas.bus.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import eu.sermas.bus.access.Login;
import eu.sermas.bus.identity.keys.IssuerKeys;
import eu.sermas.bus.identity.secret.Fingerprint;
import java.text.ParseException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// Checks tokens, without asking anybody: signature, issuer, time, and that who it speaks for still
/// exists. Safe for use by many threads. Those of other issuers are left to [ExternalTokens], which
/// may have to ask for a key.
///
/// A signature that was good once is good for ever, so what it was found under, the SHA-256 of the
/// token, is remembered. Everything else is looked at each time: a client that reconnects with a
/// token of yesterday gets the rights of today, or none.
public final class TokenVerifier implements Authenticator {

    /// A longer token is refused unread.
    public static final int MAX_TOKEN_LENGTH = 64 * 1_024;

    private static final int REMEMBERED = 20_000;
    private static final long CLOCK_SKEW_SECONDS = 60;

    private final IssuerKeys keys;
    private final String issuer;
    private final Principals principals;
    private final ExternalTokens external;
    private final Revocations revocations;
    private final InstantSource clock;
    private final Cache<Fingerprint, TokenClaims> remembered =
            Caffeine.newBuilder().maximumSize(REMEMBERED).build();

    TokenVerifier(
            IssuerKeys keys,
            String issuer,
            Principals principals,
            ExternalTokens external,
            Revocations revocations,
            InstantSource clock) {
        this.revocations = revocations;
        this.keys = keys;
        this.issuer = issuer;
        this.principals = principals;
        this.external = external;
        this.clock = clock;
    }

    /// The user name of a CONNECT is the token; there must be a password, and what it says does not
    /// matter.
    @Override
    public CompletionStage<Login> authenticate(
            @Nullable String userName, byte @Nullable [] password) {
        try {
            if (userName == null || userName.isEmpty()) {
                throw new LoginRefused("user name: absent (expected: a token)");
            }
            if (password == null) {
                throw new LoginRefused("password: absent (expected: any, even an empty one)");
            }
            CompletionStage<Login> elsewhere = external.login(userName);
            return elsewhere == null
                    ? CompletableFuture.completedFuture(ownLogin(userName))
                    : elsewhere;
        } catch (LoginRefused refused) {
            return CompletableFuture.failedFuture(refused);
        }
    }

    /// For a Bearer token. Blocks where another issuer has to be asked for its keys, so it belongs
    /// on a virtual thread.
    ///
    /// @throws LoginRefused where it is not accepted
    public VerifiedToken verify(String token) throws LoginRefused {
        Login elsewhere = elsewhere(token);
        return new VerifiedToken(
                elsewhere == null ? ownLogin(token) : elsewhere, TokenText.payload(token));
    }

    private Login ownLogin(String token) throws LoginRefused {
        return login(claims(token)).boundTo(() -> TokenText.claims(token));
    }

    /// The login of a token of another issuer, or null where it is none of those. Blocks as
    /// [#verify] does.
    @Nullable Login elsewhere(String token) throws LoginRefused {
        CompletionStage<Login> stage = external.login(token);
        if (stage == null) {
            return null;
        }
        try {
            return stage.toCompletableFuture().join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof LoginRefused refused) {
                throw refused;
            }
            throw e;
        }
    }

    private Login login(TokenClaims claims) throws LoginRefused {
        Subject subject = principals.subjectOf(claims);
        Principals.Present present = principals.find(subject);
        if (present == null) {
            throw new LoginRefused(
                    "token: who it was issued to does not exist any more", claims.onlyApp());
        }
        return new Login(
                present.principal(),
                present.rights(),
                claims.expiresAt() * 1_000,
                claims.credential());
    }

    /// What a token says, if all is well with the token itself.
    TokenClaims claims(String token) throws LoginRefused {
        if (token.length() > MAX_TOKEN_LENGTH) {
            throw new LoginRefused(
                    "token: "
                            + token.length()
                            + " characters (expected: at most "
                            + MAX_TOKEN_LENGTH
                            + ")");
        }
        Fingerprint fingerprint = Fingerprint.of(token);
        TokenClaims known = remembered.getIfPresent(fingerprint);
        if (known == null) {
            known = verified(token);
            remembered.put(fingerprint, known);
        }
        if (clock.instant().getEpochSecond() >= known.expiresAt()) {
            remembered.invalidate(fingerprint);
            throw new LoginRefused(
                    "token: expired at " + Instant.ofEpochSecond(known.expiresAt()),
                    known.onlyApp());
        }
        String revoked = revocations.refusalOf(known.credential());
        if (revoked != null) {
            throw new LoginRefused(revoked, known.onlyApp());
        }
        return known;
    }

    private TokenClaims verified(String token) throws LoginRefused {
        try {
            TokenText.check(token);
            SignedJWT jwt = SignedJWT.parse(token);
            JWSAlgorithm algorithm = jwt.getHeader().getAlgorithm();
            if (!JWSAlgorithm.RS256.equals(algorithm)) {
                throw new LoginRefused("token: algorithm other than RS256");
            }
            JWSVerifier signature = keys.verifier(jwt.getHeader().getKeyID());
            if (signature == null) {
                throw new LoginRefused("token: signed with an unknown key");
            }
            if (!jwt.verify(signature)) {
                throw new LoginRefused("token: signature does not match");
            }
            JWTClaimsSet claims = jwt.getJWTClaimsSet();
            checkIssuerAndTime(claims);
            return TokenClaims.of(claims);
        } catch (ParseException | IllegalArgumentException _) {
            throw new LoginRefused("token: not a signed JSON Web Token");
        } catch (JOSEException _) {
            throw new LoginRefused("token: signature cannot be checked");
        }
    }

    private void checkIssuerAndTime(JWTClaimsSet claims) throws LoginRefused {
        if (!issuer.equals(claims.getIssuer())) {
            throw new LoginRefused("token: of another issuer (expected: " + issuer + ")");
        }
        if (claims.getExpirationTime() == null) {
            throw new LoginRefused("token: exp: absent");
        }
        Instant latest = clock.instant().plusSeconds(CLOCK_SKEW_SECONDS);
        if (claims.getNotBeforeTime() != null
                && claims.getNotBeforeTime().toInstant().isAfter(latest)) {
            throw new LoginRefused("token: not yet valid");
        }
        if (claims.getIssueTime() != null && claims.getIssueTime().toInstant().isAfter(latest)) {
            throw new LoginRefused("token: issued in the future");
        }
    }
}
