package eu.sermas.bus.broker;

import eu.sermas.bus.packet.Durability;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.routing.SubscriptionTree;
import eu.sermas.bus.session.Session;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The routes of the topics that one event loop has published to lately. A change of subscriptions
/// makes a route stale by the version of its topic; nobody has to tell the cache.
///
/// A route costs what its targets take of the heap, and all of them together have a limit. Beyond
/// it those go that were not asked for since they were looked at last: to put each that is asked
/// for into its place in an order would cost more than to ask.
final class RouteCache {

    private static final int CAPACITY = 8192;

    private final SubscriptionTree<Session> subscriptions;
    private final int loops;
    private final SharedStrategy strategy;
    private final DurabilityPolicy durability;
    private final long maxBytes;
    private final LinkedHashMap<Topic, Route> routes = new LinkedHashMap<>();
    private long bytes;

    private @Nullable Topic lastTopic;
    private @Nullable Route lastRoute;

    /// @param maxBytes what the routes may take of the heap
    RouteCache(
            SubscriptionTree<Session> subscriptions,
            int loops,
            long maxBytes,
            SharedStrategy strategy,
            DurabilityPolicy durability) {
        this.durability = durability;
        this.subscriptions = subscriptions;
        this.loops = loops;
        this.maxBytes = maxBytes;
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
        } else if (!known.isInUse) {
            known.isInUse = true;
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
        keep(topic, route);
        return route;
    }

    private void keep(Topic topic, Route route) {
        forget(topic, routes.remove(topic));
        long cost = topic.cost() + route.cost();
        if (cost > maxBytes) {
            return; // found anew each time, but for messages that follow each other
        }
        routes.put(topic, route);
        bytes += cost;
        while (bytes > maxBytes || routes.size() > CAPACITY) {
            evictOne(route);
        }
    }

    /// @param newest which stays: there are others
    private void evictOne(Route newest) {
        Map.Entry<Topic, Route> eldest = routes.firstEntry();
        Route route = eldest.getValue();
        routes.remove(eldest.getKey());
        if (route.isInUse || route == newest) {
            route.isInUse = false;
            routes.put(eldest.getKey(), route);
        } else {
            forget(eldest.getKey(), route);
        }
    }

    private void forget(Topic topic, @Nullable Route route) {
        if (route != null) {
            bytes -= topic.cost() + route.cost();
        }
    }

    /// What they take of the heap, in bytes.
    long bytes() {
        return bytes;
    }

    /// How many there are.
    int size() {
        return routes.size();
    }

    /// Lets go of routes that are not right any more, and of the sessions that they know.
    void sweep() {
        lastTopic = null;
        lastRoute = null;
        routes.entrySet()
                .removeIf(
                        entry -> {
                            Route route = entry.getValue();
                            boolean stale =
                                    route.version() != subscriptions.version(entry.getKey());
                            if (stale) {
                                forget(entry.getKey(), route);
                            }
                            return stale;
                        });
    }

    /// Other things than subscriptions have changed.
    ///
    /// @param appId on topics of this app, or null for on all
    void review(@Nullable String appId) {
        routes.entrySet()
                .removeIf(
                        entry -> {
                            boolean concerned = appId == null || entry.getKey().isOfApp(appId);
                            if (concerned) {
                                forget(entry.getKey(), entry.getValue());
                            }
                            return concerned;
                        });
        lastTopic = null;
        lastRoute = null;
    }

    /// What is promised of messages of a topic, for those that take no route.
    Durability durabilityOf(Topic topic) {
        return durability.of(topic);
    }
}
