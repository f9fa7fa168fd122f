package eu.sermas.bus.audit;

import com.fasterxml.jackson.annotation.JsonInclude;
import eu.sermas.bus.access.Denial;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Refusals of one kind, as people see them.
///
/// @param action `login`, `publish`, `observe`, `subscribe`, `receive` or `call`
/// @param address where a login came from
/// @param topic the topic or filter of the first; for a call its path, for a login nothing
/// @param rule as in [eu.sermas.bus.access.Rule#label]
/// @param count how many there were from `since` to `ts`, both included
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Denied(
        @Nullable String appId,
        String action,
        String principal,
        String client,
        String address,
        String topic,
        String rule,
        String reason,
        long count,
        String since,
        String ts) {

    private static final int OBJECTS = 400;

    /// About what it takes of the heap.
    public int cost() {
        int where = address.length() + topic.length();
        return OBJECTS + 2 * (principal.length() + client.length() + where + reason.length());
    }

    static Denied of(Denial denial, long count, long since, long until) {
        boolean isLogin = denial.action() == Denial.Action.LOGIN;
        return new Denied(
                denial.appId(),
                denial.action().name().toLowerCase(Locale.ROOT),
                denial.principal(),
                denial.client(),
                isLogin ? denial.subject() : "",
                isLogin ? "" : denial.subject(),
                denial.rule().label(),
                denial.reason(),
                count,
                Instant.ofEpochMilli(since).toString(),
                Instant.ofEpochMilli(until).toString());
    }
}
