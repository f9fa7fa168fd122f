package eu.sermas.bus.session;

import eu.sermas.bus.packet.Subscription;
import eu.sermas.bus.packet.TopicFilter;

/// A subscription that a session holds.
///
/// @param identifier the Subscription Identifier, 0 for none
public record Held(Subscription subscription, int identifier) {

    public TopicFilter filter() {
        return subscription.filter();
    }
}
