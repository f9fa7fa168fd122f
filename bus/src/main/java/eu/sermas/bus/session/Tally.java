package eu.sermas.bus.session;

import eu.sermas.bus.metrics.Count;
import eu.sermas.bus.metrics.Metrics;

/// What the sessions of one event loop have done since it was last carried over to the metrics:
/// plain numbers, because one thread owns them and counting happens for every delivery.
public final class Tally {

    private long received;
    private long delivered;
    private long dropped;

    /// A message was accepted from a publisher.
    public void received() {
        received++;
    }

    void delivered() {
        delivered++;
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
        if (dropped > 0) {
            metrics.add(Count.MESSAGES_DROPPED, dropped);
            dropped = 0;
        }
    }
}
