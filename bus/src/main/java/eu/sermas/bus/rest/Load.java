package eu.sermas.bus.rest;

import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;

/// What all REST requests of the process hold at this moment. Safe for use by many threads.
final class Load {

    private final Semaphore requests;
    private final AtomicLong freeBytes;

    Load(RestLimits limits) {
        requests = new Semaphore(limits.maxConcurrentRequests());
        freeBytes = new AtomicLong(limits.maxBufferedBytes());
    }

    boolean tryBegin() {
        return requests.tryAcquire();
    }

    void end() {
        requests.release();
    }

    boolean tryHold(int bytes) {
        if (freeBytes.addAndGet(-bytes) >= 0) {
            return true;
        }
        freeBytes.addAndGet(bytes);
        return false;
    }

    void letGo(int bytes) {
        freeBytes.addAndGet(bytes);
    }
}
