package eu.sermas.bus.load;

/// The counts of one loop, or of several at one moment.
final class Tally {

    private final long[] counts = new long[Figure.values().length];

    /// When it was read, on the clock of [System#nanoTime].
    private long readAt;

    void count(Figure figure) {
        counts[figure.ordinal()]++;
    }

    void count(Figure figure, long amount) {
        counts[figure.ordinal()] += amount;
    }

    long get(Figure figure) {
        return counts[figure.ordinal()];
    }

    long readAt() {
        return readAt;
    }

    double secondsSince(Tally earlier) {
        return (readAt - earlier.readAt) / 1e9;
    }

    long since(Tally earlier, Figure figure) {
        return get(figure) - earlier.get(figure);
    }

    void add(Tally other, long nanoTime) {
        for (int i = 0; i < counts.length; i++) {
            counts[i] += other.counts[i];
        }
        readAt = nanoTime;
    }
}
