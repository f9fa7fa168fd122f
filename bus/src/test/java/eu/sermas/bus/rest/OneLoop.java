package eu.sermas.bus.rest;

import eu.sermas.bus.broker.EventLoop;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A loop for a broker without a network.
public final class OneLoop implements EventLoop, AutoCloseable {

    private volatile @Nullable Thread thread;
    private final ScheduledExecutorService executor =
            Executors.newSingleThreadScheduledExecutor(
                    task -> {
                        Thread made = Thread.ofPlatform().daemon().unstarted(task);
                        thread = made;
                        return made;
                    });

    @Override
    public void execute(Runnable task) {
        executor.execute(task);
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // nobody waits for it
    public void schedule(Runnable task, long delayMillis) {
        executor.schedule(task, delayMillis, TimeUnit.MILLISECONDS);
    }

    @Override
    public boolean inEventLoop() {
        return Thread.currentThread().equals(thread);
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
