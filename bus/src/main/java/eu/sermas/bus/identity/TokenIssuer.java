package eu.sermas.bus.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import eu.sermas.bus.access.Principal;
import eu.sermas.bus.identity.keys.IssuerKeys;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Writes access tokens, signed with RS256. Safe for use by many threads.
final class TokenIssuer {

    static final String SCOPE = "profile email";

    /// What a token is about besides its subject.
    ///
    /// @param tokenId the `jti`
    /// @param sessionId the `sid`, the same for every renewal of one login
    /// @param sessionStart of that login
    record Session(
            String tokenId,
            String sessionId,
            Instant sessionStart,
            Instant issuedAt,
            Instant expiresAt) {}

    private final IssuerKeys keys;
    private final String issuer;
    private final Users users;
    private final Registry registry;

    TokenIssuer(IssuerKeys keys, String issuer, Registry registry, Users users) {
        this.keys = keys;
        this.issuer = issuer;
        this.registry = registry;
        this.users = users;
    }

    String issue(Subject subject, Session session) {
        JWTClaimsSet.Builder claims =
                new JWTClaimsSet.Builder()
                        .issuer(issuer)
                        .subject(subject.sub())
                        .audience(subject.client().clientId())
                        .jwtID(session.tokenId())
                        .issueTime(Date.from(session.issuedAt()))
                        .expirationTime(Date.from(session.expiresAt()))
                        .claim("auth_time", session.sessionStart().getEpochSecond())
                        .claim("typ", "Bearer")
                        .claim("azp", subject.client().composite())
                        .claim("appId", appIds(subject))
                        .claim("clientId", subject.client().clientId())
                        .claim("client_id", subject.client().clientId())
                        .claim("sid", session.sessionId())
                        .claim("session_state", session.sessionId())
                        .claim("acr", "1")
                        .claim("scope", SCOPE);
        claimIfPresent(claims, TokenClaims.CLIENT_SUB, subject.through());
        describe(subject, claims);
        return signed(claims.build());
    }

    private void describe(Subject subject, JWTClaimsSet.Builder claims) {
        ClientRef client = subject.client();
        User user = users.user(subject.sub()).orElse(null);
        Set<String> roles = user == null ? Set.of() : user.roles();
        claims.claim("realm_access", Map.of("roles", List.copyOf(new TreeSet<>(roles))));
        claims.claim("resource_access", resourceAccess(subject));
        if (user == null) {
            claims.claim(
                    "preferred_username",
                    ("service-account-" + client.composite()).toLowerCase(Locale.ROOT));
            return;
        }
        claims.claim("preferred_username", user.username());
        claimIfPresent(claims, "email", user.email());
        claimIfPresent(claims, "given_name", user.firstName());
        claimIfPresent(claims, "family_name", user.lastName());
    }

    private static void claimIfPresent(
            JWTClaimsSet.Builder claims, String name, @Nullable String value) {
        if (value != null) {
            claims.claim(name, value);
        }
    }

    private List<String> appIds(Subject subject) {
        String appId = subject.client().appId();
        return appId != null
                ? List.of(appId)
                : List.copyOf(new TreeSet<>(registry.appIdsOwnedBy(subject.sub())));
    }

    /// The role `app-owner` for the owner of the app, and for the service account of its client
    /// `application`.
    private Map<String, Object> resourceAccess(Subject subject) {
        String appId = subject.client().appId();
        if (appId == null) {
            return Map.of();
        }
        boolean owner =
                registry.app(appId).filter(app -> app.ownerId().equals(subject.sub())).isPresent();
        boolean application =
                subject.kind() == Principal.Kind.CLIENT
                        && subject.client().clientId().equals(Names.APPLICATION);
        return owner || application
                ? Map.of(
                        Names.composite(appId, Names.APPLICATION),
                        Map.of("roles", List.of("app-owner")))
                : Map.of();
    }

    private String signed(JWTClaimsSet claims) {
        IssuerKeys.Signing key = keys.signing();
        SignedJWT token =
                new SignedJWT(
                        new JWSHeader.Builder(JWSAlgorithm.RS256)
                                .type(JOSEObjectType.JWT)
                                .keyID(key.keyId())
                                .build(),
                        claims);
        try {
            token.sign(key.signer());
        } catch (JOSEException e) {
            throw new IllegalStateException("token: cannot be signed", e);
        }
        return token.serialize();
    }
}
