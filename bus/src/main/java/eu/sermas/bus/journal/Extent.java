package eu.sermas.bus.journal;

import eu.sermas.bus.packet.QoS;

/// The messages of one session that are on disk only: all of its records from one sequence number
/// up to another one. They cost no memory, but for this.
///
/// It is there for counting, too: what a session may have waiting is counted wherever it waits.
public final class Extent {

    private long from;
    private long to;
    private int messages;
    private long bytes;
    private int atMostOnce;
    private long sentBelow;
    private boolean isShared;

    public boolean isEmpty() {
        return messages == 0;
    }

    public int messages() {
        return messages;
    }

    /// The cost of these messages, each as if nobody else held it; see [Kept#cost].
    public long bytes() {
        return bytes;
    }

    /// How many of them are of QoS 0.
    public int atMostOnce() {
        return atMostOnce;
    }

    /// Whether one of them came by a shared subscription.
    public boolean isShared() {
        return isShared;
    }

    /// Whether some of them are not waiting but on their way: an earlier process sent them.
    public boolean isBegun() {
        return from < sentBelow;
    }

    long from() {
        return from;
    }

    /// The first sequence number behind it.
    long to() {
        return to;
    }

    /// One more, behind all others.
    void append(Kept kept) {
        append(
                kept.sequence(),
                Kept.cost(kept.message()),
                kept.message().qos().min(kept.maximumQos()),
                kept.sharedBy() != null);
    }

    /// @param cost as [Kept#cost] has it
    void append(long sequence, long cost, QoS qos, boolean shared) {
        from = messages == 0 ? sequence : from;
        to = sequence + 1;
        messages++;
        bytes += cost;
        atMostOnce += qos == QoS.AT_MOST_ONCE ? 1 : 0;
        isShared |= shared;
    }

    /// This one was sent by an earlier process.
    void sent(long sequence) {
        sentBelow = Math.max(sentBelow, sequence + 1);
    }

    /// The first ones are in memory again.
    void took(Page page) {
        for (SavedSession.Entry entry : page.entries()) {
            messages--;
            bytes -= Kept.cost(entry.message());
            atMostOnce -= entry.qos() == QoS.AT_MOST_ONCE ? 1 : 0;
        }
        from = page.next();
        if (from >= to) {
            clear(); // what could not be read is not waited for
        }
    }

    void clear() {
        from = to;
        messages = 0;
        bytes = 0;
        atMostOnce = 0;
        isShared = false;
    }
}
