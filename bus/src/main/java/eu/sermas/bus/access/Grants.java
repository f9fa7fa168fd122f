package eu.sermas.bus.access;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
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

    private final boolean all;
    private final Set<String> wholeResources;
    private final Map<String, Set<String>> scopes;

    private Grants(Collection<String> grants) {
        Set<String> whole = new HashSet<>();
        Map<String, Set<String>> single = new HashMap<>();
        for (String grant : grants) {
            String[] parts = grant.split("\\.", 3);
            if (parts.length == 1 || parts[1].equals(ANY)) {
                whole.add(parts[0]);
            } else {
                single.computeIfAbsent(parts[0], _ -> new HashSet<>()).add(parts[1]);
            }
        }
        single.keySet().removeAll(whole);
        single.replaceAll((_, names) -> Set.copyOf(names));
        all = whole.contains(ANY);
        wholeResources = Set.copyOf(whole);
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
        return all;
    }

    /// Whether every scope of the resource is granted.
    public boolean includesWhole(String resource) {
        return all || wholeResources.contains(resource);
    }

    public boolean includes(String resource, String scope) {
        if (includesWhole(resource)) {
            return true;
        }
        Set<String> granted = scopes.get(resource);
        return granted != null && granted.contains(scope);
    }

    /// The resources that are granted whole by name.
    Set<String> wholeResources() {
        return wholeResources;
    }

    /// The scopes that are granted one by one, by resource.
    Map<String, Set<String>> singleScopes() {
        return scopes;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Grants that
                && wholeResources.equals(that.wholeResources)
                && scopes.equals(that.scopes);
    }

    @Override
    public int hashCode() {
        return 31 * wholeResources.hashCode() + scopes.hashCode();
    }

    @Override
    public String toString() {
        return wholeResources + " " + scopes;
    }
}
