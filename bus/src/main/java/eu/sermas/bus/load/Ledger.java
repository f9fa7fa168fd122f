package eu.sermas.bus.load;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Which messages of each publisher have come, exactly: what is missing, what came twice, and what
/// came after a later one. It knows the next number of each publisher and, where one was skipped,
/// the ranges that are missing, so a faultless run costs one comparison a message.
final class Ledger {

    private final int firstPublisher;
    private final long[] next;

    /// For each publisher the missing ranges, from the first number to the one behind the last.
    private final @Nullable TreeMap<Long, Long>[] gaps;

    private long duplicates;
    private long late;

    /// For messages of the publishers from this one on.
    @SuppressWarnings({"unchecked", "rawtypes"}) // there are no generic arrays
    Ledger(int firstPublisher, int publishers) {
        this.firstPublisher = firstPublisher;
        this.next = new long[publishers];
        this.gaps = new TreeMap[publishers];
    }

    /// Whether messages of this publisher may come at all.
    boolean expects(int publisher) {
        return publisher >= firstPublisher && publisher - firstPublisher < next.length;
    }

    /// @param publisher one that is expected
    /// @return whether the message is new
    boolean record(int publisher, long sequence) {
        int index = publisher - firstPublisher;
        if (sequence == next[index]) {
            next[index]++;
            return true;
        }
        return recordOutOfTurn(index, sequence);
    }

    private boolean recordOutOfTurn(int index, long sequence) {
        TreeMap<Long, Long> missing = gaps[index];
        if (missing == null) {
            missing = new TreeMap<>();
            gaps[index] = missing;
        }
        if (sequence > next[index]) {
            missing.put(next[index], sequence);
            next[index] = sequence + 1;
            return true;
        }
        Map.Entry<Long, Long> gap = missing.floorEntry(sequence);
        if (gap == null || gap.getValue() <= sequence) {
            duplicates++;
            return false;
        }
        late++;
        fill(missing, gap.getKey(), gap.getValue(), sequence);
        return true;
    }

    private static void fill(Map<Long, Long> missing, long from, long to, long sequence) {
        missing.remove(from);
        if (from < sequence) {
            missing.put(from, sequence);
        }
        if (sequence + 1 < to) {
            missing.put(sequence + 1, to);
        }
    }

    /// @param sent how many messages the publisher has sent
    long missing(int publisher, long sent) {
        int index = publisher - firstPublisher;
        long count = Math.max(0, sent - next[index]);
        TreeMap<Long, Long> ranges = gaps[index];
        if (ranges != null) {
            for (Map.Entry<Long, Long> gap : ranges.entrySet()) {
                count += gap.getValue() - gap.getKey();
            }
        }
        return count;
    }

    long duplicates() {
        return duplicates;
    }

    /// How many came behind a later message of their publisher.
    long late() {
        return late;
    }
}
