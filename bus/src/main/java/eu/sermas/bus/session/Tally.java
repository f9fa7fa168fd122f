package eu.sermas.bus.session;

import eu.sermas.bus.metrics.Count;
import eu.sermas.bus.metrics.Metrics;
import eu.sermas.bus.packet.Topic;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ObjIntConsumer;

/// What the sessions of one event loop have done since it was last carried over to the metrics:
/// plain numbers, because one thread owns them and counting happens for every delivery.
public final class Tally {

    private long received;
    private long delivered;
    private long dropped;
    private long waiting;
    private long inFlight;

    // As of the last time that it was carried over, for those who look at it from elsewhere.
    private volatile long waitingShown;
    private volatile long inFlightShown;
    private final Map<Drop, Integer> overflowed = new HashMap<>(0);
    private final List<Missed> slow = new ArrayList<>(0);

    /// Why messages did not get to a subscriber.
    public enum Cause {
        QUEUE_FULL("queue full"),
        SLOW_CONNECTION("connection too slow for QoS 0");

        private final String reason;

        Cause(String reason) {
            this.reason = reason;
        }

        public String reason() {
            return reason;
        }
    }

    /// Messages that a subscriber did not get.
    ///
    /// @param app that of their topics, or the empty string where it is none of an app
    public record Drop(SessionKey receiver, String app, Cause cause) {}

    /// A message was accepted from a publisher.
    public void received() {
        received++;
    }

    void delivered() {
        delivered++;
    }

    /// More cost of messages in queues, or less.
    void waiting(long bytes) {
        waiting += bytes;
    }

    /// More cost of messages in flight, or less.
    void inFlight(long bytes) {
        inFlight += bytes;
    }

    /// The cost of all messages in queues, each as often as it waits. From any thread.
    public long waitingBytes() {
        return waitingShown;
    }

    /// The cost of all messages in flight, each as often as it is. From any thread.
    public long inFlightBytes() {
        return inFlightShown;
    }

    /// A full queue let go of messages, or did not take one.
    public void overflowed(SessionKey receiver, Topic topic, int messages) {
        dropped += messages;
        overflowed.merge(
                new Drop(receiver, appOf(topic), Cause.QUEUE_FULL), messages, Integer::sum);
    }

    /// A connection begins to be too slow for messages of QoS 0; it knows for how many.
    void missing(Missed receiver) {
        slow.add(receiver);
    }

    /// The app that a topic is of, or the empty string.
    static String appOf(Topic topic) {
        String[] levels = topic.levels();
        return levels.length > 1 && levels[0].equals("app") ? levels[1] : "";
    }

    void dropped(int messages) {
        dropped += messages;
    }

    /// Adds everything to the metrics and starts again at zero.
    ///
    /// @param listener is told of messages that subscribers did not get
    public void carryOver(Metrics metrics, ObjIntConsumer<Drop> listener) {
        if (waiting != waitingShown) {
            waitingShown = waiting;
        }
        if (inFlight != inFlightShown) {
            inFlightShown = inFlight;
        }
        if (received > 0) {
            metrics.add(Count.MESSAGES_RECEIVED, received);
            received = 0;
        }
        if (delivered > 0) {
            metrics.add(Count.MESSAGES_DELIVERED, delivered);
            delivered = 0;
        }
        if (!overflowed.isEmpty()) {
            overflowed.forEach(
                    (drop, messages) -> {
                        metrics.overflowed(drop.app(), messages);
                        listener.accept(drop, messages);
                    });
            overflowed.clear();
        }
        if (!slow.isEmpty()) {
            slow.forEach(
                    receiver ->
                            receiver.report(
                                    (drop, messages) -> {
                                        dropped += messages;
                                        listener.accept(drop, messages);
                                    }));
            slow.clear();
        }
        if (dropped > 0) {
            metrics.add(Count.MESSAGES_DROPPED, dropped);
            dropped = 0;
        }
    }
}
