package eu.sermas.bus.load;

/// A client that connects, leaves, and connects again.
final class Visitor implements Peer {

    /// After a failure.
    private static final long PAUSE_NANOS = 100_000_000;

    private final Worker worker;
    private final Link link;
    private boolean visiting;
    private boolean wasReady;
    private long since;

    Visitor(Worker worker, Link.Client client) {
        this.worker = worker;
        this.link = new Link(client, worker, this);
    }

    Worker worker() {
        return worker;
    }

    void start() {
        visiting = true;
        again();
    }

    void stop() {
        visiting = false;
    }

    private void again() {
        wasReady = false;
        since = System.nanoTime();
        worker.open(link);
    }

    @Override
    public void ready(int receiveMaximum) {
        wasReady = true;
        if (worker.isMeasuring()) {
            worker.latencies().record(System.nanoTime() - since);
        }
        link.leave();
    }

    @Override
    public void closed() {
        if (visiting && wasReady) {
            again();
        } else if (visiting) {
            worker.at(System.nanoTime() + PAUSE_NANOS, this::again);
        }
    }
}
