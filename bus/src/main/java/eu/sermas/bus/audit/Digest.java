package eu.sermas.bus.audit;

import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The part of the log that clients are the cause of: takes lines from every thread without making
/// one of them wait, and writes what [Repeats] leaves of them.
public final class Digest implements AutoCloseable {

    private static final int QUEUE = 1_024;
    private static final long SWEEP_MILLIS = 5_000;

    private record Line(String source, String kind, String text, long count) {}

    private final LinkedBlockingQueue<Line> arriving = new LinkedBlockingQueue<>(QUEUE);
    private final LongAdder lost = new LongAdder();
    private final Consumer<String> log;
    private final InstantSource clock;
    private final Thread thread;

    // The thread's own, and after its end that of whoever closes.
    private final Repeats repeats = new Repeats();
    private long sweptAt;

    private Digest(Consumer<String> log, InstantSource clock) {
        this.log = log;
        this.clock = clock;
        thread = Thread.ofVirtual().name("digest").unstarted(this::run);
    }

    /// @param log writes one line
    public static Digest start(Consumer<String> log, InstantSource clock) {
        Digest digest = new Digest(log, clock);
        digest.thread.start();
        return digest;
    }

    /// Takes a line, or counts it where too many are waiting.
    ///
    /// @param source whose lines are bounded together, such as an app or an address
    /// @param kind which lines of a source say the same
    /// @param line short, and fit to be printed
    public void add(String source, String kind, String line, long count) {
        if (!arriving.offer(new Line(source, kind, line, count))) {
            lost.add(count);
        }
    }

    private void run() {
        try {
            while (true) {
                take(
                        repeats.isEmpty() && lost.sum() == 0
                                ? arriving.take()
                                : arriving.poll(SWEEP_MILLIS, TimeUnit.MILLISECONDS));
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void take(@Nullable Line line) {
        long now = clock.millis();
        if (line != null) {
            add(line, now);
        }
        if (now - sweptAt >= SWEEP_MILLIS) {
            sweptAt = now;
            write(repeats.sweep(now));
            tellLost();
        }
    }

    private void add(Line line, long now) {
        String told = repeats.add(line.source, line.kind, line.text, line.count, now);
        if (told != null) {
            log.accept(told);
        }
    }

    private void write(List<String> lines) {
        lines.forEach(log);
    }

    private void tellLost() {
        long count = lost.sumThenReset();
        if (count > 0) {
            log.accept(count + " more, which came too fast to be looked at");
        }
    }

    /// Writes what was counted and not told.
    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return;
        }
        long now = clock.millis();
        for (Line line = arriving.poll(); line != null; line = arriving.poll()) {
            add(line, now);
        }
        write(repeats.end(now));
        tellLost();
    }
}
