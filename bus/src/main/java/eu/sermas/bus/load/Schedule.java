package eu.sermas.bus.load;

import java.util.List;

/// The open loop of one worker: its publishers take turns at fixed times, whatever the broker does,
/// so that a broker that stops for a while is charged with every message that should have been sent
/// meanwhile. Owned by the worker's loop.
final class Schedule {

    private final Worker worker;
    private final List<Publisher> publishers;
    private final long start;
    private final double interval;
    private long next;
    private boolean stopped;

    /// Sets the publishers going.
    ///
    /// @param rate messages per second of these publishers together
    Schedule(Worker worker, double rate, long start) {
        this.worker = worker;
        this.publishers = worker.publishers();
        this.start = start;
        this.interval = 1e9 / rate;
        for (int place = 0; place < publishers.size(); place++) {
            publishers.get(place).start(this, place);
        }
    }

    void run() {
        if (stopped || publishers.isEmpty()) {
            return;
        }
        long now = System.nanoTime();
        while (due(next) <= now) {
            publishers.get((int) (next % publishers.size())).schedule();
            next++;
        }
        worker.at(due(next), this::run);
    }

    void stop() {
        stopped = true;
    }

    /// When the publisher at this place should send this message of its own.
    long due(int place, long sequence) {
        return due(sequence * publishers.size() + place);
    }

    private long due(long message) {
        return start + (long) (message * interval);
    }
}
