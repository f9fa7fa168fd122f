package eu.sermas.bus.identity;

import eu.sermas.bus.identity.oidc.IssuerSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What is configured about identity.
///
/// @param issuer the `iss` of every token: a fixed name, not an address that follows the port
/// @param tokenLifetime of access and refresh tokens, 121 s to 24 days. Clients renew every 120 s,
///   and keep the time in a 32-bit count of milliseconds
/// @param maxTokenLifetime the longest that an app or a client may have for itself
/// @param sessionMaxAge how long a login can be renewed without a secret or a password
/// @param dataDirectory where the signing key is kept, or null to keep it in memory
/// @param systemClients secrets of the service accounts that may do everything, by client id; empty
///   for none
/// @param identityFailures how many wrong secrets or passwords one identity may send at once; one
///   more is allowed every 6 s
/// @param addressFailures the same for one address, with one more every 600 ms
/// @param issuers other issuers whose tokens are accepted; no two of the same name or `iss`
/// @param certificates what certificates of clients count for, or null for nothing
/// @param openness what is as open as it was with the platform of old
public record IdentitySettings(
        String issuer,
        Duration tokenLifetime,
        Duration maxTokenLifetime,
        Duration sessionMaxAge,
        @Nullable Path dataDirectory,
        Map<String, String> systemClients,
        int identityFailures,
        int addressFailures,
        List<IssuerSettings> issuers,
        @Nullable CertificateSettings certificates,
        Openness openness) {

    public static final String DEFAULT_ISSUER = "http://localhost:8080";
    public static final Duration DEFAULT_TOKEN_LIFETIME = Duration.ofHours(12);
    public static final Duration DEFAULT_SESSION_MAX_AGE = Duration.ofDays(30);
    public static final int DEFAULT_IDENTITY_FAILURES = 10;
    public static final int DEFAULT_ADDRESS_FAILURES = 100;

    static final Duration MIN_LIFETIME = Duration.ofSeconds(121);

    /// Of any token that this bus has ever issued.
    static final Duration MAX_LIFETIME = Duration.ofDays(24);

    public static final IdentitySettings DEFAULTS =
            new IdentitySettings(
                    DEFAULT_ISSUER,
                    DEFAULT_TOKEN_LIFETIME,
                    MAX_LIFETIME,
                    DEFAULT_SESSION_MAX_AGE,
                    null,
                    Map.of(),
                    DEFAULT_IDENTITY_FAILURES,
                    DEFAULT_ADDRESS_FAILURES,
                    List.of(),
                    null,
                    Openness.NONE);

    /// @throws IllegalArgumentException with the name, the value and what was expected
    public IdentitySettings {
        systemClients = Map.copyOf(systemClients);
        issuers = List.copyOf(issuers);
        check(!issuer.isBlank(), "issuer", "'" + issuer + "'", "a name");
        check(
                tokenLifetime.compareTo(MIN_LIFETIME) >= 0
                        && tokenLifetime.compareTo(MAX_LIFETIME) <= 0,
                "tokenLifetime",
                tokenLifetime.toSeconds() + " s",
                "121 s..24 days");
        check(
                maxTokenLifetime.compareTo(tokenLifetime) >= 0
                        && maxTokenLifetime.compareTo(MAX_LIFETIME) <= 0,
                "maxTokenLifetime",
                maxTokenLifetime.toSeconds() + " s",
                "tokenLifetime..24 days");
        check(
                sessionMaxAge.compareTo(tokenLifetime) >= 0,
                "sessionMaxAge",
                sessionMaxAge.toSeconds() + " s",
                "at least tokenLifetime");
        for (Map.Entry<String, String> client : systemClients.entrySet()) {
            check(
                    Names.isClientId(client.getKey()),
                    "systemClients",
                    "'" + client.getKey() + "'",
                    Names.CLIENT_ID_FORM);
            check(
                    !client.getValue().isBlank(),
                    "systemClients." + client.getKey(),
                    "empty",
                    "a secret");
        }
        check(identityFailures >= 1, "identityFailures", "" + identityFailures, "at least 1");
        check(addressFailures >= 1, "addressFailures", "" + addressFailures, "at least 1");
        Set<String> names = new HashSet<>();
        Set<String> iss = new HashSet<>(Set.of(issuer));
        for (IssuerSettings one : issuers) {
            check(
                    !one.name().equals(CertificateAuthenticator.ISSUER),
                    "issuers",
                    "'" + one.name() + "'",
                    "another name");
            check(names.add(one.name()), "issuers", "'" + one.name() + "' twice", "names apart");
            check(iss.add(one.issuer()), "issuers", "'" + one.issuer() + "' twice", "each once");
        }
    }

    Lifetimes lifetimes() {
        return new Lifetimes(tokenLifetime, maxTokenLifetime);
    }

    private static void check(boolean ok, String name, String found, String expected) {
        if (!ok) {
            throw new IllegalArgumentException(
                    name + ": " + found + " (expected: " + expected + ")");
        }
    }

    public IdentitySettings withDataDirectory(@Nullable Path other) {
        return new IdentitySettings(
                issuer,
                tokenLifetime,
                maxTokenLifetime,
                sessionMaxAge,
                other,
                systemClients,
                identityFailures,
                addressFailures,
                issuers,
                certificates,
                openness);
    }

    public IdentitySettings withSystemClients(Map<String, String> others) {
        return new IdentitySettings(
                issuer,
                tokenLifetime,
                maxTokenLifetime,
                sessionMaxAge,
                dataDirectory,
                others,
                identityFailures,
                addressFailures,
                issuers,
                certificates,
                openness);
    }

    public IdentitySettings withIssuers(List<IssuerSettings> others) {
        return new IdentitySettings(
                issuer,
                tokenLifetime,
                maxTokenLifetime,
                sessionMaxAge,
                dataDirectory,
                systemClients,
                identityFailures,
                addressFailures,
                others,
                certificates,
                openness);
    }

    public IdentitySettings withCertificates(CertificateSettings others) {
        return new IdentitySettings(
                issuer,
                tokenLifetime,
                maxTokenLifetime,
                sessionMaxAge,
                dataDirectory,
                systemClients,
                identityFailures,
                addressFailures,
                issuers,
                others,
                openness);
    }

    public IdentitySettings withOpenness(Openness other) {
        return new IdentitySettings(
                issuer,
                tokenLifetime,
                maxTokenLifetime,
                sessionMaxAge,
                dataDirectory,
                systemClients,
                identityFailures,
                addressFailures,
                issuers,
                certificates,
                other);
    }

    /// Without the secrets.
    @Override
    public String toString() {
        return "IdentitySettings[" + issuer + ", " + tokenLifetime + "]";
    }
}
