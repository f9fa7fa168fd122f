package eu.sermas.bus.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Lines on their way to somebody who reads them, or does not.
class LogQueueTest {

    private final LoggerContext context = new LoggerContext();
    private final Reader reader = new Reader();
    private final LogQueue queue = new LogQueue(reader);

    LogQueueTest() {
        context.setMDCAdapter(new LogbackMDCAdapter());
        reader.setContext(context);
        reader.start();
        queue.setContext(context);
        queue.start();
    }

    /// Takes as many lines as it is let.
    private static final class Reader extends AppenderBase<ILoggingEvent> {
        private final List<String> lines = new CopyOnWriteArrayList<>();
        private final Semaphore allowed = new Semaphore(0);

        @Override
        protected void append(ILoggingEvent line) {
            allowed.acquireUninterruptibly();
            lines.add(line.getFormattedMessage());
        }
    }

    @AfterEach
    void end() {
        reader.allowed.release(1_000_000);
        queue.stop();
    }

    private void log(Level level, String template, String message, @Nullable Throwable thrown) {
        LoggingEvent event =
                new LoggingEvent(
                        "",
                        context.getLogger("test"),
                        level,
                        template,
                        thrown,
                        new Object[] {message});
        queue.doAppend(event);
    }

    @Test
    void holdsSoManyBytesAndSaysWhatItLost() {
        String large = "x".repeat(LogQueue.LONGEST - 10);
        for (int i = 0; i < 1_000; i++) {
            log(Level.INFO, "info " + i + " {}", large, null);
        }
        log(Level.ERROR, "{}", "an error", null);
        reader.allowed.release(1_000_000);
        await().until(() -> reader.lines.contains("an error"));
        queue.stop();
        assertThat(reader.lines)
                .hasSizeLessThan((int) (LogQueue.MOST_BYTES / 2 / LogQueue.LONGEST) + 10)
                .anyMatch(line -> line.matches("\\d+ lines of the log are lost.*"));
    }

    @Test
    void cutsALongLine() {
        log(Level.INFO, "{}", "x".repeat(1_000_000), null);
        reader.allowed.release(1);
        await().until(() -> reader.lines.size() == 1);
        assertThat(reader.lines.getFirst()).hasSize(LogQueue.LONGEST + 3);
    }

    @Test
    void onePlaceIsHeardSoOftenInAMinuteAndNoMore() {
        reader.allowed.release(1_000_000);
        for (int i = 0; i < 1_000; i++) {
            log(Level.INFO, "loud {}", "line " + i, null);
            log(Level.ERROR, "failed {}", "line " + i, new IllegalStateException("again"));
        }
        log(Level.INFO, "quiet {}", "line", null);
        queue.stop();
        assertThat(reader.lines)
                .hasSize(LogLimit.LINES + LogLimit.TRACES + 1 + 2)
                .contains(
                        "quiet line",
                        "800 more lines within a minute (expected: at most 200) of: test: loud {}",
                        "990 more lines within a minute (expected: at most 10) of: test: failed"
                                + " {}");
    }

    @Test
    void endsThoughNobodyReads() {
        log(Level.INFO, "{}", "unread", null);
        queue.stop();
        assertThat(reader.lines).isEmpty();
    }
}
