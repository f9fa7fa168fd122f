package eu.sermas.bus.access;

import eu.sermas.bus.access.FineGrant.Level;
import eu.sermas.bus.packet.TopicFilter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Finds the parts of a wide filter that somebody may read: the filter is laid over each grant in
/// each app, level by level, and where one of them is a wildcard the other one decides.
final class Narrowing {

    /// More parts than that are no subscription any more, but a mistake.
    private static final int MAX_PARTS = 100;

    private static final String ONE = "+";
    private static final String MANY = "#";

    /// What may be read, as filters that end with an open end.
    private final List<List<String>> granted = new ArrayList<>();

    Narrowing(Set<String> appIds, @Nullable String userId, Grants grants) {
        List<List<String>> patterns = patterns(grants);
        appIds.stream().sorted().forEach(appId -> add("app", appId, patterns));
        if (userId != null) {
            add("user", userId, patterns);
        }
    }

    private void add(String root, String owner, List<List<String>> patterns) {
        for (List<String> pattern : patterns) {
            granted.add(Stream.concat(Stream.of(root, owner), pattern.stream()).toList());
        }
    }

    private static List<List<String>> patterns(Grants grants) {
        if (grants.includesAll()) {
            return List.of(List.of());
        }
        List<List<String>> patterns = new ArrayList<>();
        grants.wholeResources().stream().sorted().forEach(name -> patterns.add(List.of(name)));
        grants.singleScopes()
                .forEach(
                        (resource, names) ->
                                names.stream()
                                        .sorted()
                                        .forEach(scope -> patterns.add(List.of(resource, scope))));
        for (FineGrant grant : grants.fine()) {
            if (grant.directions().contains(Direction.READ)) {
                patterns.addAll(spelledOut(grant));
            }
        }
        return patterns;
    }

    /// A level with several names makes several patterns.
    private static List<List<String>> spelledOut(FineGrant grant) {
        List<List<String>> all = List.of(List.of());
        for (Level level : grant.levels()) {
            List<List<String>> longer = new ArrayList<>();
            for (List<String> pattern : all) {
                for (String name : level.spelledOut()) {
                    longer.add(Stream.concat(pattern.stream(), Stream.of(name)).toList());
                }
            }
            all = longer.subList(0, Math.min(longer.size(), MAX_PARTS));
        }
        return all;
    }

    /// @param rights have the last word on each part
    List<TopicFilter> narrow(AccessRights rights, TopicFilter filter) {
        String share = filter.isShared() ? "$share/" + filter.shareName() + "/" : "";
        List<TopicFilter> parts =
                granted.stream()
                        .map(pattern -> intersection(filter.levels(), pattern))
                        .filter(Objects::nonNull)
                        .map(levels -> TopicFilter.of(share + String.join("/", levels)))
                        .filter(part -> rights.maySubscribe(part).isAllowed())
                        .limit(MAX_PARTS + 1L)
                        .toList();
        List<TopicFilter> distinct = List.copyOf(new LinkedHashSet<>(parts));
        return distinct.size() > MAX_PARTS ? List.of() : distinct;
    }

    /// What a filter and a pattern with an open end have in common, or null for nothing.
    private static @Nullable List<String> intersection(List<String> filter, List<String> pattern) {
        List<String> common = new ArrayList<>();
        for (int i = 0; i < Math.max(filter.size(), pattern.size()); i++) {
            String asked = i < filter.size() ? filter.get(i) : null;
            if (asked == null) {
                return null; // the grant begins below what the filter reaches
            }
            if (asked.equals(MANY)) {
                common.addAll(pattern.subList(Math.min(i, pattern.size()), pattern.size()));
                common.add(MANY);
                return common;
            }
            String level = i < pattern.size() ? pattern.get(i) : ONE;
            if (!level.equals(ONE) && !asked.equals(ONE) && !level.equals(asked)) {
                return null;
            }
            common.add(asked.equals(ONE) ? level : asked);
        }
        return common;
    }
}
