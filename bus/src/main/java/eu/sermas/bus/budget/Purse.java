package eu.sermas.bus.budget;

/// A [Share] as one thread uses it: it takes steps of some kilobytes from the share and counts what
/// is smaller by itself, so that two threads do not fight for one counter with each message.
///
/// Owned by one thread. What it has not spent, at most two steps, counts as used in the share.
public final class Purse {

    private final Share share;
    private final long step;
    private long taken;
    private long spent;

    public Purse(Share share, long step) {
        this.share = share;
        this.step = step;
    }

    /// @return false where the share has no room; nothing is taken then
    public boolean take(long amount) {
        long missing = spent + amount - taken;
        if (missing > 0 && !fill(missing)) {
            return false;
        }
        spent += amount;
        return true;
    }

    private boolean fill(long missing) {
        if (share.take(missing + step)) {
            taken += missing + step;
            return true;
        }
        if (share.take(missing)) {
            taken += missing;
            return true;
        }
        return false;
    }

    /// Takes what is there already and cannot be refused any more.
    public void takeAnyway(long amount) {
        if (!take(amount)) {
            long missing = spent + amount - taken;
            share.takeAnyway(missing);
            taken += missing;
            spent += amount;
        }
    }

    public void giveBack(long amount) {
        spent -= amount;
        if (spent < 0) {
            throw new IllegalStateException("purse of " + share + ": " + spent);
        }
        if (taken - spent > 2 * step) {
            share.giveBack(taken - spent - step);
            taken = spent + step;
        }
    }

    /// Gives back what is not spent, for example because its owner is quiet now.
    public void close() {
        share.giveBack(taken - spent);
        taken = spent;
    }

    public boolean isTight() {
        return share.isTight();
    }

    /// See [Share#hasRoomFor].
    public boolean hasRoomFor(long amount, long givenBack) {
        return share.hasRoomFor(amount, givenBack + taken - spent);
    }

    /// See [Share#isNearlyFullWith].
    public boolean isNearlyFullWith(long amount) {
        return share.isNearlyFullWith(amount);
    }

    /// What is held through this purse.
    public long spent() {
        return spent;
    }

    /// What the share counts for this purse.
    long taken() {
        return taken;
    }
}
