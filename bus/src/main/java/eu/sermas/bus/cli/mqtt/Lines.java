package eu.sermas.bus.cli.mqtt;

import eu.sermas.bus.cli.common.CommandFailed;
import eu.sermas.bus.cli.common.Failures;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The lines of a stream that may be silent for long, for whoever has something else to do
/// meanwhile. Few of them are read ahead.
final class Lines implements AutoCloseable {

    private static final int AHEAD = 64;

    private final BlockingQueue<String> read = new ArrayBlockingQueue<>(AHEAD);
    private final Thread reader;
    private volatile boolean ended;
    private volatile @Nullable IOException failure;

    private Lines(InputStream in) {
        reader = Thread.ofVirtual().unstarted(() -> readAll(in));
    }

    static Lines of(InputStream in) {
        Lines lines = new Lines(in);
        lines.reader.start();
        return lines;
    }

    private void readAll(InputStream in) {
        BufferedReader text = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        try {
            for (String line = text.readLine(); line != null; line = text.readLine()) {
                read.put(line);
            }
        } catch (IOException e) {
            failure = e;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        ended = true;
    }

    /// @return null where none came in that time
    @Nullable String next(Duration wait) throws CommandFailed {
        try {
            // The end counts at once, not when the time is up.
            return isAtEnd() ? null : read.poll(wait.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new CommandFailed("interrupted");
        }
    }

    /// @throws CommandFailed where it did not end but could not be read on
    boolean isAtEnd() throws CommandFailed {
        // In this order: what is put before the end is there once the end is seen.
        if (!ended || !read.isEmpty()) {
            return false;
        }
        IOException problem = failure;
        if (problem != null) {
            throw new CommandFailed("standard input: " + Failures.line(problem));
        }
        return true;
    }

    @Override
    public void close() {
        reader.interrupt();
    }
}
