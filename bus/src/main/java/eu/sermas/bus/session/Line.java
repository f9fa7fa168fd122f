package eu.sermas.bus.session;

import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.QoS;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Messages in memory that wait one behind the other, and how much they are.
final class Line {

    /// Beyond so many the table is not kept when the line is empty again.
    private static final int SMALL = 512;

    private ArrayDeque<Delivery> deliveries = new ArrayDeque<>(0);
    private int most;
    private long bytes;
    private int atMostOnce;

    /// No message of the line expires before this.
    private long earliest = Message.NEVER;

    boolean isEmpty() {
        return deliveries.isEmpty();
    }

    int size() {
        return deliveries.size();
    }

    /// What they cost.
    long bytes() {
        return bytes;
    }

    /// How many of them are of QoS 0.
    int atMostOnce() {
        return atMostOnce;
    }

    void add(Delivery delivery) {
        deliveries.addLast(delivery);
        most = Math.max(most, deliveries.size());
        earliest = Math.min(earliest, delivery.message().expiresAt());
        bytes += delivery.cost();
        atMostOnce += isAtMostOnce(delivery) ? 1 : 0;
    }

    @Nullable Delivery peek() {
        return deliveries.peekFirst();
    }

    @Nullable Delivery poll() {
        Delivery first = deliveries.pollFirst();
        if (first != null) {
            left(first);
        }
        return first;
    }

    private void left(Delivery delivery) {
        bytes -= delivery.cost();
        atMostOnce -= isAtMostOnce(delivery) ? 1 : 0;
        if (most > SMALL && deliveries.isEmpty()) {
            deliveries = new ArrayDeque<>(0);
            most = 0;
        }
    }

    /// Lets go of the oldest of QoS 0; there has to be one.
    void dropAtMostOnce() {
        for (Iterator<Delivery> each = deliveries.iterator(); each.hasNext(); ) {
            Delivery oldest = each.next();
            if (isAtMostOnce(oldest)) {
                each.remove();
                left(oldest);
                oldest.gone();
                return;
            }
        }
    }

    /// Drops what has expired. Most lines know that they have nothing of that kind.
    ///
    /// @return how many were dropped
    int dropExpired(long now) {
        if (now < earliest) {
            return 0;
        }
        long[] left = {Message.NEVER};
        int count =
                dropIf(
                        delivery -> {
                            boolean isExpired = delivery.message().isExpired(now);
                            if (!isExpired) {
                                left[0] = Math.min(left[0], delivery.message().expiresAt());
                            }
                            return isExpired;
                        });
        earliest = left[0];
        return count;
    }

    /// Drops what the predicate says.
    ///
    /// @return how many were dropped
    int dropIf(Predicate<Delivery> unwanted) {
        ArrayDeque<Delivery> before = deliveries;
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

    private static boolean isAtMostOnce(Delivery delivery) {
        return delivery.qos() == QoS.AT_MOST_ONCE;
    }
}
