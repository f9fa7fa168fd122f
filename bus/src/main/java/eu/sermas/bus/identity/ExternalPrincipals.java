package eu.sermas.bus.identity;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import eu.sermas.bus.access.AccessRights;
import eu.sermas.bus.access.Claims;
import eu.sermas.bus.access.Credential;
import eu.sermas.bus.access.Grants;
import eu.sermas.bus.access.Principal;
import eu.sermas.bus.access.Principal.Kind;
import eu.sermas.bus.access.Standing;
import eu.sermas.bus.identity.oidc.ExternalIdentity;
import eu.sermas.bus.identity.oidc.ExternalToken;
import eu.sermas.bus.identity.oidc.IssuerSettings;
import eu.sermas.bus.store.Batch;
import eu.sermas.bus.store.Store;
import eu.sermas.bus.store.Store.Family;
import java.net.URLEncoder;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What those may do who come with a token of another issuer. Look-ups in memory, from any thread.
///
/// | who | may |
/// |---|---|
/// | a service account that is configured as a system client | everything |
/// | whoever has the role `platform-admin`, where the issuer is trusted with it | everything in every app |
/// | everybody | what the token grants, in the apps that it names |
/// | a service account called like a client of an app, where that is configured | what that client may, too |
/// | a user who came through such a client | what goes with their [Relation] to the app, too; the owner of the app what that client may |
/// | a user whose token names no app | everything in the apps that are theirs |
///
/// Principals of two issuers are never the same: the name of the issuer is part of their ids, and
/// of the user id by which they own apps and topics, `{issuer}:{sub}`.
///
/// The last that a token said of somebody is stored, so that a session which outlives the process
/// keeps its rights until its client is here again.
final class ExternalPrincipals {

    private static final Logger LOG = LoggerFactory.getLogger(ExternalPrincipals.class);
    private static final String PREFIX = "external:";
    private static final int REMEMBERED = 100_000;
    private static final long DAY_SECONDS = 86_400;

    /// Longer than any session lasts.
    private static final long FORGOTTEN_AFTER_DAYS = 366;

    /// @param day of the last token, since the epoch
    private record Stored(ExternalIdentity identity, long day) {}

    private final Registry registry;
    private final Store store;
    private final InstantSource clock;
    private final Map<String, IssuerSettings.Trust> trust;
    private final Edition edition;
    private final Openness openness;
    private final Cache<String, Stored> seen =
            Caffeine.newBuilder().maximumSize(REMEMBERED).build();

    ExternalPrincipals(
            Registry registry,
            Store store,
            InstantSource clock,
            Map<String, IssuerSettings.Trust> trust,
            Edition edition,
            Openness openness) {
        this.edition = edition;
        this.openness = openness;
        this.registry = registry;
        this.store = store;
        this.clock = clock;
        this.trust = Map.copyOf(trust);
        forgetTheOld();
    }

    static boolean isExternal(String principalId) {
        return principalId.startsWith(PREFIX);
    }

    /// Somebody who is here now. What is known of them is kept, without waiting for the disk.
    Principals.Present seen(ExternalIdentity identity) {
        String id = idOf(identity);
        Stored now = new Stored(identity, today());
        if (!now.equals(seen.getIfPresent(id))) {
            seen.put(id, now);
            keep(id, now);
        }
        return present(identity);
    }

    /// What a token of another issuer can be revoked by. Its ids are those of its issuer, behind
    /// the name that the issuer has here.
    Credential credential(ExternalToken token) {
        return credential(token.identity(), token.tokenId(), token.issuedAt());
    }

    Credential credential(ExternalIdentity who, String id, long issuedAt) {
        IssuerSettings.Trust trusted = trust.get(who.issuer());
        ClientState client = trusted == null ? null : registered(who, trusted);
        return new Credential(
                id.isEmpty() ? "" : who.issuer() + ":" + id,
                issuedAt,
                client == null ? who.appIds() : Set.of(appOf(client)),
                shortIdOf(who, client),
                who.issuer() + ":" + who.user());
    }

    /// What the principal of this id may do, or null where nobody knows them any more.
    @Nullable AccessRights rightsOf(String principalId) {
        Stored stored = seen.get(principalId, this::read);
        return stored == null || !trust.containsKey(stored.identity().issuer())
                ? null
                : present(stored.identity()).rights().boundTo(() -> Claims.UNKNOWN);
    }

    /// What those may do now whose rights may follow from one of the apps in the registry, by the
    /// id of the principal.
    Map<String, AccessRights> dependentOn(String appId) {
        Map<String, AccessRights> dependent = new HashMap<>();
        seen.asMap()
                .forEach(
                        (id, stored) -> {
                            ExternalIdentity who = stored.identity();
                            boolean mayDepend =
                                    who.appIds().isEmpty() || who.appIds().contains(appId);
                            if (mayDepend && trust.containsKey(who.issuer())) {
                                dependent.put(id, present(who).rights());
                            }
                        });
        return dependent;
    }

    private Principals.Present present(ExternalIdentity who) {
        Standing standing = edition.standing(() -> present(who).rights());
        IssuerSettings.Trust trusted = trust.get(who.issuer());
        ClientState client = trusted == null ? null : registered(who, trusted);
        String userId = who.issuer() + ":" + who.user();
        Set<String> appIds = client == null ? who.appIds() : Set.of(appOf(client));
        Grants grants = client == null ? Grants.of(who.grants()) : grants(who, client, userId);
        if (appIds.isEmpty() && !who.service()) {
            appIds = registry.appIdsOwnedBy(userId);
            grants = appIds.isEmpty() ? grants : Grants.ALL;
        }
        boolean system =
                trusted != null && who.service() && trusted.systemClients().contains(who.client());
        Principal principal =
                new Principal(
                        system ? Kind.SYSTEM : who.service() ? Kind.CLIENT : Kind.USER,
                        idOf(who),
                        appIds,
                        who.service() ? shortIdOf(who, client) : null,
                        userId,
                        who.name(),
                        trustedRoles(who, trusted));
        return new Principals.Present(principal, rights(principal, grants, standing));
    }

    /// What is stored of somebody may be older than what their issuer is trusted with now.
    private static Set<String> trustedRoles(
            ExternalIdentity who, IssuerSettings.@Nullable Trust trusted) {
        return trusted == null
                ? Set.of()
                : who.roles().stream()
                        .filter(trusted.roles()::contains)
                        .collect(Collectors.toUnmodifiableSet());
    }

    private static AccessRights rights(Principal principal, Grants grants, Standing standing) {
        if (principal.kind() == Kind.SYSTEM) {
            return AccessRights.system();
        }
        return principal.isPlatformAdmin()
                ? AccessRights.platformAdmin(principal.userId(), standing)
                : AccessRights.granted(principal.appIds(), grants, principal.userId(), standing);
    }

    /// The client of an app here that is called like the client of the token, or null. A token that
    /// names other apps does not mean it.
    private @Nullable ClientState registered(ExternalIdentity who, IssuerSettings.Trust trusted) {
        List<ClientRef> called =
                trusted.registry() ? registry.clientsCalled(who.client()) : List.of();
        return called.stream()
                .filter(client -> isMeant(client, who, trusted))
                .findFirst()
                .flatMap(
                        client ->
                                registry.state(String.valueOf(client.appId()))
                                        .map(app -> app.clients().get(client.clientId())))
                .orElse(null);
    }

    private static boolean isMeant(
            ClientRef client, ExternalIdentity who, IssuerSettings.Trust trusted) {
        String appId = client.appId();
        return appId != null
                && trusted.reaches(appId)
                && (who.appIds().isEmpty() || who.appIds().contains(appId));
    }

    private Grants grants(ExternalIdentity who, ClientState client, String userId) {
        Relation relation =
                who.service()
                        ? Relation.OWNER
                        : registry.state(appOf(client))
                                .map(app -> app.relationOf(userId, openness))
                                .orElse(Relation.STRANGER);
        Set<String> all =
                new LinkedHashSet<>(
                        relation == Relation.OWNER ? client.permissions() : relation.permissions());
        all.addAll(who.grants());
        return Grants.of(all.stream().limit(Grants.MAX_GRANTS).toList());
    }

    private static String appOf(ClientState client) {
        return client.client().appIdOrEmpty();
    }

    private static String shortIdOf(ExternalIdentity who, @Nullable ClientState client) {
        if (client != null) {
            return client.client().id();
        }
        String app = who.appIds().size() == 1 ? who.appIds().iterator().next() + "-" : "";
        return who.client().startsWith(app) && who.client().length() > app.length()
                ? who.client().substring(app.length())
                : who.client();
    }

    /// What a slash separates has none of its own.
    private static String idOf(ExternalIdentity who) {
        String client = URLEncoder.encode(who.client(), UTF_8);
        return PREFIX
                + who.issuer()
                + (who.service()
                        ? "/client/" + client
                        : "/user/" + client + "/" + URLEncoder.encode(who.user(), UTF_8));
    }

    private void keep(String id, Stored now) {
        Batch batch = new Batch().put(Family.APP, key(id), Json.write(now));
        var _ =
                store.commit(batch, Store.Safety.WRITTEN)
                        .whenComplete(
                                (_, failure) -> {
                                    if (failure != null) {
                                        seen.invalidate(id); // written with the next token
                                        LOG.warn("principal not stored: {}", failure.toString());
                                    }
                                });
    }

    private @Nullable Stored read(String id) {
        byte[] stored = store.get(Family.APP, key(id));
        return stored == null ? null : Json.read(stored, Stored.class);
    }

    private void forgetTheOld() {
        Batch batch = new Batch();
        store.scan(
                Family.APP,
                PREFIX.getBytes(UTF_8),
                (key, value) -> {
                    if (Json.read(value, Stored.class).day() < today() - FORGOTTEN_AFTER_DAYS) {
                        batch.delete(Family.APP, key);
                    }
                    return true;
                });
        if (!batch.isEmpty()) {
            store.commit(batch).toCompletableFuture().join();
        }
    }

    private long today() {
        return clock.instant().getEpochSecond() / DAY_SECONDS;
    }

    private static byte[] key(String id) {
        return id.getBytes(UTF_8);
    }
}
