package eu.sermas.bus.identity;

import com.fasterxml.jackson.databind.JsonNode;
import eu.sermas.bus.access.AccessRights;
import eu.sermas.bus.access.LiveCatalogue;
import eu.sermas.bus.budget.Shares;
import eu.sermas.bus.identity.keys.IssuerKeys;
import eu.sermas.bus.identity.oidc.IssuerSettings;
import eu.sermas.bus.identity.oidc.Issuers;
import eu.sermas.bus.identity.secret.Secret;
import eu.sermas.bus.identity.secret.Secrets;
import eu.sermas.bus.metrics.Metrics;
import eu.sermas.bus.store.Store;
import eu.sermas.bus.time.BusClock;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Everything about identity, put together. Every call of these objects may block, so they belong
/// on virtual threads, except for [TokenVerifier], which works on the thread of its caller.
///
/// @param rights what the principal of an id may do now, or null where it is no more; look-ups in
///   memory, from any thread
/// @param keys that sign the tokens
/// @param issuers the others whose tokens are accepted
/// @param revocations what of all that counts no more
/// @param certificates makes of an authenticator that knows tokens one that takes certificates as
///   well, where that is configured
public record Identity(
        Registry registry,
        Users users,
        TokenService tokens,
        TokenVerifier verifier,
        Function<String, @Nullable AccessRights> rights,
        IssuerKeys keys,
        Issuers issuers,
        Revocations revocations,
        UnaryOperator<Authenticator> certificates)
        implements AutoCloseable {

    /// Reads the registry from the store, and the signing key from the data directory or makes one.
    ///
    /// @param catalogue to which modules may add topics
    /// @param listener is told on the thread of the change, after it is durable and in force, and
    ///   in the order of the changes; it must not block, nor change anything here itself
    public static Identity open(
            Store store,
            IdentitySettings settings,
            BusClock clock,
            Metrics metrics,
            LiveCatalogue catalogue,
            Consumer<IdentityEvent> listener) {
        return open(
                store,
                settings,
                RegistryLimits.DEFAULT,
                clock,
                metrics,
                catalogue,
                listener,
                new Secrets());
    }

    /// The same with limits of its own.
    public static Identity open(
            Store store,
            IdentitySettings settings,
            RegistryLimits limits,
            BusClock clock,
            Metrics metrics,
            LiveCatalogue catalogue,
            Consumer<IdentityEvent> listener) {
        return open(store, settings, limits, clock, metrics, catalogue, listener, new Secrets());
    }

    static Identity open(
            Store store,
            IdentitySettings settings,
            RegistryLimits limits,
            BusClock clock,
            Metrics metrics,
            LiveCatalogue catalogue,
            Consumer<IdentityEvent> listener,
            Secrets secrets) {
        InstantSource world = clock.world();
        Map<String, Secret> systemSecrets = new HashMap<>();
        settings.systemClients()
                .forEach((id, secret) -> systemSecrets.put(id, secrets.configured(secret)));
        Edition edition = new Edition();
        Users users = new Users(store, secrets, edition);
        IssuerKeys keys =
                IssuerKeys.open(
                        settings.dataDirectory(),
                        !users.isEmpty(),
                        IdentitySettings.MAX_LIFETIME,
                        world);
        keys.report(keyId -> listener.accept(new IdentityEvent.KeyRotated(keyId)));
        RegistryBudget budget = new RegistryBudget(limits, users::isAdministrator);
        users.charge(budget);
        Registry registry =
                new Registry(
                        new RegistryStore(store),
                        secrets,
                        systemSecrets.keySet(),
                        world,
                        catalogue,
                        budget,
                        edition,
                        AppDraft.Rules.of(settings));
        Principals principals =
                new Principals(registry, users, systemSecrets, edition, settings.openness());
        RefreshTokens refreshTokens =
                new RefreshTokens(
                        store,
                        secrets,
                        new Shares(limits.bytesOfRefreshTokens(), limits.guaranteedApps()),
                        world);
        ExternalPrincipals externals =
                new ExternalPrincipals(
                        registry, store, world, trust(settings), edition, settings.openness());
        Issuers issuers = Issuers.open(settings.issuers(), clock, metrics);
        Revocations revocations =
                new Revocations(
                        store,
                        refreshTokens,
                        new Shares(limits.bytesOfRevocations(), limits.guaranteedApps()),
                        IdentitySettings.MAX_LIFETIME,
                        world,
                        listener);
        Consequences consequences =
                new Consequences(principals, externals, refreshTokens, revocations, listener);
        registry.report(consequences);
        users.report(consequences);
        users.inherit(
                new Users.Estate(
                        registry::appIdsOwnedBy, registry::handOver, registry::forgetMember));
        if (!settings.issuers().isEmpty()) {
            revocations.expectForeignTokens();
        }
        CertificateSettings certificates = settings.certificates();
        if (certificates != null) {
            revocations.expectCertificates();
        }
        TokenVerifier verifier =
                new TokenVerifier(
                        keys,
                        settings.issuer(),
                        principals,
                        new ExternalTokens(issuers, externals, revocations, world),
                        revocations,
                        world);
        TokenService tokens =
                new TokenService(
                        settings,
                        registry,
                        users,
                        principals,
                        secrets,
                        new TokenIssuer(keys, settings.issuer(), registry, users),
                        verifier,
                        refreshTokens,
                        revocations,
                        clock,
                        metrics,
                        listener);
        return new Identity(
                registry,
                users,
                tokens,
                verifier,
                id ->
                        ExternalPrincipals.isExternal(id)
                                ? externals.rightsOf(id)
                                : principals.rightsOf(id),
                keys,
                issuers,
                revocations,
                tokensOnly ->
                        certificates == null
                                ? tokensOnly
                                : new CertificateAuthenticator(
                                        tokensOnly, certificates, externals, revocations, world));
    }

    private static Map<String, IssuerSettings.Trust> trust(IdentitySettings settings) {
        Map<String, IssuerSettings.Trust> trust = new HashMap<>();
        settings.issuers().forEach(issuer -> trust.put(issuer.name(), issuer.trust()));
        CertificateSettings certificates = settings.certificates();
        if (certificates != null) {
            trust.put(CertificateAuthenticator.ISSUER, certificates.trust());
        }
        return trust;
    }

    /// Whether a principal came with the token of another issuer, or a certificate: what it may do
    /// is then known from the last that it has shown, wherever that was.
    public static boolean isOfAnotherIssuer(String principalId) {
        return ExternalPrincipals.isExternal(principalId);
    }

    /// Lets go of what asks other issuers for their keys.
    @Override
    public void close() {
        issuers.close();
    }

    /// The public keys, as served at `/.well-known/jwks.json`.
    public JsonNode jwks() {
        return Json.read(keys.jwks().getBytes(StandardCharsets.UTF_8), JsonNode.class);
    }
}
