package eu.sermas.bus.audit;

import com.fasterxml.jackson.annotation.JsonInclude;
import eu.sermas.bus.access.Denial;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Refusals of one kind, as people see them.
///
/// @param action `login`, `publish`, `observe`, `subscribe`, `receive` or `call`
/// @param topic the topic or filter of the first; for a login its address, for a call its path
/// @param rule as in [eu.sermas.bus.access.Rule#label]
/// @param count how many there were from `since` to `ts`, both included
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Denied(
        @Nullable String appId,
        String action,
        String principal,
        String client,
        String topic,
        String rule,
        String reason,
        long count,
        String since,
        String ts) {

    private static final int OBJECTS = 400;

    /// About what it takes of the heap.
    public int cost() {
        int characters = principal.length() + client.length() + topic.length() + reason.length();
        return OBJECTS + 2 * characters;
    }

    static Denied of(Denial denial, long count, long since, long until) {
        return new Denied(
                denial.appId(),
                denial.action().name().toLowerCase(Locale.ROOT),
                denial.principal(),
                denial.client(),
                denial.subject(),
                denial.rule().label(),
                denial.reason(),
                count,
                Instant.ofEpochMilli(since).toString(),
                Instant.ofEpochMilli(until).toString());
    }
}
