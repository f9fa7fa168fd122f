package eu.sermas.bus.broker;

import java.util.TreeSet;

/// What has to happen later on one event loop: wills, ends of sessions, ends of tokens. One that
/// has become pointless is cancelled, or it would keep all that its task knows until its time: a
/// session for days.
///
/// Owned by one event loop.
final class Deadlines {

    private final TreeSet<Deadline> pending = new TreeSet<>();
    private long order;

    /// One thing that has to happen. No two of a loop have the same place in its order.
    final class Deadline implements Comparable<Deadline> {

        private final long at;
        private final long number;
        private final Runnable task;

        private Deadline(long at, long number, Runnable task) {
            this.at = at;
            this.number = number;
            this.task = task;
        }

        /// It is not to happen any more. One that has happened, or is cancelled, stays so.
        void cancel() {
            pending.remove(this);
        }

        @Override
        public int compareTo(Deadline other) {
            int byTime = Long.compare(at, other.at);
            return byTime != 0 ? byTime : Long.compare(number, other.number);
        }
    }

    /// @param at milliseconds of the time of the bus
    Deadline add(long at, Runnable task) {
        Deadline deadline = new Deadline(at, order++, task);
        pending.add(deadline);
        return deadline;
    }

    /// Runs everything that is due, the earliest first.
    void run(long now) {
        while (!pending.isEmpty() && pending.first().at <= now) {
            pending.removeFirst().task.run();
        }
    }

    int size() {
        return pending.size();
    }
}
