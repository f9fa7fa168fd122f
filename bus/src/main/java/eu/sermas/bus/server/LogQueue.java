package eu.sermas.bus.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// Lines of the log on their way to the thread that writes them. An event loop must not hang on a
/// pipe that nobody reads: where so many bytes are waiting that there is no room, lines are lost
/// and counted, and the log says how many as soon as it can. The last quarter is kept for warnings
/// and errors.
final class LogQueue extends UnsynchronizedAppenderBase<ILoggingEvent> {

    static final long MOST_BYTES = 4 * 1024 * 1024;

    /// Of one line; the rest of it is cut off.
    static final int LONGEST = 8 * 1024;

    private static final int MOST_LINES = 16_384;
    private static final int COST_OF_LINE = 300;
    private static final int COST_OF_FRAME = 200;
    private static final long MINUTE_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final long FAREWELL_MILLIS = 2_000;

    /// Only wakes the thread.
    private static final ILoggingEvent END = new LoggingEvent();

    private final LinkedBlockingQueue<ILoggingEvent> waiting =
            new LinkedBlockingQueue<>(MOST_LINES);
    private final AtomicLong bytes = new AtomicLong();
    private final LongAdder lost = new LongAdder();
    private final LogLimit limit = new LogLimit();
    private final Appender<ILoggingEvent> target;
    private final Thread thread;
    private volatile boolean ending;

    // The thread's own.
    private long minuteFrom = System.nanoTime();

    LogQueue(Appender<ILoggingEvent> target) {
        this.target = target;
        this.thread = Thread.ofPlatform().daemon().name("log").unstarted(this::run);
    }

    @Override
    public void start() {
        super.start();
        thread.start();
    }

    @Override
    protected void append(ILoggingEvent event) {
        if (!limit.admits(event)) {
            return;
        }
        ILoggingEvent line = bounded(event);
        line.prepareForDeferredProcessing();
        long cost = cost(line);
        long room = event.getLevel().isGreaterOrEqual(Level.WARN) ? MOST_BYTES : MOST_BYTES / 4 * 3;
        if (bytes.addAndGet(cost) > room || !waiting.offer(line)) {
            bytes.addAndGet(-cost);
            lost.increment();
        }
    }

    private static ILoggingEvent bounded(ILoggingEvent event) {
        String message = event.getFormattedMessage();
        return message == null || message.length() <= LONGEST
                ? event
                : line(
                        event.getLoggerName(),
                        event.getLevel(),
                        message.substring(0, LONGEST) + "...",
                        event);
    }

    private static LoggingEvent line(
            String logger, Level level, String message, @Nullable ILoggingEvent like) {
        LoggingEvent line = new LoggingEvent();
        line.setLoggerName(logger);
        line.setLevel(level);
        line.setMessage(message);
        line.setMDCPropertyMap(Map.of());
        line.setThreadName(Thread.currentThread().getName());
        line.setTimeStamp(like == null ? System.currentTimeMillis() : like.getTimeStamp());
        return line;
    }

    /// About what it takes in memory.
    private static long cost(ILoggingEvent line) {
        String message = line.getFormattedMessage();
        long cost = COST_OF_LINE + 2L * (message == null ? 0 : message.length());
        for (IThrowableProxy thrown = line.getThrowableProxy();
                thrown != null;
                thrown = thrown.getCause()) {
            String text = thrown.getMessage();
            cost += COST_OF_FRAME * (long) thrown.getStackTraceElementProxyArray().length;
            cost += 2L * (text == null ? 0 : text.length());
        }
        return cost;
    }

    @SuppressWarnings("ReferenceEquality") // the end is that one object
    private void run() {
        try {
            while (!ending || !waiting.isEmpty()) {
                ILoggingEvent line = waiting.poll(1, TimeUnit.SECONDS);
                if (line != null && line != END) {
                    target.doAppend(line);
                    bytes.addAndGet(-cost(line));
                }
                sayWhatIsMissing();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void sayWhatIsMissing() {
        long count = lost.sumThenReset();
        if (count > 0) {
            say(
                    "%d lines of the log are lost, for they were not taken in time (expected: at most %d"
                                    .formatted(count, MOST_BYTES)
                            + " bytes waiting)");
        }
        long now = System.nanoTime();
        if (now - minuteFrom >= MINUTE_NANOS || ending) {
            minuteFrom = now;
            limit.endOfMinute().forEach(this::say);
        }
    }

    private void say(String text) {
        target.doAppend(line(Logging.class.getName(), Level.WARN, text, null));
    }

    /// Writes what is waiting, unless nobody takes it.
    @Override
    public void stop() {
        if (!isStarted()) {
            return;
        }
        super.stop();
        ending = true;
        waiting.offer(END);
        try {
            if (thread.join(Duration.ofMillis(FAREWELL_MILLIS))) {
                target.stop();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
