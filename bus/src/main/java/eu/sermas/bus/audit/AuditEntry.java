package eu.sermas.bus.audit;

import java.util.Collection;
import java.util.Map;

/// One line of the audit log, without a secret.
///
/// @param event what happened, such as `client-changed`
/// @param actor the principal who did it, or the empty string for the process itself
/// @param address where the actor was, or the empty string
/// @param details become fields of the line: texts, numbers, truth values, lists of texts, or what
///   Jackson writes
public record AuditEntry(
        long time, String event, String actor, String address, Map<String, Object> details) {

    private static final int OBJECTS = 300;
    private static final int OF_DETAIL = 100;

    public AuditEntry {
        details = Map.copyOf(details);
    }

    /// About what it takes of the heap.
    long cost() {
        long cost = OBJECTS + 2L * (actor.length() + address.length());
        for (Object detail : details.values()) {
            cost += costOf(detail);
        }
        return cost;
    }

    private static long costOf(Object detail) {
        return switch (detail) {
            case CharSequence text -> OF_DETAIL + 2L * text.length();
            case Collection<?> all -> OF_DETAIL + all.stream().mapToLong(AuditEntry::costOf).sum();
            default -> OF_DETAIL;
        };
    }
}
