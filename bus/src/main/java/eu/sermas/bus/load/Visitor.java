package eu.sermas.bus.load;

import java.util.function.IntFunction;

/// A client that connects, leaves, and connects again, with another user name where there are
/// several.
final class Visitor implements Peer {

    /// After a failure.
    private static final long PAUSE_NANOS = 100_000_000;

    private final Worker worker;
    private final IntFunction<Link.Client> client;
    private Link link;
    private int visits;
    private boolean visiting;
    private boolean wasReady;
    private long since;

    /// @param client what to connect as, by the number of the visit
    Visitor(Worker worker, IntFunction<Link.Client> client) {
        this.worker = worker;
        this.client = client;
        this.link = new Link(client.apply(0), worker, this);
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

    private void comeBack() {
        link = new Link(client.apply(++visits), worker, this);
        again();
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
            comeBack();
        } else if (visiting) {
            worker.at(System.nanoTime() + PAUSE_NANOS, this::comeBack);
        }
    }
}
