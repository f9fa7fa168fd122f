package eu.sermas.bus.audit;

import eu.sermas.bus.access.Denial;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes refusals from every thread without making one of them wait, puts them together for each
/// app, and tells its listeners.
public final class DenialFeed implements Consumer<Denial>, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DenialFeed.class);
    private static final int QUEUE = 4_096;
    private static final long SWEEP_MILLIS = 1_000;

    private final InstantSource clock;
    private final LinkedBlockingQueue<Denial> arriving = new LinkedBlockingQueue<>(QUEUE);
    private final LongAdder lost = new LongAdder();
    private final List<Consumer<Denied>> listeners = new CopyOnWriteArrayList<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final DenialLog log = new DenialLog(); // under the lock
    private final Thread thread;
    private long sweptAt;

    private DenialFeed(InstantSource clock) {
        this.clock = clock;
        thread = Thread.ofVirtual().name("denials").unstarted(this::run);
    }

    public static DenialFeed start(InstantSource clock) {
        DenialFeed feed = new DenialFeed(clock);
        feed.thread.start();
        return feed;
    }

    /// @param listener is called by the one thread of the feed, and should not take long
    public void listen(Consumer<Denied> listener) {
        listeners.add(listener);
    }

    /// Takes a refusal, or counts it where too many are waiting.
    @Override
    public void accept(Denial denial) {
        if (!arriving.offer(denial)) {
            lost.add(denial.count());
        }
    }

    /// The latest refusals of an app, oldest first.
    public List<Denied> recent(String appId) {
        return locked(() -> log.recent(appId));
    }

    /// How many refusals of an app were counted without being told.
    public long omitted(String appId) {
        return locked(() -> log.omitted(appId));
    }

    /// What was refused in an app until now is not told any more.
    public void forget(String appId) {
        locked(() -> log.forget(appId));
    }

    /// How many refusals of all apps came too fast to be looked at.
    public long lost() {
        return lost.sum();
    }

    private void run() {
        boolean idle = true;
        try {
            while (true) {
                Denial denial =
                        idle ? arriving.take() : arriving.poll(SWEEP_MILLIS, TimeUnit.MILLISECONDS);
                idle = take(denial);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// @return whether nothing more will happen by itself
    private boolean take(@Nullable Denial denial) {
        long now = clock.millis();
        if (denial != null) {
            Denied told = locked(() -> log.add(denial, now));
            if (told != null) {
                tell(told);
            }
        }
        if (now - sweptAt >= SWEEP_MILLIS) {
            sweptAt = now;
            locked(() -> log.sweep(now)).forEach(this::tell);
        }
        return locked(() -> !log.isOpen());
    }

    private void tell(Denied denied) {
        for (Consumer<Denied> listener : listeners) {
            try {
                listener.accept(denied);
            } catch (RuntimeException e) {
                LOG.error("refusal not passed on", e);
            }
        }
    }

    private <T extends @Nullable Object> T locked(Supplier<T> question) {
        lock.lock();
        try {
            return question.get();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
