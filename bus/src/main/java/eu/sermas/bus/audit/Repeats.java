package eu.sermas.bus.audit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Lines that say the same again and again, put together: the first is told at once, those that
/// follow as one with their number, after a minute, and after twice as long each time while it goes
/// on. A client that tries once a second without an end makes some thirty lines a day.
///
/// What one source makes told anew in a minute is bounded, and what all make together; the rest is
/// only counted.
///
/// Not safe for several threads by itself.
final class Repeats {

    static final long FIRST_MILLIS = 60_000;
    static final long LONGEST_MILLIS = 3_600_000;
    static final int KINDS_OF_SOURCE = 20;
    static final int LINES_A_MINUTE = 60;
    static final int KINDS = 4_000;

    private record Key(String source, String kind) {}

    private static final class Told {
        private final String line;
        private long at;
        private long interval = FIRST_MILLIS;
        private long more;

        Told(String line, long at) {
            this.line = line;
            this.at = at;
        }
    }

    private final Map<Key, Told> told = new HashMap<>();
    private final Map<String, Integer> kindsOf = new HashMap<>();
    private long minuteFrom;
    private int linesOfMinute;
    private long omitted;

    /// @param source whose lines are bounded together
    /// @param kind which of its lines say the same
    /// @param line for the first of them
    /// @return what is to be told now, or null
    @Nullable String add(String source, String kind, String line, long count, long now) {
        Key key = new Key(source, kind);
        Told known = told.get(key);
        if (known != null) {
            known.more += count;
            return null;
        }
        if (linesOfMinute >= LINES_A_MINUTE
                || told.size() >= KINDS
                || kindsOf.getOrDefault(source, 0) >= KINDS_OF_SOURCE) {
            omitted += count;
            return null;
        }
        linesOfMinute++;
        kindsOf.merge(source, 1, Integer::sum);
        told.put(key, new Told(line, now));
        return count > 1 ? line + " (" + count + " times)" : line;
    }

    /// @return what is to be told because its time has come
    List<String> sweep(long now) {
        List<String> lines = new ArrayList<>();
        Iterator<Map.Entry<Key, Told>> all = told.entrySet().iterator();
        while (all.hasNext()) {
            Map.Entry<Key, Told> next = all.next();
            Told known = next.getValue();
            if (now - known.at < known.interval) {
                continue;
            }
            if (known.more == 0) {
                all.remove();
                kindsOf.computeIfPresent(
                        next.getKey().source(), (_, kinds) -> kinds == 1 ? null : kinds - 1);
            } else {
                lines.add(again(known, now));
                known.interval = Math.min(2 * known.interval, LONGEST_MILLIS);
            }
        }
        if (now - minuteFrom >= FIRST_MILLIS) {
            minuteFrom = now;
            linesOfMinute = 0;
            tellOmitted(lines);
        }
        return lines;
    }

    /// @return everything that is counted and not told
    List<String> end(long now) {
        List<String> lines = new ArrayList<>();
        told.values().stream()
                .filter(known -> known.more > 0)
                .forEach(known -> lines.add(again(known, now)));
        tellOmitted(lines);
        return lines;
    }

    private static String again(Told known, long now) {
        String line =
                "%s (%d more times in %d s)"
                        .formatted(
                                known.line,
                                known.more,
                                Duration.ofMillis(now - known.at).toSeconds());
        known.more = 0;
        known.at = now;
        return line;
    }

    private void tellOmitted(List<String> lines) {
        if (omitted > 0) {
            lines.add(omitted + " more of other kinds");
            omitted = 0;
        }
    }

    boolean isEmpty() {
        return told.isEmpty() && omitted == 0;
    }
}
