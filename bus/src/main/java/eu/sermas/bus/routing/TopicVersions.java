package eu.sermas.bus.routing;

import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/// Numbers that tell when what was known about a topic is out of date.
///
/// A filter advances one counter: that of its first two levels where both are names
/// (`app/myapp/...`), that of the first level where only the second is a wildcard, else the one for
/// all topics. The version of a topic is the sum of the three counters that filters matching it
/// could advance; as counters only grow, the sum changes whenever one of them does. Different
/// levels may share a counter by their hash, which costs a needless renewal and nothing else.
final class TopicVersions {

    /// A power of two, large enough that most of 10,000 apps have a counter of their own.
    private static final int COUNTERS = 1 << 16;

    private final AtomicLongArray counters = new AtomicLongArray(COUNTERS);
    private final AtomicLong all = new AtomicLong();

    long of(Topic topic) {
        String[] levels = topic.levels();
        String first = levels[0];
        long pair = counters.get(levels.length == 1 ? index(first, "") : index(first, levels[1]));
        return all.get() + counters.get(index(first)) + pair;
    }

    /// To be called after the change, so that who reads the new version reads the change too.
    void advance(TopicFilter filter) {
        List<String> levels = filter.levels();
        String first = levels.getFirst();
        if (isWildcard(first)) {
            all.incrementAndGet();
        } else if (levels.size() == 1) {
            counters.incrementAndGet(index(first, ""));
        } else if (isWildcard(levels.get(1))) {
            counters.incrementAndGet(index(first));
        } else {
            counters.incrementAndGet(index(first, levels.get(1)));
        }
    }

    private static boolean isWildcard(String level) {
        return level.equals("+") || level.equals("#");
    }

    private static int index(String first) {
        return spread(first.hashCode());
    }

    private static int index(String first, String second) {
        return spread(31 * first.hashCode() + second.hashCode() + 1);
    }

    private static int spread(int hash) {
        return (hash * 0x9E3779B9) >>> 16;
    }
}
