package eu.sermas.bus.broker;

import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.routing.SubscriptionTree;
import eu.sermas.bus.session.Delivery;
import eu.sermas.bus.session.Outcome;
import eu.sermas.bus.session.Session;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The way of a message from its publisher's event loop to the sessions of all its receivers.
///
/// Receivers on the same loop get it at once, those on others with one batch per loop and turn. All
/// messages of one publisher take the same way, so they arrive in their order [MQTT-4.6.0-5]
/// [MQTT-4.6.0-6].
final class Router {

    private final List<Shard> shards;
    private final SubscriptionTree<Session> subscriptions;
    private final RetainedMessages retained;

    Router(List<Shard> shards, SubscriptionTree<Session> subscriptions, RetainedMessages retained) {
        this.shards = shards;
        this.subscriptions = subscriptions;
        this.retained = retained;
    }

    SubscriptionTree<Session> subscriptions() {
        return subscriptions;
    }

    RetainedMessages retained() {
        return retained;
    }

    /// Publishes a message, on the loop of its publisher.
    ///
    /// @param publisher the session of the publisher, or null for the platform
    /// @param receipt for a publisher that waits for an acknowledgement, or null; it is settled
    ///   when this returns, unless it expects answers of other loops
    void publish(
            Shard from, Message message, @Nullable Session publisher, @Nullable Receipt receipt) {
        if (message.retain()) { // [MQTT-3.3.1-8]
            // Before the subscribers: whoever subscribes in between gets it twice rather than
            // never.
            retained.retain(message);
        }
        Route route = from.routes().route(message.topic());
        boolean matched = false;
        for (int loop = 0; loop < shards.size(); loop++) {
            Target[] targets = route.targets(loop);
            if (targets.length > 0) { // [MQTT-4.5.0-1]
                matched = true;
                send(from, loop, message, targets, publisher, receipt);
            }
        }
        for (SharedGroup group : route.groups()) { // [MQTT-3.3.4-5]
            matched = true;
            Target chosen = group.choose(publisher);
            Target[] one = {chosen};
            send(from, chosen.session().loop(), message, one, publisher, receipt);
        }
        if (!matched && receipt != null) {
            receipt.unmatched();
        }
    }

    private static void send(
            Shard from,
            int loop,
            Message message,
            Target[] targets,
            @Nullable Session publisher,
            @Nullable Receipt receipt) {
        if (loop != from.index()) {
            from.outbox(loop).add(message, targets, publisher, receipt);
            return;
        }
        Outcome worst = Outbox.deliver(from, message, targets, publisher);
        if (receipt != null) {
            receipt.note(worst);
        }
    }

    /// Gives a message of a shared subscription to another member, because the session that had it
    /// ends. Without another member it is gone, as the subscription is.
    void redirect(Shard from, Delivery delivery) {
        String filter = delivery.terms().sharedBy();
        if (filter == null || delivery.message().qos() == QoS.AT_MOST_ONCE) {
            return;
        }
        TopicFilter shared = TopicFilter.of(filter);
        for (SharedGroup group : from.routes().route(delivery.message().topic()).groups()) {
            if (group.filter().equals(shared)) {
                Target chosen = group.choose(null);
                Target[] one = {chosen};
                send(from, chosen.session().loop(), delivery.message(), one, null, null);
            }
        }
    }
}
