package eu.sermas.bus.access;

import eu.sermas.bus.packet.QoS;
import org.jspecify.annotations.Nullable;

/// The answer of a check. A check only answers; one place acts on the answer.
///
/// @param rule what refuses; the check does not say what allows, see [AccessRights#explainPublish]
/// @param reason null where it is allowed; else one line that names what is missing, fit for a
///   reason string and a log: `missing grant: dialogue.messages`
/// @param uses which messages are allowed
public record Verdict(Rule rule, @Nullable String reason, Uses uses) {

    public static final Verdict ALLOWED = new Verdict(Rule.GRANT, null, Uses.ALL);

    /// Somebody else has to be asked first, see [AccessRights#decidePublish].
    public static final Verdict UNDECIDED = denied(Rule.REMOTE, "not decided yet");

    public static Verdict denied(Rule rule, String reason) {
        return new Verdict(rule, reason, Uses.NONE);
    }

    static Verdict allowed(Uses uses) {
        return new Verdict(Rule.GRANT, null, uses);
    }

    public boolean isAllowed() {
        return reason == null;
    }

    /// Whether somebody else has to be asked first.
    @SuppressWarnings("ReferenceEquality") // it has no equal
    public boolean isUndecided() {
        return this == UNDECIDED;
    }

    /// What is wrong with a message of this QoS and RETAIN flag on an allowed topic, or null.
    public @Nullable String refusal(QoS qos, boolean retain) {
        if (uses.allows(qos, retain)) {
            return null;
        }
        return retain && uses.allows(qos, false)
                ? "grant does not allow retained messages: " + uses.grant()
                : "grant does not allow QoS " + qos.value() + ": " + uses.grant();
    }
}
