package eu.sermas.bus.access;

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
/// A grant is for reading and writing alike.
public final class Grants {

    public static final Grants NONE = new Grants(List.of());
    public static final Grants ALL = new Grants(List.of("*"));

    /// Grants in one list; more are refused.
    public static final int MAX_GRANTS = 1_000;

    private static final String ANY = "*";
    private static final String EXPECTED =
            " (expected: resource, resource.scope, resource.*, * or *.*)";
    private static final Pattern GRANT =
            Pattern.compile(
                    "\\*(\\.\\*)*|[A-Za-z0-9_~-]{1,64}(\\.[A-Za-z0-9_~-]{1,64}){0,8}(\\.\\*){0,8}");

    private final @Nullable Grant all;
    private final Map<String, Grant> wholeResources;
    private final Map<String, Map<String, Grant>> scopes;

    private Grants(Collection<String> grants) {
        Map<String, Grant> whole = new HashMap<>();
        Map<String, Map<String, Grant>> single = new HashMap<>();
        for (String grant : grants) {
            String[] parts = grant.split("\\.", 3);
            if (parts.length == 1 || parts[1].equals(ANY)) {
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
            if (grant.length() > 256 || !GRANT.matcher(grant).matches()) {
                return "permission '" + Printable.of(grant) + "'" + EXPECTED;
            }
        }
        return null;
    }

    /// Whether everything is granted, whatever the resource.
    public boolean includesAll() {
        return all != null;
    }

    /// Whether every scope of the resource is granted.
    public boolean includesWhole(String resource) {
        return ofWhole(resource) != null;
    }

    public boolean includes(String resource, String scope) {
        return of(resource, scope) != null;
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
        return Stream.concat(
                        wholeResources.values().stream(),
                        scopes.values().stream().flatMap(names -> names.values().stream()))
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
                && singleScopes().equals(that.singleScopes());
    }

    @Override
    public int hashCode() {
        return 31 * wholeResources().hashCode() + singleScopes().hashCode();
    }

    @Override
    public String toString() {
        return wholeResources() + " " + singleScopes();
    }
}
