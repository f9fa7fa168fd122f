package eu.sermas.bus.access;

import org.jspecify.annotations.Nullable;

/// A decision with what it rests on.
///
/// @param grant the grant that allows it, or the one that is missing; null where none has a say
/// @param reason why not, or null where it is allowed
public record Explanation(
        boolean allowed, Rule rule, @Nullable String grant, @Nullable String reason) {

    static final String MISSING = "missing grant: ";

    static Explanation allowed(Rule rule, @Nullable String grant) {
        return new Explanation(true, rule, grant, null);
    }

    /// What a verdict says of itself.
    public static Explanation of(Verdict verdict) {
        String reason = verdict.reason();
        String grant =
                reason != null && reason.startsWith(MISSING)
                        ? reason.substring(MISSING.length()).split(" ", 2)[0]
                        : null;
        return new Explanation(verdict.isAllowed(), verdict.rule(), grant, reason);
    }
}
