package eu.sermas.bus.access;

import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The rights that follow from a list of grants.
///
/// A topic is `app/{appId}/{resource}/{scope}/...` or `user/{userId}/{resource}/{scope}/...`. Two
/// questions decide: is the second level mine, and are the third and fourth granted? A filter asks
/// the same; a wildcard at one of these levels asks for everything that could stand there, so it
/// needs the grant that covers all of it. What comes deeper is never looked at. A topic without a
/// scope, `app/{appId}/{resource}`, speaks for the whole resource.
///
/// The check of an allowed topic allocates nothing: it is on the path of every message.
final class GrantedRights implements AccessRights {

    private static final String APP = "app";
    private static final String USER = "user";
    private static final String SYSTEM = "system";
    private static final String SYS = "$SYS";
    private static final String ONE = "+";
    private static final String MANY = "#";

    private static final Verdict SHAPE =
            Verdict.denied("topic: expected app/{appId}/{resource}/{scope}/...");
    private static final Verdict USER_SHAPE =
            Verdict.denied("topic: expected user/{userId}/{resource}/{scope}/...");
    private static final Verdict EMPTY_LEVEL = Verdict.denied("topic: empty level");
    private static final Verdict ALL_APPS =
            Verdict.denied("filter spans all apps: for system clients only");
    private static final Verdict SYSTEM_ONLY = Verdict.denied("topic for system clients only");
    private static final Verdict PLATFORM_ONLY =
            Verdict.denied("published by the platform only: platform");
    private static final Verdict SESSION_CHANGED_ONLY =
            Verdict.denied("published by the platform only: session/session/changed");
    private static final Verdict OTHER_USER = Verdict.denied("topic of another user");
    private static final Verdict ALL_GRANTS = Verdict.denied("missing grant: *");

    private final Set<String> appIds;
    private final Grants grants;
    private final @Nullable String userId;
    private final boolean admin;

    GrantedRights(Set<String> appIds, Grants grants, @Nullable String userId, boolean admin) {
        this.appIds = Set.copyOf(appIds);
        this.grants = grants;
        this.userId = userId;
        this.admin = admin;
    }

    @Override
    public Verdict mayPublish(Topic topic) {
        String[] levels = topic.levels();
        Verdict use = mayUse(levels[0], at(levels, 1), at(levels, 2), at(levels, 3));
        return use.isAllowed() ? mayWrite(levels) : use;
    }

    @Override
    public Verdict maySubscribe(TopicFilter filter) {
        List<String> levels = filter.levels();
        String root = levels.getFirst();
        if (admin && (root.equals(SYSTEM) || root.equals(SYS))) {
            return Verdict.ALLOWED;
        }
        return mayUse(root, at(levels, 1), at(levels, 2), at(levels, 3));
    }

    @Override
    public Verdict mayCall(String resource, String scope, @Nullable String appId) {
        Verdict tenant = appId == null ? Verdict.ALLOWED : isMine(appId);
        return tenant.isAllowed() ? isGranted(resource, scope) : tenant;
    }

    /// Decides on the first four levels of a topic or filter; null stands for a level that is not
    /// there.
    private Verdict mayUse(
            String root,
            @Nullable String owner,
            @Nullable String resource,
            @Nullable String scope) {
        return switch (root) {
            case APP -> owner == null ? SHAPE : mayUseInApp(owner, resource, scope);
            case USER -> mayUseAsUser(owner, resource, scope);
            case ONE, MANY -> ALL_APPS;
            default -> isSystems(root) ? SYSTEM_ONLY : SHAPE;
        };
    }

    private Verdict mayUseInApp(String appId, @Nullable String resource, @Nullable String scope) {
        if (appId.equals(ONE) || appId.equals(MANY)) {
            return ALL_APPS;
        }
        Verdict tenant = isMine(appId);
        if (!tenant.isAllowed()) {
            return tenant;
        }
        return resource == null ? SHAPE : isGranted(resource, scope);
    }

    private Verdict mayUseAsUser(
            @Nullable String owner, @Nullable String resource, @Nullable String scope) {
        if (userId == null || !userId.equals(owner)) {
            return OTHER_USER;
        }
        return resource == null || scope == null ? USER_SHAPE : isGranted(resource, scope);
    }

    private Verdict isMine(String appId) {
        if (appId.isEmpty()) {
            return EMPTY_LEVEL;
        }
        return admin || appIds.contains(appId)
                ? Verdict.ALLOWED
                : Verdict.denied("topic of another app: " + Printable.of(appId));
    }

    /// A scope that is absent or a wildcard stands for the whole resource, a resource that is a
    /// wildcard for everything.
    private Verdict isGranted(String resource, @Nullable String scope) {
        if (resource.isEmpty() || (scope != null && scope.isEmpty())) {
            return EMPTY_LEVEL;
        }
        if (resource.equals(ONE) || resource.equals(MANY)) {
            return grants.includesAll() ? Verdict.ALLOWED : ALL_GRANTS;
        }
        if (scope == null || scope.equals(ONE) || scope.equals(MANY)) {
            return grants.includesWhole(resource)
                    ? Verdict.ALLOWED
                    : Verdict.denied("missing grant: " + Printable.of(resource));
        }
        return grants.includes(resource, scope)
                ? Verdict.ALLOWED
                : Verdict.denied(
                        "missing grant: " + Printable.of(resource) + "." + Printable.of(scope));
    }

    /// What only the platform says about an app, its clients read and never write: a forged
    /// `platform/client/changed` would be believed.
    private static Verdict mayWrite(String[] levels) {
        if (levels[2].equals("platform")) {
            return PLATFORM_ONLY;
        }
        boolean sessionChanged =
                levels.length > 4
                        && levels[2].equals("session")
                        && levels[3].equals("session")
                        && levels[4].equals("changed");
        return sessionChanged ? SESSION_CHANGED_ONLY : Verdict.ALLOWED;
    }

    private static boolean isSystems(String root) {
        return root.equals(SYSTEM) || root.startsWith("$");
    }

    private static @Nullable String at(String[] levels, int index) {
        return index < levels.length ? levels[index] : null;
    }

    private static @Nullable String at(List<String> levels, int index) {
        return index < levels.size() ? levels.get(index) : null;
    }
}
