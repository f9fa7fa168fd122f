package eu.sermas.bus.broker;

import java.util.PriorityQueue;

/// What has to happen later on one event loop: wills, ends of sessions, ends of tokens. A deadline
/// is not taken out when it becomes pointless; its task looks whether it still applies.
final class Deadlines {

    private record Deadline(long at, long order, Runnable task) implements Comparable<Deadline> {
        @Override
        public int compareTo(Deadline other) {
            int byTime = Long.compare(at, other.at);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    private final PriorityQueue<Deadline> queue = new PriorityQueue<>();
    private long order;

    /// @param at milliseconds since the epoch
    void add(long at, Runnable task) {
        queue.add(new Deadline(at, order++, task));
    }

    /// Runs everything that is due, the earliest first.
    void run(long now) {
        for (Deadline first = queue.peek();
                first != null && first.at <= now;
                first = queue.peek()) {
            queue.remove();
            first.task.run();
        }
    }

    int size() {
        return queue.size();
    }
}
