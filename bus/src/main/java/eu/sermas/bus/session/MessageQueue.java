package eu.sermas.bus.session;

import java.util.ArrayDeque;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The messages that wait for a session, oldest first, within its limits.
final class MessageQueue {

    private final QueueLimits limits;
    private final ArrayDeque<Delivery> waiting = new ArrayDeque<>(0);
    private long bytes;

    MessageQueue(QueueLimits limits) {
        this.limits = limits;
    }

    /// @return false where a limit is reached; the message is not taken then
    boolean offer(Delivery delivery) {
        int size = delivery.message().payload().length;
        if (waiting.size() >= limits.maxMessages() || bytes + size > limits.maxBytes()) {
            return false;
        }
        waiting.addLast(delivery);
        bytes += size;
        return true;
    }

    @Nullable Delivery poll() {
        Delivery first = waiting.pollFirst();
        if (first != null) {
            bytes -= first.message().payload().length;
        }
        return first;
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    int size() {
        return waiting.size();
    }

    long bytes() {
        return bytes;
    }

    /// Drops what the predicate says.
    ///
    /// @return how many were dropped
    int removeIf(Predicate<Delivery> unwanted) {
        int before = waiting.size();
        waiting.removeIf(
                delivery -> {
                    boolean gone = unwanted.test(delivery);
                    if (gone) {
                        bytes -= delivery.message().payload().length;
                    }
                    return gone;
                });
        return before - waiting.size();
    }
}
