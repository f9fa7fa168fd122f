package eu.sermas.bus.identity.oidc;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// An issuer whose tokens are accepted besides our own.
///
/// @param name what it is called here; part of the id of each of its principals, so that those of
///   two issuers are never the same
/// @param issuer the `iss` of its tokens, to the letter
/// @param keys where what checks its signatures comes from
/// @param rules what a token of it has to fulfil
/// @param claims where in its tokens things stand
/// @param trust what its word counts for
public record IssuerSettings(
        String name, String issuer, Keys keys, Rules rules, Claims claims, Trust trust) {

    public static final String NAME_FORM = "[A-Za-z0-9_-]{1,32}";

    /// In a list of names: whatever they are.
    public static final String ANY = "*";

    private static final Pattern NAME = Pattern.compile(NAME_FORM);

    /// @throws IllegalArgumentException with the name, the value and what was expected
    public IssuerSettings {
        check(NAME.matcher(name).matches(), "name", name, NAME_FORM);
        check(!issuer.isBlank(), "issuer", issuer, "the iss of its tokens");
        if (keys instanceof Keys.Fetched(@Nullable URI at, KeyPolicy _)) {
            URI from = at == null ? URI.create(issuer) : at;
            check(isHttp(from), "issuer", issuer, "an http or https URL, or jwks-url as well");
        }
        boolean secret = keys instanceof Keys.Shared;
        for (String algorithm : rules.algorithms()) {
            check(
                    (secret ? Algorithms.WITH_SECRET : Algorithms.WITH_KEYS).contains(algorithm),
                    "algorithms",
                    algorithm,
                    secret
                            ? "HS256, HS384, HS512 with a shared secret"
                            : "one with a public key, such as RS256");
        }
    }

    private static boolean isHttp(URI uri) {
        return uri.getHost() != null
                && ("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()));
    }

    private static void check(boolean ok, String key, String found, String expected) {
        if (!ok) {
            throw new IllegalArgumentException(
                    key + ": '" + found + "' (expected: " + expected + ")");
        }
    }

    /// What checks the signatures of an issuer.
    public sealed interface Keys {

        /// Public keys that the issuer publishes.
        ///
        /// @param at the address of its JSON Web Key Set, or null to ask
        ///   `{issuer}/.well-known/openid-configuration` for it
        record Fetched(@Nullable URI at, KeyPolicy policy) implements Keys {}

        /// A secret that both know; only HMAC is accepted then, and with public keys it never is.
        record Shared(String secret) implements Keys {

            private static final int SHORTEST = 32;

            /// @throws IllegalArgumentException where it is too short for HS256
            public Shared {
                check(
                        secret.length() >= SHORTEST,
                        "shared-secret",
                        secret.length() + " characters",
                        "at least " + SHORTEST);
            }

            /// Nothing of it.
            @Override
            public String toString() {
                return "Shared[...]";
            }
        }
    }

    /// How keys are kept.
    ///
    /// @param refresh how often they are fetched
    /// @param keep how long the last ones count while none can be fetched
    /// @param pause the shortest time between two fetches, whoever asks for unknown keys
    /// @param timeout of one request
    /// @param maxBytes of one answer
    /// @param maxKeys of one issuer; those beyond are not read
    public record KeyPolicy(
            Duration refresh,
            Duration keep,
            Duration pause,
            Duration timeout,
            int maxBytes,
            int maxKeys) {

        public static final KeyPolicy DEFAULT =
                new KeyPolicy(
                        Duration.ofMinutes(10),
                        Duration.ofDays(1),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(5),
                        256 * 1_024,
                        64);
    }

    /// What a token has to fulfil besides its signature and its time.
    ///
    /// @param algorithms those that are accepted
    /// @param audiences one of them has to be in `aud`; [#ANY] for whatever is there, or nothing
    /// @param clockSkew how far in the future `nbf` and `iat` may be; `exp` is never extended
    /// @param required for each claim the values that it may have; [#ANY] for any that is there
    public record Rules(
            Set<String> algorithms,
            Set<String> audiences,
            Duration clockSkew,
            Map<String, Set<String>> required) {

        public static final Duration DEFAULT_CLOCK_SKEW = Duration.ofSeconds(60);
    }

    /// Where in its tokens things stand.
    ///
    /// @param user who it is, unique and for ever the same at this issuer
    /// @param name for people
    /// @param client the client that the token was issued to
    /// @param service signs that the token is the client's own, and not that of a user who came
    ///   through it
    /// @param apps the apps of this bus that it may name: a text or a list of them
    /// @param grants in the grant language: texts, lists of them, a text with spaces between them,
    ///   or Keycloak's permissions (`rsname` with `scopes`); what is no grant is passed over
    /// @param roles a list of them
    public record Claims(
            ClaimPath user,
            ClaimPath name,
            ClaimPath client,
            List<ServiceSign> service,
            ClaimPath apps,
            List<ClaimPath> grants,
            ClaimPath roles) {

        public static final Claims OIDC =
                new Claims(
                        new ClaimPath("sub"),
                        new ClaimPath("preferred_username"),
                        new ClaimPath("azp"),
                        List.of(ServiceSign.of("sub")),
                        new ClaimPath("appId"),
                        List.of(new ClaimPath("permissions")),
                        new ClaimPath("roles"));

        /// Keycloak puts `client_id` (`clientId` before version 25) into tokens of service accounts
        /// only, and not even there where the client was imported; their user names begin alike.
        public static final Claims KEYCLOAK =
                new Claims(
                        new ClaimPath("sub"),
                        new ClaimPath("preferred_username"),
                        new ClaimPath("azp"),
                        List.of(
                                ServiceSign.of("client_id"),
                                ServiceSign.of("clientId"),
                                ServiceSign.of("preferred_username=service-account-{client}")),
                        new ClaimPath("appId"),
                        List.of(
                                new ClaimPath("realm_access.roles"),
                                new ClaimPath("resource_access.{client}.roles"),
                                new ClaimPath("authorization.permissions")),
                        new ClaimPath("realm_access.roles"));
    }

    /// What the word of an issuer counts for.
    ///
    /// @param apps those that its tokens may name; [#ANY] for all
    /// @param roles those of its roles that count here, such as `platform-admin`
    /// @param systemClients its service accounts that may do everything
    /// @param registry whether a client that it calls `{appId}-{clientId}`, as a client of an app
    ///   is called here, has what is granted to that one too
    /// @param permissions what all its principals may do in their apps
    /// @param clients what is known of single ones of its clients
    public record Trust(
            Set<String> apps,
            Set<String> roles,
            Set<String> systemClients,
            boolean registry,
            List<String> permissions,
            Map<String, KnownClient> clients) {

        public boolean reaches(String appId) {
            return apps.contains(ANY) || apps.contains(appId);
        }
    }

    /// A client of an issuer whose tokens do not say what it may do.
    ///
    /// @param app the app that it belongs to, or null where the token says so
    public record KnownClient(@Nullable String app, List<String> permissions) {}
}
