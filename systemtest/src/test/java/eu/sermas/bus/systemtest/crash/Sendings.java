package eu.sermas.bus.systemtest.crash;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What became of each message on its way to the bus.
final class Sendings {

    /// @param acknowledgedAt `Long.MAX_VALUE` where no acknowledgement was seen
    record Sending(Message message, long sentAt, long acknowledgedAt, boolean isRevoked) {

        boolean isAcknowledged() {
            return acknowledgedAt < Long.MAX_VALUE;
        }

        /// Whether every receiver has to get it.
        boolean isPromised() {
            return isAcknowledged()
                    && !isRevoked
                    && message.qos() > 0
                    && !message.clear()
                    && !Topics.isLoose(message.topic());
        }
    }

    private final Map<Message.Id, Sending> sendings = new LinkedHashMap<>();

    Sendings(List<Event> events) {
        for (var event : events) {
            if (event instanceof Event.Sent(long at, Message message)) {
                sendings.put(message.id(), new Sending(message, at, Long.MAX_VALUE, false));
            } else if (event instanceof Event.Acknowledged(long at, Message.Id id)) {
                sendings.computeIfPresent(
                        id, (_, s) -> new Sending(s.message, s.sentAt, at, s.isRevoked));
            } else if (event instanceof Event.Revoked(_, Message.Id id)) {
                sendings.computeIfPresent(
                        id, (_, s) -> new Sending(s.message, s.sentAt, s.acknowledgedAt, true));
            }
        }
    }

    Collection<Sending> all() {
        return sendings.values();
    }

    @Nullable Sending of(Message.Id id) {
        return sendings.get(id);
    }

    String describe(Event.Received received) {
        var sending = of(received.message());
        return sending == null ? received.message().toString() : sending.message().toString();
    }
}
