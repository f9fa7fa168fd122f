package eu.sermas.bus.broker;

import eu.sermas.bus.packet.Connect;
import eu.sermas.bus.packet.Publish;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.packet.Subscription;
import eu.sermas.bus.packet.Will;
import org.jspecify.annotations.Nullable;

/// What the broker offers of the specification's choices. What is switched off is announced in
/// CONNACK (MQTT 5 section 3.2.2.3) and refused with the reason that the specification has for it.
///
/// @param sharedStrategy how a shared subscription chooses among its members
/// @param maximumQos of PUBLISH in both directions
/// @param retain whether messages may be retained
/// @param wildcardSubscriptions whether filters may have wildcards
/// @param sharedSubscriptions whether `$share/...` may be subscribed to
/// @param subscriptionIdentifiers whether SUBSCRIBE may carry one
/// @param responseInformation given to clients that ask for it, or null
/// @param tokenWarning seconds before the end of its token at which a client is warned
/// @param namesSender whether messages say who has published them, see
///   [eu.sermas.bus.access.Sender]
public record Features(
        SharedStrategy sharedStrategy,
        QoS maximumQos,
        boolean retain,
        boolean wildcardSubscriptions,
        boolean sharedSubscriptions,
        boolean subscriptionIdentifiers,
        @Nullable String responseInformation,
        int tokenWarning,
        boolean namesSender) {

    public static final Features DEFAULT =
            new Features(
                    SharedStrategy.ROUND_ROBIN,
                    QoS.EXACTLY_ONCE,
                    true,
                    true,
                    true,
                    true,
                    null,
                    120,
                    true);

    public Features {
        if (tokenWarning < 0) {
            throw new IllegalArgumentException(
                    "tokenWarning: " + tokenWarning + " (expected: at least 0)");
        }
    }

    /// What CONNECT asks for and does not get, or null.
    @Nullable Violation refusal(Connect connect) {
        Will will = connect.will();
        if (will == null) {
            return null;
        }
        if (will.qos().compareTo(maximumQos) > 0) { // [MQTT-3.2.2-12]
            return tooHigh("will QoS", will.qos());
        }
        return will.retain() && !retain ? noRetain("will retain") : null; // [MQTT-3.2.2-13]
    }

    /// What a PUBLISH asks for and does not get, or null: a client that keeps to what CONNACK said
    /// is never told so [MQTT-3.2.2-11] [MQTT-3.2.2-14].
    @Nullable Violation refusal(Publish publish) {
        if (publish.qos().compareTo(maximumQos) > 0) {
            return tooHigh("QoS", publish.qos());
        }
        return publish.retain() && !retain ? noRetain("retain") : null;
    }

    private Violation tooHigh(String what, QoS qos) {
        return new Violation(
                ReasonCode.QOS_NOT_SUPPORTED,
                what + ": " + qos.value() + " (expected: at most " + maximumQos.value() + ")");
    }

    private static Violation noRetain(String what) {
        return new Violation(
                ReasonCode.RETAIN_NOT_SUPPORTED,
                what + ": 1 (expected: 0, retain is switched off)");
    }

    /// What a subscription asks for and does not get, or null.
    @Nullable Violation refusal(Subscription subscription, int identifier) {
        if (!wildcardSubscriptions && subscription.filter().hasWildcard()) {
            return new Violation(
                    ReasonCode.WILDCARD_SUBSCRIPTIONS_NOT_SUPPORTED,
                    "wildcard subscriptions are switched off");
        }
        if (!sharedSubscriptions && subscription.filter().isShared()) {
            return new Violation(
                    ReasonCode.SHARED_SUBSCRIPTIONS_NOT_SUPPORTED,
                    "shared subscriptions are switched off");
        }
        if (!subscriptionIdentifiers && identifier != 0) {
            return new Violation(
                    ReasonCode.SUBSCRIPTION_IDENTIFIERS_NOT_SUPPORTED,
                    "subscription identifiers are switched off");
        }
        return null;
    }
}
