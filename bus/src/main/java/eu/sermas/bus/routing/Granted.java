package eu.sermas.bus.routing;

import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.Subscription;
import java.util.Arrays;

/// What the matching subscriptions of one subscriber grant together.
///
/// @param qos the highest granted QoS [MQTT-3.3.4-2]
/// @param retainAsPublished whether any of them keeps the RETAIN flag as the publisher set it,
///   section 3.8.3.1
/// @param subscriptionIds the identifiers of all that have one [MQTT-3.3.4-3]; shared, so not to be
///   changed
public record Granted(QoS qos, boolean retainAsPublished, int[] subscriptionIds) {

    private static final int[] NO_IDS = {};

    /// Subscriptions without an identifier are the rule, and there are six kinds of them.
    private static final Granted[] WITHOUT_IDS = new Granted[6];

    static {
        for (QoS qos : QoS.values()) {
            WITHOUT_IDS[2 * qos.value()] = new Granted(qos, false, NO_IDS);
            WITHOUT_IDS[2 * qos.value() + 1] = new Granted(qos, true, NO_IDS);
        }
    }

    static Granted of(Subscription subscription, int subscriptionId) {
        return of(
                subscription.qos(),
                subscription.retainAsPublished(),
                subscriptionId == 0 ? NO_IDS : new int[] {subscriptionId});
    }

    private static Granted of(QoS qos, boolean retainAsPublished, int[] subscriptionIds) {
        return subscriptionIds.length == 0
                ? WITHOUT_IDS[2 * qos.value() + (retainAsPublished ? 1 : 0)]
                : new Granted(qos, retainAsPublished, subscriptionIds);
    }

    Granted and(Granted other) {
        return of(
                qos.max(other.qos), // MQTT 3.1.1 [MQTT-3.3.5-1]
                retainAsPublished || other.retainAsPublished,
                concat(subscriptionIds, other.subscriptionIds));
    }

    private static int[] concat(int[] first, int[] second) {
        if (second.length == 0) {
            return first;
        }
        int[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
