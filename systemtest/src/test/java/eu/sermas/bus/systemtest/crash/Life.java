package eu.sermas.bus.systemtest.crash;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// One session from its first CONNACK to its end; a client that starts anew begins another life.
final class Life {

    /// One subscription. Between `sure` and `ending` the bus has to deliver, before `asked` and
    /// after `over` it must not, and in between it may.
    static final class Subscription {

        final String filter;
        final long asked;
        long sure = Long.MAX_VALUE;
        int qos;
        long ending = Long.MAX_VALUE;
        long over = Long.MAX_VALUE;

        Subscription(String filter, long asked) {
            this.filter = filter;
            this.asked = asked;
        }
    }

    final String session;
    final long begin;
    final List<Subscription> subscriptions = new ArrayList<>();

    /// The messages that arrived, in order, as often as they did.
    final List<Event.Received> received = new ArrayList<>();

    /// Exclusive; the session may have ended before where it ended as it should.
    long end = Long.MAX_VALUE;

    /// Whether the bus owes it what was acknowledged: at the end of the run it is there and
    /// connected, or it has been lost.
    boolean owed;

    private final Map<String, Subscription> current = new HashMap<>();

    Life(String session, long begin) {
        this.session = session;
        this.begin = begin;
    }

    void note(Event event) {
        switch (event) {
            case Event.Subscribing(long at, _, String filter) -> open(filter, at);
            case Event.Subscribed(long at, _, String filter, int qos) -> {
                var subscription = current.get(filter);
                if (subscription == null) {
                    subscription = open(filter, at);
                }
                subscription.sure = Math.min(subscription.sure, at);
                subscription.qos = qos;
            }
            case Event.Unsubscribing(long at, _, String filter) -> {
                var subscription = current.get(filter);
                if (subscription != null) {
                    subscription.ending = Math.min(subscription.ending, at);
                }
            }
            case Event.Unsubscribed(long at, _, String filter) -> {
                var subscription = current.remove(filter);
                if (subscription != null) {
                    subscription.over = at;
                }
            }
            case Event.Received message -> received.add(message);
            default -> throw new IllegalArgumentException(event.toString());
        }
    }

    /// A subscription that is asked for again goes on, unless it is being ended.
    private Subscription open(String filter, long at) {
        var present = current.get(filter);
        if (present != null && present.ending == Long.MAX_VALUE) {
            return present;
        }
        var subscription = new Subscription(filter, at);
        subscriptions.add(subscription);
        current.put(filter, subscription);
        return subscription;
    }
}
