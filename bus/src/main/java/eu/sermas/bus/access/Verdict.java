package eu.sermas.bus.access;

import org.jspecify.annotations.Nullable;

/// The answer of a check. A check only answers; one place acts on the answer.
///
/// @param reason null where it is allowed; else one line that names what is missing, fit for a
///   reason string and a log: `missing grant: dialogue.messages`
public record Verdict(@Nullable String reason) {

    public static final Verdict ALLOWED = new Verdict(null);

    public static Verdict denied(String reason) {
        return new Verdict(reason);
    }

    public boolean isAllowed() {
        return reason == null;
    }
}
