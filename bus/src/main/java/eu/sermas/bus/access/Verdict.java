package eu.sermas.bus.access;

import org.jspecify.annotations.Nullable;

/// The answer of a check. A check only answers; one place acts on the answer.
///
/// @param rule what refuses; the check does not say what allows, see [AccessRights#explainPublish]
/// @param reason null where it is allowed; else one line that names what is missing, fit for a
///   reason string and a log: `missing grant: dialogue.messages`
public record Verdict(Rule rule, @Nullable String reason) {

    public static final Verdict ALLOWED = new Verdict(Rule.GRANT, null);

    public static Verdict denied(Rule rule, String reason) {
        return new Verdict(rule, reason);
    }

    public boolean isAllowed() {
        return reason == null;
    }
}
