package eu.sermas.bus.session;

import eu.sermas.bus.packet.QoS;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The messages that wait for a session, oldest first, within its limits and the budget of all.
final class MessageQueue {

    private final QueueLimits limits;
    private final QueueBudget budget;
    private final ArrayDeque<Delivery> waiting = new ArrayDeque<>(0);
    private long bytes;
    private int qos0;

    MessageQueue(QueueLimits limits, QueueBudget budget) {
        this.limits = limits;
        this.budget = budget;
    }

    /// Takes a message, if need be at the cost of older ones of QoS 0, or of any where the limits
    /// say so.
    ///
    /// @return how many had to go, or -1 where a limit is reached all the same; the message is not
    ///   taken then
    int offer(Delivery delivery) {
        int evicted = 0;
        while (!fits(delivery)) {
            if (!evictOne()) {
                return -1;
            }
            evicted++;
        }
        while (!budget.take(size(delivery))) {
            if (!limits.dropOldest() || !evictOne()) {
                return -1;
            }
            evicted++;
        }
        enter(delivery);
        return evicted;
    }

    /// Takes a message that it had before, whatever the limits.
    void putBack(Delivery delivery) {
        budget.takeAnyway(size(delivery));
        enter(delivery);
    }

    private void enter(Delivery delivery) {
        waiting.addLast(delivery);
        bytes += size(delivery);
        qos0 += isQos0(delivery) ? 1 : 0;
    }

    private boolean fits(Delivery delivery) {
        return waiting.size() < limits.maxMessages() && bytes + size(delivery) <= limits.maxBytes();
    }

    private boolean evictOne() {
        if (qos0 > 0) {
            evictOldestQos0();
            return true;
        }
        Delivery oldest = limits.dropOldest() ? poll() : null;
        if (oldest != null) {
            oldest.gone();
        }
        return oldest != null;
    }

    private void evictOldestQos0() {
        for (Iterator<Delivery> each = waiting.iterator(); each.hasNext(); ) {
            Delivery oldest = each.next();
            if (isQos0(oldest)) {
                each.remove();
                left(oldest);
                return;
            }
        }
    }

    @Nullable Delivery poll() {
        Delivery first = waiting.pollFirst();
        if (first != null) {
            left(first);
        }
        return first;
    }

    private void left(Delivery delivery) {
        bytes -= size(delivery);
        qos0 -= isQos0(delivery) ? 1 : 0;
        budget.giveBack(size(delivery));
    }

    private static int size(Delivery delivery) {
        return delivery.message().payload().length;
    }

    private static boolean isQos0(Delivery delivery) {
        return delivery.qos() == QoS.AT_MOST_ONCE;
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
                        left(delivery);
                        delivery.gone();
                    }
                    return gone;
                });
        return before - waiting.size();
    }
}
