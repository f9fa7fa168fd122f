package eu.sermas.bus.identity;

import static java.nio.charset.StandardCharsets.UTF_8;

import eu.sermas.bus.access.AccessRights;
import eu.sermas.bus.access.Claims;
import eu.sermas.bus.access.Grants;
import eu.sermas.bus.access.Principal;
import eu.sermas.bus.access.Standing;
import eu.sermas.bus.identity.secret.Secret;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Knows what a subject is worth at this moment: whether it still exists, and what it may do.
/// Look-ups in memory, from any thread.
///
/// | subject | may |
/// |---|---|
/// | client of an app | what its grants say |
/// | system client | everything |
/// | user with the role `platform-admin` | everything in every app |
/// | owner, logged in through `application` | everything in the app |
/// | owner, logged in through another client | what that client may |
/// | other user, logged in to an app | what goes with their [Relation] to it |
/// | user logged in to no app | everything in the apps that are theirs |
///
/// A user never has the rights of a system client, whatever client they logged in through.
final class Principals {

    /// A subject that is in order.
    record Present(Principal principal, AccessRights rights) {}

    private final Registry registry;
    private final Users users;
    private final Map<String, Secret> systemSecrets;
    private final Edition edition;
    private final Openness openness;
    private final Map<String, Subject> seenUsers = new ConcurrentHashMap<>();

    Principals(
            Registry registry,
            Users users,
            Map<String, Secret> systemSecrets,
            Edition edition,
            Openness openness) {
        this.openness = openness;
        this.edition = edition;
        this.registry = registry;
        this.users = users;
        this.systemSecrets = systemSecrets;
    }

    /// The service account of a system client, or null where there is none of that name.
    @Nullable Subject system(String clientId) {
        if (!systemSecrets.containsKey(clientId)) {
            return null;
        }
        UUID sub = UUID.nameUUIDFromBytes(("system:" + clientId).getBytes(UTF_8));
        return new Subject(Principal.Kind.SYSTEM, new ClientRef(null, clientId), sub.toString());
    }

    Secret systemSecret(String clientId) {
        return systemSecrets.getOrDefault(clientId, Secret.NONE);
    }

    /// Who a token speaks for: the client itself where the `sub` is that of the client.
    Subject subjectOf(TokenClaims claims) throws LoginRefused {
        ClientRef client = claims.client();
        if (client == null) {
            throw new LoginRefused("token: azp, appId and clientId contradict each other");
        }
        String appId = client.appId();
        if (appId == null) {
            Subject system = system(client.clientId());
            return system != null && system.sub().equals(claims.sub())
                    ? system
                    : new Subject(Principal.Kind.USER, client, claims.sub());
        }
        ClientState state = stateOf(client);
        if (state == null) {
            throw new LoginRefused("token: its client does not exist", claims.onlyApp());
        }
        if (state.sub().equals(claims.sub())) {
            return new Subject(Principal.Kind.CLIENT, client, claims.sub());
        }
        String through = claims.through();
        Subject user =
                new Subject(
                        Principal.Kind.USER,
                        client,
                        claims.sub(),
                        through.isEmpty() ? null : through);
        Subject settled = settled(user, claims.issuedAt());
        if (settled == null) {
            throw new LoginRefused("token: its client was made anew since", claims.onlyApp());
        }
        return settled;
    }

    /// The same subject with the client that it came through. Where a token or record of an earlier
    /// version does not name that, it is the present one, unless it is of a time before the app was
    /// made.
    ///
    /// @param since seconds since the epoch
    /// @return null where it came through a client of an app that is no more, though another one
    ///   may be called the same
    @Nullable Subject settled(Subject subject, long since) {
        String appId = subject.client().appId();
        if (subject.kind() != Principal.Kind.USER || appId == null) {
            return subject;
        }
        ClientState state = stateOf(subject.client());
        if (state == null) {
            return null;
        }
        String through = subject.through();
        if (through == null) {
            return since < madeAt(appId) ? null : throughNow(subject.client(), subject.sub());
        }
        return state.sub().equals(through) ? subject : null;
    }

    private long madeAt(String appId) {
        String created = registry.app(appId).map(App::createdAt).orElse(null);
        return created == null ? 0 : Instant.parse(created).getEpochSecond();
    }

    /// A user who comes through the client that is called so now.
    Subject throughNow(ClientRef client, String userId) {
        ClientState state = stateOf(client);
        return new Subject(Principal.Kind.USER, client, userId, state == null ? null : state.sub());
    }

    /// The client itself, as a subject.
    Optional<Subject> ofClient(ClientRef client) {
        return Optional.ofNullable(stateOf(client))
                .map(state -> new Subject(Principal.Kind.CLIENT, client, state.sub()));
    }

    /// What the principal of this id may do while no token of it is at hand, or null where it is no
    /// more.
    @Nullable AccessRights rightsOf(String principalId) {
        Subject subject = subjectOf(principalId);
        Present present = subject == null ? null : find(subject);
        return present == null ? null : present.rights().boundTo(() -> Claims.UNKNOWN);
    }

    /// The subject that has this principal id, or null where it has not the form of one.
    private @Nullable Subject subjectOf(String principalId) {
        int colon = principalId.indexOf(':');
        String[] parts = principalId.substring(colon + 1).split("/", -1);
        String kind = principalId.substring(0, Math.max(colon, 0));
        if (kind.equals("client") && parts.length == 2) {
            return ofClient(new ClientRef(parts[0], parts[1])).orElse(null);
        }
        if (kind.equals("system")) {
            return system(parts[0]);
        }
        if (kind.equals("user") && parts.length == 2) {
            return new Subject(Principal.Kind.USER, new ClientRef(null, parts[0]), parts[1]);
        }
        if (kind.equals("user") && parts.length == 3) {
            return throughNow(new ClientRef(parts[0], parts[1]), parts[2]);
        }
        return null;
    }

    private @Nullable ClientState stateOf(ClientRef client) {
        String appId = client.appId();
        AppState app = appId == null ? null : registry.state(appId).orElse(null);
        return app == null ? null : app.clients().get(client.clientId());
    }

    /// @return null where the subject is no more
    @Nullable Present find(Subject subject) {
        return switch (subject.kind()) {
            case CLIENT -> client(subject);
            case USER -> user(subject);
            case SYSTEM ->
                    systemSecrets.containsKey(subject.client().clientId())
                            ? new Present(principal(subject, Set.of(), null), AccessRights.system())
                            : null;
            case ANONYMOUS -> null;
        };
    }

    private Standing standing(Subject subject) {
        return edition.standing(
                () -> {
                    Present present = find(subject);
                    return present == null ? null : present.rights();
                });
    }

    private @Nullable Present client(Subject subject) {
        Standing standing = standing(subject);
        ClientState state = stateOf(subject.client());
        if (state == null || !state.sub().equals(subject.sub())) {
            return null;
        }
        Set<String> appIds = Set.of(state.client().appIdOrEmpty());
        return new Present(
                principal(subject, appIds, null),
                AccessRights.granted(appIds, state.grants(), state.sub(), standing));
    }

    private @Nullable Present user(Subject subject) {
        Standing standing = standing(subject);
        User user = users.user(subject.sub()).orElse(null);
        Grants grants = user == null || !user.enabled() ? null : grantsOf(user, subject);
        if (user == null || grants == null) {
            return null;
        }
        seenUsers.put(subject.principalId(), subject);
        String appId = subject.client().appId();
        Set<String> appIds = appId == null ? registry.appIdsOwnedBy(user.userId()) : Set.of(appId);
        AccessRights rights =
                user.isAdmin()
                        ? AccessRights.platformAdmin(user.userId(), standing)
                        : AccessRights.granted(appIds, grants, user.userId(), standing);
        return new Present(principal(subject, appIds, user), rights);
    }

    /// Null where a user may not be there at all.
    private @Nullable Grants grantsOf(User user, Subject subject) {
        String appId = subject.client().appId();
        if (appId == null) {
            boolean ownsAny = !registry.appIdsOwnedBy(user.userId()).isEmpty();
            return ownsAny ? Grants.ALL : Grants.NONE;
        }
        ClientState client = stateOf(subject.client());
        AppState app = registry.state(appId).orElse(null);
        if (client == null || app == null || !client.sub().equals(subject.through())) {
            return null;
        }
        Relation relation = app.relationOf(user.userId(), openness);
        return switch (relation) {
            case OWNER -> client.grants();
            case MEMBER, VISITOR -> relation.grants();
            case STRANGER -> user.isAdmin() ? relation.grants() : null;
        };
    }

    private static Principal principal(Subject subject, Set<String> appIds, @Nullable User user) {
        return new Principal(
                subject.kind(),
                subject.principalId(),
                appIds,
                user == null ? subject.client().clientId() : null,
                subject.sub(),
                user == null ? "service-account-" + subject.client().composite() : user.username(),
                user == null ? Set.of() : user.roles());
    }

    /// The users who have come in with a token since the start, and may be connected.
    Collection<Subject> seenUsers() {
        return seenUsers.values();
    }

    void forget(Subject subject) {
        seenUsers.remove(subject.principalId());
    }
}
