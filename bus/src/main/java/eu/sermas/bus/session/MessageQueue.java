package eu.sermas.bus.session;

import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.QoS;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The messages that wait for a session, oldest first, within its limits.
final class MessageQueue {

    /// Beyond so many the table of a queue is not kept when it is empty again.
    private static final int SMALL = 256;

    private final QueueLimits limits;
    private final Tally tally;
    private ArrayDeque<Delivery> waiting = new ArrayDeque<>(0);
    private int most;
    private long bytes;
    private int qos0;

    MessageQueue(QueueLimits limits, Tally tally) {
        this.limits = limits;
        this.tally = tally;
    }

    /// Whether the limits of this session have room for one more message.
    boolean hasRoomFor(Message message) {
        return waiting.size() < limits.maxMessages()
                && bytes + Delivery.cost(message) <= limits.maxBytes();
    }

    /// Takes a message, whatever the limits.
    void add(Delivery delivery) {
        waiting.addLast(delivery);
        most = Math.max(most, waiting.size());
        bytes += delivery.cost();
        tally.waiting(delivery.cost());
        qos0 += isQos0(delivery) ? 1 : 0;
    }

    /// Lets go of an older message for a new one: of QoS 0 if there is one, else of any where the
    /// limits say so.
    ///
    /// @return false where none may go
    boolean evictOne() {
        if (qos0 > 0) {
            evictOldestQos0();
            return true;
        }
        return evictOldest();
    }

    /// The same where it is not this queue that is full, but all of them together: a queue that
    /// does not give up its oldest messages gives up none.
    boolean evictOneForAll() {
        return limits.dropOldest() && evictOne();
    }

    private boolean evictOldest() {
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
                oldest.gone();
                return;
            }
        }
    }

    /// Takes the oldest message out; it is still held.
    @Nullable Delivery poll() {
        Delivery first = waiting.pollFirst();
        if (first != null) {
            left(first);
        }
        return first;
    }

    private void left(Delivery delivery) {
        bytes -= delivery.cost();
        tally.waiting(-delivery.cost());
        qos0 -= isQos0(delivery) ? 1 : 0;
        if (most > SMALL && waiting.isEmpty()) {
            waiting = new ArrayDeque<>(0);
            most = 0;
        }
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
        ArrayDeque<Delivery> before = waiting;
        int size = before.size();
        before.removeIf(
                delivery -> {
                    boolean gone = unwanted.test(delivery);
                    if (gone) {
                        left(delivery);
                        delivery.gone();
                    }
                    return gone;
                });
        return size - before.size();
    }
}
