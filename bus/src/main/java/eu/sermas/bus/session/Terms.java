package eu.sermas.bus.session;

import eu.sermas.bus.packet.QoS;
import org.jspecify.annotations.Nullable;

/// On which terms one session gets the messages of one topic: what its matching subscriptions come
/// to. Shared by all messages of that topic and never changed.
///
/// @param maximumQos the highest QoS among the matching subscriptions
/// @param retainAsPublished whether the RETAIN flag of the publisher is kept [MQTT-3.3.1-12]
/// @param subscriptionIds of all matching subscriptions [MQTT-3.3.4-3]; shared, not to be changed
/// @param sharedBy the shared subscription, as `$share/{name}/{filter}`, that chose this session,
///   or null: where the session ends, its messages go to another member
public record Terms(
        QoS maximumQos,
        boolean retainAsPublished,
        int[] subscriptionIds,
        @Nullable String sharedBy) {

    public static final int[] NO_IDS = {};
}
