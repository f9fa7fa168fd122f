package eu.sermas.bus.rest;

import java.util.concurrent.atomic.AtomicLong;

/// So many bytes for all who share it. Safe for use by many threads.
final class ByteBudget {

    private final AtomicLong free;

    ByteBudget(long bytes) {
        free = new AtomicLong(bytes);
    }

    boolean tryHold(long bytes) {
        if (free.addAndGet(-bytes) >= 0) {
            return true;
        }
        free.addAndGet(bytes);
        return false;
    }

    void letGo(long bytes) {
        free.addAndGet(bytes);
    }
}
