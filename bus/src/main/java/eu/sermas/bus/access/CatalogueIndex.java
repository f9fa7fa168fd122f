package eu.sermas.bus.access;

import eu.sermas.bus.packet.Topic;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Finds the entry of a topic among entries that count for one app, or for all. Immutable but for
/// what its topics remember.
final class CatalogueIndex {

    static final CatalogueIndex EMPTY = new CatalogueIndex(List.of());

    /// What a topic may be of, by the levels that no template leaves open.
    private final Map<String, List<CatalogueTopic>> byPlace = new HashMap<>();

    CatalogueIndex(List<CatalogueEntry> entries) {
        for (CatalogueEntry entry : entries) {
            CatalogueTopic topic = new CatalogueTopic(entry);
            byPlace.computeIfAbsent(place(topic.levels()), _ -> new ArrayList<>()).add(topic);
        }
    }

    private static String place(String[] levels) {
        return levels.length < 4 ? "" : levels[0] + "/" + levels[2] + "/" + levels[3];
    }

    /// The entry of the template with the most names in it, and of those the first.
    ///
    /// @param rival what was found elsewhere, or null; it comes first
    @Nullable CatalogueTopic find(Topic topic, @Nullable CatalogueTopic rival) {
        String[] levels = topic.levels();
        CatalogueTopic best = rival;
        int most = rival == null ? -1 : rival.likeness(levels);
        for (CatalogueTopic candidate : byPlace.getOrDefault(place(levels), List.of())) {
            int likeness = candidate.likeness(levels);
            if (likeness > most) {
                best = candidate;
                most = likeness;
            }
        }
        return best;
    }
}
