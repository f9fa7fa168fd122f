package eu.sermas.bus.budget;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// What one owner uses of [Shares]. For all threads.
public final class Share implements AutoCloseable {

    final String owner;

    /// How many have it open; changed by [Shares] alone, under the lock of its entry there. Whoever
    /// closes it looks at `used` afterwards, and whoever gives back looks here: one of them sees
    /// that it is not needed any more.
    final AtomicInteger opened = new AtomicInteger();

    private final Shares shares;
    private final long guarantee;
    private final AtomicLong used = new AtomicLong();

    Share(Shares shares, String owner, long guarantee) {
        this.shares = shares;
        this.owner = owner;
        this.guarantee = guarantee;
    }

    /// Takes an amount, from the guaranteed part as far as that goes.
    ///
    /// @return false where there is no room; nothing is taken then
    public boolean take(long amount) {
        return take(amount, false);
    }

    /// Takes what is there already and cannot be refused any more.
    public void takeAnyway(long amount) {
        take(amount, true);
    }

    private boolean take(long amount, boolean anyway) {
        long before = used.getAndAdd(amount);
        if (shares.take(amount, beyond(before + amount) - beyond(before), anyway)) {
            return true;
        }
        // Others may have given something back in between: what leaves the common part now is then
        // not what was asked of it. The sum over all steps is right in any order.
        long after = used.addAndGet(-amount);
        long less = beyond(after + amount) - beyond(after);
        long asked = beyond(before + amount) - beyond(before);
        shares.giveBack(0, less - asked);
        return false;
    }

    public void giveBack(long amount) {
        long after = used.addAndGet(-amount);
        if (after < 0) {
            throw new IllegalStateException(
                    "share of " + owner + ": " + after + " after giving back " + amount);
        }
        shares.giveBack(amount, beyond(after + amount) - beyond(after));
        if (after == 0 && opened.get() == 0) {
            shares.lookAgain(this);
        }
    }

    private long beyond(long amount) {
        return Math.max(0, amount - guarantee);
    }

    /// Three quarters of what this owner could have are used: it should slow down.
    public boolean isTight() {
        return used.get() > guarantee / 4 * 3 && shares.commonIsTight();
    }

    /// Whether less than half is used of what no other owner can take.
    public boolean hasOwn() {
        return used.get() < guarantee / 2;
    }

    /// Half of what this owner could have is used.
    public boolean isHalfUsed() {
        return used.get() > guarantee / 2 && shares.commonIsHalfUsed();
    }

    /// Whether more than seven eighths would be used with so much more: the rest is for what cannot
    /// wait.
    public boolean isNearlyFullWith(long amount) {
        long beyond = beyond(used.get() + amount);
        return used.get() + amount > guarantee / 8 * 7
                && shares.commonIsNearlyFullWith(Math.min(beyond, amount));
    }

    /// Whether there would be room for so much if this owner gave something back first.
    public boolean hasRoomFor(long amount, long givenBack) {
        long now = used.get();
        return shares.commonHas(beyond(now - givenBack + amount) - beyond(now));
    }

    public long used() {
        return used.get();
    }

    long guarantee() {
        return guarantee;
    }

    /// Says that one of those who have opened it needs it no more.
    @Override
    public void close() {
        shares.close(this);
    }

    @Override
    public String toString() {
        return "share of " + owner + ": " + used;
    }
}
