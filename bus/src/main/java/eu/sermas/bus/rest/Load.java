package eu.sermas.bus.rest;

import java.util.concurrent.Semaphore;

/// What all REST requests of the process hold at this moment. Safe for use by many threads.
final class Load {

    private final Semaphore requests;
    private final ByteBudget bodies;

    Load(RestLimits limits) {
        requests = new Semaphore(limits.maxConcurrentRequests());
        bodies = new ByteBudget(limits.maxBufferedBytes());
    }

    boolean tryBegin() {
        return requests.tryAcquire();
    }

    void end() {
        requests.release();
    }

    boolean tryHold(int bytes) {
        return bodies.tryHold(bytes);
    }

    void letGo(int bytes) {
        bodies.letGo(bytes);
    }
}
