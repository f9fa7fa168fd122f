package eu.sermas.bus.transport;

import eu.sermas.bus.budget.Purse;
import eu.sermas.bus.budget.Share;

/// What waits to be written to the clients of one owner that one loop has, as a part of the share
/// of that owner. It is there for as long as a connection or a payload counts by it.
///
/// Owned by the loop.
final class OutputPurse {

    private static final long STEP = 64 * 1024;

    private final Share share;
    private final Purse purse;
    private final Runnable unused;
    private int users;

    /// @param unused called when nobody counts by it any more
    OutputPurse(Share share, Runnable unused) {
        this.share = share;
        this.purse = new Purse(share, STEP);
        this.unused = unused;
    }

    Share share() {
        return share;
    }

    void retain() {
        users++;
    }

    void release() {
        if (--users == 0) {
            unused.run();
            purse.close();
        }
    }

    /// Counts what is there already: nothing is refused, but whoever has more than a little gets no
    /// more while it [#isTight].
    void take(long bytes) {
        purse.takeAnyway(bytes);
    }

    void giveBack(long bytes) {
        purse.giveBack(bytes);
    }

    boolean isTight() {
        return purse.isTight();
    }
}
