package eu.sermas.bus.session;

import java.util.concurrent.atomic.AtomicLong;

/// The memory that all queues may use together. Shared by all event loops.
public final class QueueBudget {

    private final long maxBytes;
    private final AtomicLong used = new AtomicLong();

    /// @param maxBytes bytes of payload that wait in all queues together
    public QueueBudget(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /// @return false where there is no room; nothing is taken then
    boolean take(int bytes) {
        if (used.addAndGet(bytes) <= maxBytes) {
            return true;
        }
        used.addAndGet(-bytes);
        return false;
    }

    void takeAnyway(int bytes) {
        used.addAndGet(bytes);
    }

    void giveBack(long bytes) {
        used.addAndGet(-bytes);
    }

    public long used() {
        return used.get();
    }

    /// Three quarters are used: publishers should slow down.
    public boolean isTight() {
        return used.get() > maxBytes / 4 * 3;
    }
}
