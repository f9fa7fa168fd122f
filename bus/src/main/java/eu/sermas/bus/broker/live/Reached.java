package eu.sermas.bus.broker.live;

import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.TopicFilter;
import java.util.List;

/// A session that a topic reaches.
///
/// @param subscriptions how many of its filters match
/// @param matching the first of them
public record Reached(SessionRow session, int subscriptions, List<Matching> matching) {

    /// @param filter with the share name, where it has one
    /// @param qos that was granted
    public record Matching(TopicFilter filter, QoS qos) {}
}
