package eu.sermas.bus.transport;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The time that a packet has, once it has begun: a fixed time, and what the bytes that have come
/// by then take at the lowest rate. So a large one may come slowly, and yet none stands still.
///
/// There is at most one timer for each connection. It is set where a packet is not all there, and
/// looks again which one that is when it goes off: a busy connection does not set one for each
/// read. The time in which this side does not read does not count.
///
/// Owned by the loop of the connection.
final class PacketClock {

    private final InputLimits limits;
    private final Inbound inbound;
    private final Runnable late;
    private @Nullable Future<?> timer;
    private boolean paused;
    private long pausedAt;
    private long pausedFor;
    private long pausesOf;

    /// @param late is called where a packet is not complete in time
    PacketClock(InputLimits limits, Inbound inbound, Runnable late) {
        this.limits = limits;
        this.inbound = inbound;
        this.late = late;
    }

    /// Runs where a packet is not all there.
    void look(EventExecutor loop) {
        if (timer == null && inbound.isUnfinished()) {
            set(loop, limits.packetTimeout().toNanos());
        }
    }

    /// Whether this side reads.
    void reading(boolean on) {
        if (on == paused) {
            long now = System.nanoTime();
            if (on) {
                pausedFor += now - pausedAt;
            } else {
                pausedFor = pausesOf == inbound.begunAt() ? pausedFor : 0;
                pausesOf = inbound.begunAt();
                pausedAt = now;
            }
            paused = !on;
        }
    }

    private void set(EventExecutor loop, long nanos) {
        timer = loop.schedule(() -> look(loop, System.nanoTime()), nanos, TimeUnit.NANOSECONDS);
    }

    private void look(EventExecutor loop, long now) {
        timer = null;
        if (!inbound.isUnfinished()) {
            return;
        }
        if (paused) {
            set(loop, limits.packetTimeout().toNanos());
            return;
        }
        long pauses = pausesOf == inbound.begunAt() ? pausedFor : 0;
        long granted =
                limits.packetTimeout().toNanos()
                        + TimeUnit.SECONDS.toNanos(inbound.arrived()) / limits.packetRate()
                        + pauses;
        long left = granted - (now - inbound.begunAt());
        if (left > 0) {
            set(loop, left);
        } else {
            late.run();
        }
    }

    void stop() {
        Future<?> scheduled = timer;
        if (scheduled != null) {
            scheduled.cancel(false);
        }
    }
}
