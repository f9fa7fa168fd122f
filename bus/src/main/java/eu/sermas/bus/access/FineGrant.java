package eu.sermas.bus.access;

import eu.sermas.bus.packet.QoS;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A grant that says more than resource and scope: a direction, the levels behind the scope, a
/// highest QoS, or that nothing may be retained.
///
/// It stands for the topics that begin with its levels, resource first. So it covers a filter that
/// has at each of these levels what the grant has there; a wildcard only where the grant takes
/// everything.
///
/// @param grant as it was given
/// @param directions what it is for
/// @param levels from the resource on
/// @param verdict what it says of a topic that it stands for
record FineGrant(Grant grant, Set<Direction> directions, List<Level> levels, Verdict verdict) {

    /// What a grant takes at one level.
    sealed interface Level {

        /// One name.
        record Name(String name) implements Level {}

        /// Every name.
        record Any() implements Level {}

        /// What a claim of the token says.
        record Claim(String claim) implements Level {}

        /// One of several names, which a claim has said.
        record OneOf(Set<String> names) implements Level {}

        default boolean takes(String level) {
            return switch (this) {
                case Name(String name) -> name.equals(level);
                case Any() -> !level.equals(MANY);
                case Claim(String _) -> false;
                case OneOf(Set<String> names) -> names.contains(level);
            };
        }

        /// A claim with a wildcard in it is no name of a level, and must not become one.
        @SuppressWarnings("ReferenceEquality") // nothing else stands for what is not known
        default Level boundTo(Claims claims) {
            if (!(this instanceof Claim(String claim))) {
                return this;
            }
            return claims == Claims.UNKNOWN
                    ? ANYTHING
                    : new OneOf(
                            claims.values(claim).stream()
                                    .filter(NAME.asMatchPredicate())
                                    .collect(Collectors.toUnmodifiableSet()));
        }

        /// Whether it takes all that another one may take, whatever is bound to that.
        default boolean includes(Level other) {
            return switch (this) {
                case Name _ -> equals(other);
                case Any() -> true;
                case Claim(String _) -> false;
                case OneOf(Set<String> names) ->
                        switch (other) {
                            case Name(String name) -> names.contains(name);
                            case OneOf(Set<String> others) -> names.containsAll(others);
                            case Any(), Claim(String _) -> false;
                        };
            };
        }

        /// As the levels of filters that together match what this takes.
        default List<String> spelledOut() {
            return switch (this) {
                case Name(String name) -> List.of(name);
                case Any() -> List.of("+");
                case Claim(String _) -> List.of();
                case OneOf(Set<String> names) -> names.stream().sorted().toList();
            };
        }
    }

    private static final Pattern NAME = Pattern.compile("[^+#/\\x00]{1,256}");
    private static final String MANY = "#";
    private static final String ANY = "*";
    private static final Level ANYTHING = new Level.Any();

    FineGrant {
        directions = Set.copyOf(directions);
        levels = List.copyOf(levels);
    }

    /// @param text in the form that [Grants] has checked
    static FineGrant of(String text) {
        int optionsAt = text.indexOf(':');
        String path = optionsAt < 0 ? text : text.substring(0, optionsAt);
        String[] options =
                optionsAt < 0 ? new String[0] : text.substring(optionsAt + 1).split(":", -1);
        String[] parameters = path.split("/", -1);
        List<Level> levels = levelsOf(parameters[0], parameters.length > 1);
        for (int i = 1; i < parameters.length; i++) {
            levels.add(levelOf(parameters[i]));
        }
        EnumSet<Direction> directions = EnumSet.noneOf(Direction.class);
        QoS maximum = QoS.EXACTLY_ONCE;
        boolean retain = true;
        for (String option : options) {
            switch (option) {
                case "read" -> directions.add(Direction.READ);
                case "write" -> directions.add(Direction.WRITE);
                case "qos0" -> maximum = QoS.AT_MOST_ONCE;
                case "qos1" -> maximum = maximum.min(QoS.AT_LEAST_ONCE);
                case "no-retain" -> retain = false;
                default -> throw new IllegalArgumentException("option: " + option);
            }
        }
        return new FineGrant(
                new Grant(text),
                directions.isEmpty() ? EnumSet.allOf(Direction.class) : directions,
                levels,
                Verdict.allowed(Uses.of(maximum, retain, text)));
    }

    /// @param further whether more levels follow, so that there has to be one for the scope
    private static List<Level> levelsOf(String path, boolean further) {
        String[] parts = path.split("\\.", 3);
        List<Level> levels = new ArrayList<>();
        if (!parts[0].equals(ANY)) {
            levels.add(new Level.Name(parts[0]));
            if (parts.length > 1 && !parts[1].equals(ANY)) {
                levels.add(new Level.Name(parts[1]));
            } else if (further) {
                levels.add(ANYTHING);
            }
        }
        return levels;
    }

    private static Level levelOf(String parameter) {
        if (parameter.equals("+")) {
            return ANYTHING;
        }
        return parameter.startsWith("{")
                ? new Level.Claim(parameter.substring(1, parameter.length() - 1))
                : new Level.Name(parameter);
    }

    String text() {
        return grant.text();
    }

    /// The resource, or null where it is every resource.
    @Nullable String resource() {
        return !levels.isEmpty() && levels.getFirst() instanceof Level.Name(String name)
                ? name
                : null;
    }

    /// The scope, or null where it is every scope.
    @Nullable String scope() {
        return levels.size() > 1 && levels.get(1) instanceof Level.Name(String name) ? name : null;
    }

    boolean isBoundToClaims() {
        return levels.stream().anyMatch(Level.Claim.class::isInstance);
    }

    FineGrant boundTo(Claims claims) {
        List<Level> bound = levels.stream().map(level -> level.boundTo(claims)).toList();
        return new FineGrant(grant, directions, bound, verdict);
    }

    /// Whether both were given in the same words.
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof FineGrant that
                && text().equals(that.text())
                && levels.equals(that.levels);
    }

    @Override
    public int hashCode() {
        return text().hashCode();
    }

    /// Whether it stands for all of this topic or filter.
    ///
    /// @param topic its levels
    /// @param from the index of the resource
    boolean covers(String[] topic, int from) {
        if (topic.length - from < levels.size()) {
            return false;
        }
        for (int i = 0; i < levels.size(); i++) {
            if (!levels.get(i).takes(topic[from + i])) {
                return false;
            }
        }
        return true;
    }

    /// Whether it stands for every topic that another one stands for, in one direction.
    boolean includes(FineGrant other, Direction direction) {
        if (!directions.contains(direction) || levels.size() > other.levels.size()) {
            return false;
        }
        for (int i = 0; i < levels.size(); i++) {
            if (!levels.get(i).includes(other.levels.get(i))) {
                return false;
            }
        }
        return true;
    }

    /// Whether it stands for some topics of a scope, whichever way.
    boolean concerns(String resource, String scope) {
        return (levels.isEmpty() || levels.getFirst().takes(resource))
                && (levels.size() < 2 || levels.get(1).takes(scope));
    }
}
