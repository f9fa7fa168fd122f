package eu.sermas.bus.access;

import eu.sermas.bus.packet.Printable;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The rights that follow from a list of grants.
///
/// A topic is `app/{appId}/{resource}/{scope}/...` or `user/{userId}/{resource}/{scope}/...`. Two
/// questions decide: is the second level mine, and are the third and fourth granted? A filter asks
/// the same; a wildcard at one of these levels asks for everything that could stand there, so it
/// needs the grant that covers all of it. What comes deeper is never looked at. A topic without a
/// scope, `app/{appId}/{resource}`, speaks for the whole resource.
///
/// Grants with conditions are asked only where no plain one allows it.
///
/// The check of an allowed topic allocates nothing: it is on the path of every message.
final class GrantedRights implements LocalRights {

    private static final String APP = "app";
    private static final String USER = "user";
    private static final String SYSTEM = "system";
    private static final String SYS = "$SYS";
    private static final String ONE = "+";
    private static final String MANY = "#";

    private static final Verdict SHAPE =
            Verdict.denied(Rule.TOPIC_FORM, "topic: expected app/{appId}/{resource}/{scope}/...");
    private static final Verdict USER_SHAPE =
            Verdict.denied(Rule.TOPIC_FORM, "topic: expected user/{userId}/{resource}/{scope}/...");
    private static final Verdict EMPTY_LEVEL =
            Verdict.denied(Rule.EMPTY_LEVEL, "topic: empty level");
    private static final Verdict ALL_APPS =
            Verdict.denied(Rule.ALL_APPS, "filter spans all apps: for system clients only");
    private static final Verdict SYSTEM_ONLY =
            Verdict.denied(Rule.SYSTEM_TOPIC, "topic for system clients only");
    private static final Verdict OTHER_USER =
            Verdict.denied(Rule.OTHER_USER, "topic of another user");

    /// Everything is in order but that no plain grant allows it.
    private static final Verdict NOT_PLAINLY = Verdict.denied(Rule.MISSING_GRANT, "no plain grant");

    /// Of somebody who is no more.
    private static final AccessRights NOTHING =
            new GrantedRights(Set.of(), Grants.NONE, null, false, Claims.NONE, null);

    /// Where the resource stands among the levels.
    private static final int RESOURCE = 2;

    private final Set<String> appIds;
    private final Grants grants;
    private final @Nullable String userId;
    private final boolean admin;

    /// Those of the token, as far as the grants ask for any.
    private final Claims claims;

    /// Null where they stay what they are.
    private final @Nullable Standing standing;

    GrantedRights(
            Set<String> appIds,
            Grants grants,
            @Nullable String userId,
            boolean admin,
            Claims claims,
            @Nullable Standing standing) {
        this.appIds = Set.copyOf(appIds);
        this.grants = grants;
        this.userId = userId;
        this.admin = admin;
        this.claims = claims;
        this.standing = standing;
    }

    @Override
    public AccessRights boundTo(Supplier<Claims> token) {
        if (!grants.isBoundToClaims()) {
            return this;
        }
        Claims shown = token.get();
        return new GrantedRights(appIds, grants.boundTo(shown), userId, admin, shown, standing);
    }

    @Override
    public AccessRights boundLike(AccessRights earlier) {
        if (!(earlier instanceof GrantedRights before)) {
            return this;
        }
        AccessRights own = before.standing == null ? this : before.now();
        return own == null ? NOTHING : own.boundTo(() -> before.claims);
    }

    @Override
    public @Nullable AccessRights now() {
        if (standing == null || standing.isCurrent()) {
            return this;
        }
        AccessRights current = standing.again().get();
        return current == null ? null : current.boundTo(() -> claims);
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // it has no equal
    public boolean isCertain() {
        return claims != Claims.UNKNOWN;
    }

    @Override
    public List<TopicFilter> narrow(TopicFilter filter) {
        return admin ? List.of() : new Narrowing(appIds, userId, grants).narrow(this, filter);
    }

    @Override
    public Set<String> appIds() {
        return appIds;
    }

    @Override
    public Verdict mayPublish(Topic topic) {
        return mayPublish(topic, true);
    }

    @Override
    public Verdict maySubscribe(TopicFilter filter) {
        return maySubscribe(filter, true);
    }

    @Override
    public Verdict mayCall(String resource, String scope, @Nullable String appId) {
        return mayCall(resource, scope, appId, true);
    }

    @Override
    public Verdict mayHandOut(String appId, Collection<String> others) {
        Verdict tenant = isMine(appId);
        if (!tenant.isAllowed()) {
            return tenant;
        }
        return others.stream()
                .filter(grant -> !grants.include(grant))
                .findFirst()
                .map(GrantedRights::missing)
                .orElse(Verdict.ALLOWED);
    }

    /// @param using whether it is going to happen, so that the grant counts as used
    private Verdict mayPublish(Topic topic, boolean using) {
        String[] levels = topic.levels();
        Verdict write = PlatformTopics.refusal(levels);
        Verdict use =
                mayUse(
                        levels[0],
                        at(levels, 1),
                        at(levels, 2),
                        at(levels, 3),
                        using && write == null);
        if (isNotPlainly(use)) {
            use = decideFinely(Direction.WRITE, levels, using && write == null);
        }
        return use.isAllowed() && write != null ? write : use;
    }

    private Verdict maySubscribe(TopicFilter filter, boolean using) {
        List<String> levels = filter.levels();
        String root = levels.getFirst();
        if (readsAsAdmin(root)) {
            return Verdict.ALLOWED;
        }
        Verdict use = mayUse(root, at(levels, 1), at(levels, 2), at(levels, 3), using);
        return isNotPlainly(use)
                ? decideFinely(Direction.READ, levels.toArray(String[]::new), using)
                : use;
    }

    /// A call may read and change things, so it takes the grant for both.
    private Verdict mayCall(String resource, String scope, @Nullable String appId, boolean using) {
        Verdict tenant = appId == null ? Verdict.ALLOWED : isMine(appId);
        if (!tenant.isAllowed()) {
            return tenant;
        }
        Verdict use = isGranted(resource, scope, using);
        if (!isNotPlainly(use)) {
            return use;
        }
        String[] levels = {APP, "", resource, scope};
        Verdict read = decideFinely(Direction.READ, levels, using);
        return read.isAllowed() ? decideFinely(Direction.WRITE, levels, using) : read;
    }

    private boolean readsAsAdmin(String root) {
        return admin && (root.equals(SYSTEM) || root.equals(SYS));
    }

    /// Decides on the first four levels of a topic or filter; null stands for a level that is not
    /// there.
    private Verdict mayUse(
            String root,
            @Nullable String owner,
            @Nullable String resource,
            @Nullable String scope,
            boolean using) {
        return switch (root) {
            case APP -> owner == null ? SHAPE : mayUseInApp(owner, resource, scope, using);
            case USER -> mayUseAsUser(owner, resource, scope, using);
            case ONE, MANY -> ALL_APPS;
            default -> isSystems(root) ? SYSTEM_ONLY : SHAPE;
        };
    }

    private Verdict mayUseInApp(
            String appId, @Nullable String resource, @Nullable String scope, boolean using) {
        if (appId.equals(ONE) || appId.equals(MANY)) {
            return ALL_APPS;
        }
        Verdict tenant = isMine(appId);
        if (!tenant.isAllowed()) {
            return tenant;
        }
        return resource == null ? SHAPE : isGranted(resource, scope, using);
    }

    private Verdict mayUseAsUser(
            @Nullable String owner,
            @Nullable String resource,
            @Nullable String scope,
            boolean using) {
        if (userId == null || !userId.equals(owner)) {
            return OTHER_USER;
        }
        return resource == null || scope == null ? USER_SHAPE : isGranted(resource, scope, using);
    }

    private Verdict isMine(String appId) {
        if (appId.isEmpty()) {
            return EMPTY_LEVEL;
        }
        return admin || appIds.contains(appId)
                ? Verdict.ALLOWED
                : Verdict.denied(Rule.OTHER_APP, "topic of another app: " + Printable.of(appId));
    }

    private Verdict isGranted(String resource, @Nullable String scope, boolean using) {
        if (resource.isEmpty() || (scope != null && scope.isEmpty())) {
            return EMPTY_LEVEL;
        }
        Grant grant = covering(resource, scope);
        if (grant == null) {
            return NOT_PLAINLY;
        }
        if (using) {
            grant.use();
        }
        return Verdict.ALLOWED;
    }

    /// The plain grant that covers it, or null. A scope that is absent or a wildcard stands for the
    /// whole resource, a resource that is a wildcard for everything.
    private @Nullable Grant covering(String resource, @Nullable String scope) {
        if (isWildcard(resource)) {
            return grants.ofAll();
        }
        return scope == null || isWildcard(scope)
                ? grants.ofWhole(resource)
                : grants.of(resource, scope);
    }

    // --- grants with conditions

    @SuppressWarnings("ReferenceEquality") // it has no equal
    private static boolean isNotPlainly(Verdict verdict) {
        return verdict == NOT_PLAINLY;
    }

    /// Whether grants with conditions allow what no plain one does.
    private Verdict decideFinely(Direction direction, String[] levels, boolean using) {
        Verdict decided = null;
        for (FineGrant grant : grants.fine()) {
            if (grant.directions().contains(direction) && grant.covers(levels, RESOURCE)) {
                Verdict found = grant.verdict();
                decided =
                        decided == null || decided.equals(found)
                                ? found
                                : Verdict.allowed(decided.uses().or(found.uses()));
                if (using) {
                    grant.grant().use();
                }
            }
        }
        return decided == null ? missing(direction, levels) : decided;
    }

    /// Names the grant that would do, and one that comes near.
    private Verdict missing(Direction direction, String[] levels) {
        String resource = levels[RESOURCE];
        String scope = at(levels, RESOURCE + 1);
        String name = nameOf(resource, scope);
        for (FineGrant grant : grants.fine()) {
            if (grant.covers(levels, RESOURCE)) {
                return missing(name + direction.suffix());
            }
        }
        for (FineGrant grant : grants.fine()) {
            if (grant.directions().contains(direction)
                    && scope != null
                    && grant.concerns(resource, scope)) {
                return missing(name + " (there is only " + grant.text() + ")");
            }
        }
        return missing(name);
    }

    private static String nameOf(String resource, @Nullable String scope) {
        if (isWildcard(resource)) {
            return "*";
        }
        return scope == null || isWildcard(scope)
                ? Printable.of(resource)
                : Printable.of(resource) + "." + Printable.of(scope);
    }

    private static Verdict missing(String grant) {
        return Verdict.denied(Rule.MISSING_GRANT, Explanation.MISSING + grant);
    }

    private static boolean isWildcard(String level) {
        return level.equals(ONE) || level.equals(MANY);
    }

    // --- the same at length

    @Override
    public Explanation explainPublish(Topic topic) {
        return explain(mayPublish(topic, false), Arrays.asList(topic.levels()));
    }

    @Override
    public Explanation explainSubscribe(TopicFilter filter) {
        if (readsAsAdmin(filter.levels().getFirst())) {
            return Explanation.allowed(Rule.PLATFORM_ADMIN, null);
        }
        return explain(maySubscribe(filter, false), filter.levels());
    }

    @Override
    public Explanation explainCall(String resource, String scope, @Nullable String appId) {
        return explain(mayCall(resource, scope, appId, false), List.of("", "", resource, scope));
    }

    private Explanation explain(Verdict verdict, List<String> levels) {
        if (!verdict.isAllowed()) {
            return Explanation.of(verdict);
        }
        Grant plain = covering(levels.get(RESOURCE), at(levels, RESOURCE + 1));
        String grant = plain == null ? verdict.uses().grant() : plain.text();
        return Explanation.allowed(admin ? Rule.PLATFORM_ADMIN : Rule.GRANT, admin ? null : grant);
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
