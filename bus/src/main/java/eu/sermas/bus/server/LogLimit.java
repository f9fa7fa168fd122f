package eu.sermas.bus.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// How often one place in the code is heard in a minute. Whoever makes it speak, a client or a
/// disk, cannot fill the log with it: what is beyond is counted, and said once the minute is over.
/// Lines for somebody who looks for a mistake, DEBUG and below, are not counted.
final class LogLimit {

    static final int LINES = 200;

    /// Of those with a stack trace, which is long.
    static final int TRACES = 10;

    /// There are fewer places than that.
    private static final int PLACES = 1_000;

    private record Place(String logger, String template, boolean trace) {

        int limit() {
            return trace ? TRACES : LINES;
        }

        @Override
        public String toString() {
            return logger.substring(logger.lastIndexOf('.') + 1) + ": " + template;
        }
    }

    private static final Place OTHERS = new Place("", "others", false);

    private final Map<Place, AtomicInteger> heard = new ConcurrentHashMap<>();

    boolean admits(ILoggingEvent event) {
        if (!event.getLevel().isGreaterOrEqual(Level.INFO)) {
            return true;
        }
        Place place =
                new Place(
                        event.getLoggerName(),
                        String.valueOf(event.getMessage()),
                        event.getThrowableProxy() != null);
        if (heard.size() >= PLACES && !heard.containsKey(place)) {
            place = OTHERS;
        }
        int count = heard.computeIfAbsent(place, _ -> new AtomicInteger()).incrementAndGet();
        return count <= place.limit();
    }

    /// Begins a new minute.
    ///
    /// @return what to say of the last one
    List<String> endOfMinute() {
        List<String> lines = new ArrayList<>();
        for (Place place : List.copyOf(heard.keySet())) {
            AtomicInteger count = heard.remove(place);
            if (count != null && count.get() > place.limit()) {
                lines.add(
                        "%d more lines within a minute (expected: at most %d) of: %s"
                                .formatted(count.get() - place.limit(), place.limit(), place));
            }
        }
        return lines;
    }
}
