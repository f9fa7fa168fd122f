package eu.sermas.bus.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The latest of what apps have told over REST, in memory: the bus passes events on, and keeps just
/// enough to tell a new record from a changed one and to show it again. Bounded for each app. Safe
/// for use by many threads.
final class Records {

    static final int MAX_OF_APP = 1_000;
    static final long MAX_BYTES = 64L * 1024 * 1024;

    private record Key(String id, String appId) {}

    private record Held(ObjectNode value, int bytes) {}

    private static final Comparator<Key> ORDER =
            Comparator.comparing(Key::id).thenComparing(Key::appId);

    private final String kind;
    private final ByteBudget budget = new ByteBudget(MAX_BYTES);

    // Under the lock of this object.
    private final TreeMap<Key, Held> held = new TreeMap<>(ORDER);

    /// @param kind of record, for those who have too many
    Records(String kind) {
        this.kind = kind;
    }

    /// The identifier in a field of a record, fit for one level of a topic; made up where there is
    /// none.
    ///
    /// @throws Refused 400 where it is not fit
    static String identify(ObjectNode record, String field) {
        if (!record.hasNonNull(field)) {
            record.put(field, UUID.randomUUID().toString());
        }
        return AppEvents.level(field, AppEvents.required(record, field));
    }

    /// @return whether there was none of this identifier
    /// @throws Refused 429 where the app has too many, or all have
    synchronized boolean put(String appId, String id, ObjectNode value) {
        Key key = new Key(id, appId);
        Held before = held.get(key);
        int bytes = Json.write(value).length;
        if (before == null && of(appId).size() >= MAX_OF_APP) {
            throw Refused.tooMany(kind + ": more than " + MAX_OF_APP + " in one app");
        }
        if (before != null) {
            budget.letGo(before.bytes());
            held.remove(key);
        }
        if (!budget.tryHold(bytes)) {
            throw Refused.tooMany(kind + ": more than " + MAX_BYTES + " bytes in all apps");
        }
        held.put(key, new Held(value.deepCopy(), bytes));
        return before == null;
    }

    /// Whether the fields of a record are those of a filter, as far as that names any.
    static boolean matches(ObjectNode record, ObjectNode filter, List<String> fields) {
        for (String field : fields) {
            JsonNode asked = filter.path(field);
            if (asked.isTextual() && !asked.equals(record.get(field))) {
                return false;
            }
        }
        return true;
    }

    synchronized @Nullable ObjectNode get(String appId, String id) {
        Held found = held.get(new Key(id, appId));
        return found == null ? null : found.value().deepCopy();
    }

    /// The record of this identifier in the first of the apps that are allowed, or null.
    synchronized @Nullable ObjectNode find(String id, Predicate<String> allowed) {
        for (var entry : held.tailMap(new Key(id, "")).entrySet()) {
            if (!entry.getKey().id().equals(id)) {
                break;
            }
            if (allowed.test(entry.getKey().appId())) {
                return entry.getValue().value().deepCopy();
            }
        }
        return null;
    }

    synchronized List<ObjectNode> of(String appId) {
        return held.entrySet().stream()
                .filter(entry -> entry.getKey().appId().equals(appId))
                .map(entry -> entry.getValue().value().deepCopy())
                .toList();
    }

    /// @return what it was, or null
    synchronized @Nullable ObjectNode remove(String appId, String id) {
        Held gone = held.remove(new Key(id, appId));
        if (gone == null) {
            return null;
        }
        budget.letGo(gone.bytes());
        return gone.value();
    }
}
