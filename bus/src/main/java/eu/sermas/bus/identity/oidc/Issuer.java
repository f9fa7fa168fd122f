package eu.sermas.bus.identity.oidc;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import eu.sermas.bus.identity.oidc.IssuerSettings.Rules;
import eu.sermas.bus.metrics.IssuerMetrics;
import eu.sermas.bus.packet.Printable;
import eu.sermas.bus.time.BusClock;
import java.net.http.HttpClient;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// Checks the tokens of one issuer: signature, algorithm, time, audience, required claims.
///
/// Only keys that were fetched from the issuer count. Whatever a token says about keys by itself
/// (`jku`, `jwk`, `x5u`, `x5c`) is not looked at; its `kid` is a name to look up in memory, and no
/// part of an address.
public final class Issuer {

    /// What `typ` says in the header of an access token, where it says anything.
    private static final Set<String> TYPES = Set.of("jwt", "at+jwt", "application/at+jwt");

    private static final TokenVerdict UNKNOWN =
            new TokenVerdict.Refused("token: signed with an unknown key");
    private static final TokenVerdict NOT_YET =
            new TokenVerdict.Postponed("token: its key is not yet known, try again");

    private final String name;
    private final String issuer;
    private final Rules rules;
    private final ClaimReader reader;
    private final InstantSource clock;
    private final @Nullable KeyRing ring;
    private final KeySet secret;

    Issuer(IssuerSettings settings, HttpClient http, BusClock clock, IssuerMetrics metrics) {
        this.name = settings.name();
        this.issuer = settings.issuer();
        this.rules = settings.rules();
        this.reader = new ClaimReader(settings);
        this.clock = clock.world();
        switch (settings.keys()) {
            case IssuerSettings.Keys.Fetched fetched -> {
                KeyFetch fetch = new KeyFetch(http, issuer, fetched);
                ring = new KeyRing(name, fetched.policy(), fetch::keys, clock.steady(), metrics);
                secret = KeySet.NONE;
            }
            case IssuerSettings.Keys.Shared shared -> {
                ring = null;
                secret = new KeySet(List.of(VerificationKey.of(shared)));
            }
        }
    }

    public String name() {
        return name;
    }

    /// Whether a token that was signed with this key and good before would be good still. A key
    /// that the issuer has withdrawn, or that is too old, is known no more.
    public boolean stillKnows(String keyId) {
        return keys().has(keyId);
    }

    private KeySet keys() {
        return ring == null ? secret : ring.keys();
    }

    /// Fetches the keys, where it has any to fetch and that is not too early.
    CompletionStage<Void> refresh() {
        CompletionStage<Void> underway = ring == null ? null : ring.refresh();
        return underway == null ? CompletableFuture.completedFuture(null) : underway;
    }

    /// How long until the next [#refresh], or null where there are no keys to fetch.
    @Nullable Duration untilNext() {
        return ring == null ? null : ring.untilNext();
    }

    /// Completes at once, unless the token names a key that has to be asked for.
    public CompletionStage<TokenVerdict> check(SignedJWT token) {
        JWSHeader header = token.getHeader();
        String refusal = refusalOf(header);
        if (refusal != null) {
            return CompletableFuture.completedFuture(new TokenVerdict.Refused(refusal));
        }
        VerificationKey key = keyOf(header);
        if (key != null) {
            return CompletableFuture.completedFuture(check(token, key));
        }
        if (ring == null) {
            return CompletableFuture.completedFuture(UNKNOWN);
        }
        CompletionStage<Void> refresh = ring.refresh();
        return refresh == null // for instance since that ended just now
                ? CompletableFuture.completedFuture(checkAgain(token, NOT_YET))
                : refresh.thenApply(_ -> checkAgain(token, ring.isFailing() ? NOT_YET : UNKNOWN));
    }

    /// After the keys were asked for.
    private TokenVerdict checkAgain(SignedJWT token, TokenVerdict otherwise) {
        VerificationKey key = keyOf(token.getHeader());
        return key == null ? otherwise : check(token, key);
    }

    private @Nullable VerificationKey keyOf(JWSHeader header) {
        return keys().find(ring == null ? null : header.getKeyID(), header.getAlgorithm());
    }

    private @Nullable String refusalOf(JWSHeader header) {
        JWSAlgorithm algorithm = header.getAlgorithm();
        if (!rules.algorithms().contains(algorithm.getName())) {
            return "token: algorithm "
                    + Printable.of(algorithm.getName())
                    + " (expected: "
                    + String.join(", ", rules.algorithms().stream().sorted().toList())
                    + ")";
        }
        if (header.getCriticalParams() != null && !header.getCriticalParams().isEmpty()) {
            return "token: crit: names what is not known here";
        }
        if (header.getType() != null
                && !TYPES.contains(header.getType().getType().toLowerCase(Locale.ROOT))) {
            return "token: typ " + Printable.of(header.getType().getType()) + " (expected: JWT)";
        }
        return null;
    }

    private TokenVerdict check(SignedJWT token, VerificationKey key) {
        if (!key.verifies(token.getHeader(), token.getSigningInput(), token.getSignature())) {
            return new TokenVerdict.Refused("token: signature does not match");
        }
        try {
            JWTClaimsSet claims = token.getJWTClaimsSet();
            String refusal = refusalOf(claims);
            return refusal == null
                    ? new TokenVerdict.Accepted(accepted(claims, key))
                    : new TokenVerdict.Refused(refusal);
        } catch (ParseException _) {
            return new TokenVerdict.Refused("token: not a signed JSON Web Token");
        }
    }

    private ExternalToken accepted(JWTClaimsSet claims, VerificationKey key) {
        String tokenId = claims.getJWTID();
        Date issuedAt = claims.getIssueTime();
        return new ExternalToken(
                reader.read(claims.getClaims()),
                issuedAt == null ? 0 : issuedAt.toInstant().getEpochSecond(),
                claims.getExpirationTime().toInstant().getEpochSecond(),
                tokenId == null ? "" : tokenId,
                key.id());
    }

    private @Nullable String refusalOf(JWTClaimsSet claims) {
        if (!issuer.equals(claims.getIssuer())) {
            return "token: of another issuer";
        }
        String late = refusalOfTime(claims);
        if (late != null) {
            return late;
        }
        if (!rules.audiences().contains(IssuerSettings.ANY)
                && claims.getAudience().stream().noneMatch(rules.audiences()::contains)) {
            return "token: aud: for somebody else (expected: "
                    + String.join(", ", rules.audiences().stream().sorted().toList())
                    + ")";
        }
        String missing = missing(claims.getClaims());
        return missing == null ? reader.problemOf(claims.getClaims()) : missing;
    }

    private @Nullable String refusalOfTime(JWTClaimsSet claims) {
        Instant now = clock.instant();
        Date expiry = claims.getExpirationTime();
        if (expiry == null) {
            return "token: exp: absent";
        }
        if (!now.isBefore(expiry.toInstant())) {
            return "token: expired at " + expiry.toInstant();
        }
        Instant latest = now.plus(rules.clockSkew());
        if (isAfter(claims.getNotBeforeTime(), latest)) {
            return "token: not yet valid";
        }
        return isAfter(claims.getIssueTime(), latest) ? "token: issued in the future" : null;
    }

    private static boolean isAfter(@Nullable Date time, Instant latest) {
        return time != null && time.toInstant().isAfter(latest);
    }

    private @Nullable String missing(Map<String, Object> claims) {
        for (Map.Entry<String, Set<String>> required : rules.required().entrySet()) {
            Object found = new ClaimPath(required.getKey()).in(claims, "");
            Set<String> expected = required.getValue();
            boolean there =
                    found instanceof Collection<?> list
                            ? list.stream().anyMatch(item -> isOne(item, expected))
                            : isOne(found, expected);
            if (!there) {
                return "token: "
                        + required.getKey()
                        + (found == null ? ": absent" : ": has another value")
                        + " (expected: "
                        + String.join(", ", expected.stream().sorted().toList())
                        + ")";
            }
        }
        return null;
    }

    private static boolean isOne(@Nullable Object found, Set<String> expected) {
        return found != null
                && (expected.contains(IssuerSettings.ANY)
                        || expected.contains(String.valueOf(found)));
    }
}
