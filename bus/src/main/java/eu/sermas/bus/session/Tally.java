package eu.sermas.bus.session;

import eu.sermas.bus.metrics.Count;
import eu.sermas.bus.metrics.Metrics;
import eu.sermas.bus.packet.Topic;
import java.util.HashMap;
import java.util.Map;

/// What the sessions of one event loop have done since it was last carried over to the metrics:
/// plain numbers, because one thread owns them and counting happens for every delivery.
public final class Tally {

    private long received;
    private long delivered;
    private long dropped;
    private final Map<String, Integer> overflowed = new HashMap<>(0);

    /// A message was accepted from a publisher.
    public void received() {
        received++;
    }

    void delivered() {
        delivered++;
    }

    /// A full queue let go of messages, or did not take one.
    void overflowed(Topic topic, int messages) {
        dropped += messages;
        String[] levels = topic.levels();
        String app = levels.length > 1 && levels[0].equals("app") ? levels[1] : "";
        overflowed.merge(app, messages, Integer::sum);
    }

    void dropped(int messages) {
        dropped += messages;
    }

    /// Adds everything to the metrics and starts again at zero.
    public void carryOver(Metrics metrics) {
        if (received > 0) {
            metrics.add(Count.MESSAGES_RECEIVED, received);
            received = 0;
        }
        if (delivered > 0) {
            metrics.add(Count.MESSAGES_DELIVERED, delivered);
            delivered = 0;
        }
        if (!overflowed.isEmpty()) {
            overflowed.forEach(metrics::overflowed);
            overflowed.clear();
        }
        if (dropped > 0) {
            metrics.add(Count.MESSAGES_DROPPED, dropped);
            dropped = 0;
        }
    }
}
