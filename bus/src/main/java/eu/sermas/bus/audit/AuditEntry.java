package eu.sermas.bus.audit;

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

    public AuditEntry {
        details = Map.copyOf(details);
    }
}
