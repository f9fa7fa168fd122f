package eu.sermas.bus.access;

import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// An entry of the catalogue as messages need it: with the levels of its template, and the checks
/// of payloads that were asked for. Safe for use by many threads.
final class CatalogueTopic {

    private final CatalogueEntry entry;
    private final String[] levels;
    private volatile Map<PayloadCheck.Mode, PayloadCheck> checks = Map.of();

    CatalogueTopic(CatalogueEntry entry) {
        this.entry = entry;
        this.levels = entry.template().split("/", -1);
    }

    CatalogueEntry entry() {
        return entry;
    }

    String[] levels() {
        return levels;
    }

    /// How many levels of a topic are those of the template by name; -1 where it is not of it.
    int likeness(String[] topic) {
        String appId = entry.appId();
        if (levels.length != topic.length || (appId != null && !appId.equals(topic[1]))) {
            return -1;
        }
        int named = 0;
        for (int i = 0; i < levels.length; i++) {
            if (levels[i].equals(topic[i])) {
                named++;
            } else if (!levels[i].startsWith(":")) {
                return -1;
            }
        }
        return named;
    }

    /// The check of its payloads, or null where there is nothing to hold them against. Two threads
    /// may make it at the same time; either is as good.
    @Nullable PayloadCheck check(PayloadCheck.Mode mode) {
        if (!entry.isCheckable()) {
            return null;
        }
        PayloadCheck known = checks.get(mode);
        if (known != null) {
            return known;
        }
        PayloadCheck made = PayloadCheck.of(mode, entry.schema(), entry.definitions());
        Map<PayloadCheck.Mode, PayloadCheck> more = new EnumMap<>(PayloadCheck.Mode.class);
        more.putAll(checks);
        more.put(mode, made);
        checks = more;
        return made;
    }
}
