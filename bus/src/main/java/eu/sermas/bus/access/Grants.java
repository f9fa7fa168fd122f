package eu.sermas.bus.access;

import eu.sermas.bus.packet.Printable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What may be done inside an app, in the grant language: `resource` and `resource.*` are every
/// scope of a resource, `resource.scope` is one, `*` and `*.*` are all. Of a longer grant only the
/// first two parts count, so that `dialogue.tool.changed` is `dialogue.tool`. A resource need not
/// be in the [Catalogue]: `performance` is as good a grant as `dialogue`.
///
/// A grant is for reading and writing alike, at every QoS, retained or not, unless it says more:
///
/// | behind the grant | means |
/// |---|---|
/// | `:read`, `:write` | for this direction only |
/// | `/{claim}` | the level behind the scope has to be what the token says there |
/// | `/name`, `/+` | the level has to be this one, or may be any |
/// | `:qos0`, `:qos1` | at most this QoS |
/// | `:no-retain` | nothing retained |
///
/// Levels need a scope before them: `dialogue.messages/{sessionId}:read`, `dialogue.*/{sessionId}`.
/// Plain grants are looked up by name; the others, which are few, one after another.
public final class Grants {

    public static final Grants NONE = new Grants(List.of());
    public static final Grants ALL = new Grants(List.of("*"));

    /// Grants in one list; more are refused.
    public static final int MAX_GRANTS = 1_000;

    private static final String ANY = "*";
    private static final String EXPECTED =
            " (expected: resource, resource.scope, resource.*, * or *.*)";
    private static final String CONDITIONS_EXPECTED =
            " (expected: RESOURCE.SCOPE/{claim}, or a grant with :read, :write, :qos0, :qos1 or"
                    + " :no-retain behind it)";
    private static final String NAME = "[A-Za-z0-9_~-]{1,64}";
    private static final Pattern GRANT =
            Pattern.compile(
                    "(\\*(\\.\\*)*|"
                            + NAME
                            + "(\\."
                            + NAME
                            + "){0,8}(\\.\\*){0,8}|"
                            + NAME
                            + "\\.("
                            + NAME
                            + "|\\*)(/(\\{[A-Za-z0-9_.:-]{1,64}\\}|\\+|[A-Za-z0-9_.~-]{1,64})){1,8})"
                            + "(:(read|write|qos[01]|no-retain)){0,4}");

    private final @Nullable Grant all;
    private final Map<String, Grant> wholeResources;
    private final Map<String, Map<String, Grant>> scopes;
    private final List<FineGrant> fine;

    private Grants(Collection<String> grants) {
        Map<String, Grant> whole = new HashMap<>();
        Map<String, Map<String, Grant>> single = new HashMap<>();
        List<FineGrant> further = new ArrayList<>();
        for (String grant : grants) {
            String[] parts = grant.split("\\.", 3);
            if (hasConditions(grant)) {
                further.add(FineGrant.of(grant));
            } else if (parts.length == 1 || parts[1].equals(ANY)) {
                whole.putIfAbsent(parts[0], new Grant(grant));
            } else {
                single.computeIfAbsent(parts[0], _ -> new HashMap<>())
                        .putIfAbsent(parts[1], new Grant(grant));
            }
        }
        single.keySet().removeAll(whole.keySet());
        single.replaceAll((_, names) -> Map.copyOf(names));
        all = whole.get(ANY);
        wholeResources = Map.copyOf(whole);
        scopes = Map.copyOf(single);
        fine = List.copyOf(further);
    }

    private Grants(Grants plain, List<FineGrant> fine) {
        this.all = plain.all;
        this.wholeResources = plain.wholeResources;
        this.scopes = plain.scopes;
        this.fine = List.copyOf(fine);
    }

    /// @throws IllegalArgumentException with what is wrong, where one of them is not a grant
    public static Grants of(Collection<String> grants) {
        String problem = problemOf(grants);
        if (problem != null) {
            throw new IllegalArgumentException(problem);
        }
        return new Grants(grants);
    }

    /// One line that says what is wrong with these grants, or null where nothing is.
    public static @Nullable String problemOf(Collection<String> grants) {
        if (grants.size() > MAX_GRANTS) {
            return "permissions: " + grants.size() + " (expected: at most " + MAX_GRANTS + ")";
        }
        for (String grant : grants) {
            if (!isGrant(grant)) {
                return "permission '"
                        + Printable.of(grant)
                        + "'"
                        + (hasConditions(grant) ? CONDITIONS_EXPECTED : EXPECTED);
            }
        }
        return null;
    }

    private static boolean hasConditions(String grant) {
        return grant.indexOf('/') >= 0 || grant.indexOf(':') >= 0;
    }

    /// Whether this text is a grant.
    public static boolean isGrant(String text) {
        return text.length() <= 256 && GRANT.matcher(text).matches();
    }

    /// Whether everything is granted, whatever the resource.
    public boolean includesAll() {
        return all != null;
    }

    /// Whether every scope of the resource is granted, without conditions.
    public boolean includesWhole(String resource) {
        return ofWhole(resource) != null;
    }

    /// Whether the scope is granted, without conditions.
    public boolean includes(String resource, String scope) {
        return of(resource, scope) != null;
    }

    /// Whether anything is granted in the scope.
    public boolean concerns(String resource, String scope) {
        return includes(resource, scope)
                || fine.stream().anyMatch(grant -> grant.concerns(resource, scope));
    }

    /// Whether these allow everything that another grant would allow, to whomever it is given: each
    /// topic, direction and message, and each REST call. A claim of another token may say anything,
    /// so what is bound to one is included only where every name is.
    ///
    /// @param grant well-formed
    public boolean include(String grant) {
        FineGrant wanted = FineGrant.of(grant);
        return includePlainly(wanted)
                || wanted.directions().stream()
                        .allMatch(direction -> usesFor(wanted, direction).includes(usesOf(wanted)));
    }

    private boolean includePlainly(FineGrant wanted) {
        String resource = wanted.resource();
        String scope = wanted.scope();
        if (resource == null) {
            return all != null;
        }
        return scope == null ? includesWhole(resource) : includes(resource, scope);
    }

    private Uses usesFor(FineGrant wanted, Direction direction) {
        return fine.stream()
                .filter(grant -> grant.includes(wanted, direction))
                .map(Grants::usesOf)
                .reduce(Uses.NONE, Uses::or);
    }

    private static Uses usesOf(FineGrant grant) {
        return grant.verdict().uses();
    }

    /// The grants with conditions.
    List<FineGrant> fine() {
        return fine;
    }

    boolean isBoundToClaims() {
        return fine.stream().anyMatch(FineGrant::isBoundToClaims);
    }

    /// These grants with what a token says in the place of claims. Their use counts as the use of
    /// these.
    Grants boundTo(Claims claims) {
        return new Grants(this, fine.stream().map(grant -> grant.boundTo(claims)).toList());
    }

    /// The grant of everything, or null.
    @Nullable Grant ofAll() {
        return all;
    }

    /// The grant that covers every scope of the resource, or null.
    @Nullable Grant ofWhole(String resource) {
        return all != null ? all : wholeResources.get(resource);
    }

    /// The grant that covers the scope, or null.
    @Nullable Grant of(String resource, String scope) {
        Grant whole = ofWhole(resource);
        if (whole != null) {
            return whole;
        }
        Map<String, Grant> granted = scopes.get(resource);
        return granted == null ? null : granted.get(scope);
    }

    /// The grants, as they were given, that nothing has made use of; sorted.
    public List<String> unused() {
        return Stream.of(
                        wholeResources.values().stream(),
                        scopes.values().stream().flatMap(names -> names.values().stream()),
                        fine.stream().map(FineGrant::grant))
                .flatMap(grants -> grants)
                .filter(grant -> !grant.isUsed())
                .map(Grant::text)
                .sorted()
                .toList();
    }

    /// The resources that are granted whole by name.
    Set<String> wholeResources() {
        return wholeResources.keySet();
    }

    /// The scopes that are granted one by one, by resource.
    Map<String, Set<String>> singleScopes() {
        Map<String, Set<String>> names = new HashMap<>();
        scopes.forEach((resource, granted) -> names.put(resource, granted.keySet()));
        return names;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Grants that
                && wholeResources().equals(that.wholeResources())
                && singleScopes().equals(that.singleScopes())
                && fine.equals(that.fine);
    }

    @Override
    public int hashCode() {
        return 31 * wholeResources().hashCode() + singleScopes().hashCode();
    }

    @Override
    public String toString() {
        return wholeResources()
                + " "
                + singleScopes()
                + " "
                + fine.stream().map(FineGrant::text).toList();
    }
}
