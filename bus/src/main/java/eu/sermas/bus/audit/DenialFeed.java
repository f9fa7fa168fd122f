package eu.sermas.bus.audit;

import eu.sermas.bus.access.Denial;
import eu.sermas.bus.budget.Shares;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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
    private static final long PATIENCE_SECONDS = 30;

    private final InstantSource clock;

    /// What the thread has to do, in its order.
    private final LinkedBlockingQueue<Runnable> arriving = new LinkedBlockingQueue<>(QUEUE);

    private final LongAdder lost = new LongAdder();
    private final List<Consumer<Denied>> listeners = new CopyOnWriteArrayList<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final DenialLog log; // under the lock
    private final Thread thread;
    private long sweptAt;

    private DenialFeed(InstantSource clock, Shares shares) {
        this.clock = clock;
        log = new DenialLog(shares);
        thread = Thread.ofVirtual().name("denials").unstarted(this::run);
    }

    /// @param shares of the bytes that the latest refusals take
    public static DenialFeed start(InstantSource clock, Shares shares) {
        DenialFeed feed = new DenialFeed(clock, shares);
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
        if (!arriving.offer(() -> take(denial))) {
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

    /// What was refused in an app until now is not told any more, nor what is still on its way
    /// here. Returns when that is so; not for event loops.
    public void forget(String appId) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        try {
            arriving.put(
                    () -> {
                        locked(
                                () -> {
                                    log.forget(appId);
                                    return appId;
                                });
                        done.complete(null);
                    });
            done.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("refusals of app " + appId + ": still there", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /// How many refusals of all apps came too fast to be looked at.
    public long lost() {
        return lost.sum();
    }

    private void run() {
        boolean idle = true;
        try {
            while (true) {
                Runnable next =
                        idle ? arriving.take() : arriving.poll(SWEEP_MILLIS, TimeUnit.MILLISECONDS);
                if (next != null) {
                    next.run();
                }
                idle = sweep();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void take(Denial denial) {
        long now = clock.millis();
        Denied told = locked(() -> log.add(denial, now));
        if (told != null) {
            tell(told);
        }
    }

    /// @return whether nothing more will happen by itself
    private boolean sweep() {
        long now = clock.millis();
        if (Math.abs(now - sweptAt) >= SWEEP_MILLIS) {
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
