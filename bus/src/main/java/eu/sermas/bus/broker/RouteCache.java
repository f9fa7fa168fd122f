package eu.sermas.bus.broker;

import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.routing.SubscriptionTree;
import eu.sermas.bus.session.Session;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The routes of the topics that one event loop has published to lately. A change of subscriptions
/// makes a route stale by the version of its topic; nobody has to tell the cache.
final class RouteCache {

    private static final int CAPACITY = 8192;

    private final SubscriptionTree<Session> subscriptions;
    private final int loops;
    private final SharedStrategy strategy;
    private final DurabilityPolicy durability;
    private final Map<Topic, Route> routes =
            new LinkedHashMap<>() {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<Topic, Route> eldest) {
                    return size() > CAPACITY;
                }
            };

    private @Nullable Topic lastTopic;
    private @Nullable Route lastRoute;

    RouteCache(
            SubscriptionTree<Session> subscriptions,
            int loops,
            SharedStrategy strategy,
            DurabilityPolicy durability) {
        this.durability = durability;
        this.subscriptions = subscriptions;
        this.loops = loops;
        this.strategy = strategy;
    }

    @SuppressWarnings("ReferenceEquality") // the messages of one read often have the same object
    Route route(Topic topic) {
        // Read before matching: a change in between makes the new route stale, never wrong.
        long version = subscriptions.version(topic);
        Route last = lastRoute;
        if (topic == lastTopic && last != null && last.version() == version) {
            return last;
        }
        Route known = routes.get(topic);
        if (known == null || known.version() != version) {
            known = match(topic, version);
        }
        lastTopic = topic;
        lastRoute = known;
        return known;
    }

    private Route match(Topic topic, long version) {
        // [MQTT-3.3.2-3]
        Route route =
                Route.of(
                        version, subscriptions.match(topic), loops, strategy, durability.of(topic));
        routes.put(topic, route);
        return route;
    }

    /// Other things than subscriptions have changed.
    void clear() {
        routes.clear();
        lastTopic = null;
        lastRoute = null;
    }
}
