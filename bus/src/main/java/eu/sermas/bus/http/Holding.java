package eu.sermas.bus.http;

import eu.sermas.bus.budget.Share;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// What one request holds of its owner's share in the [HttpBudget], until it is closed.
///
/// Any thread may take, give back and close; what one request does, it does one after the other.
public final class Holding implements AutoCloseable {

    private static final long CLOSED = -1;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long ROUGHLY = 32 * 1_024;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final HttpBudget budget;
    private final boolean stranger;
    private final Share bytes;
    private final Share places;
    private final AtomicLong held = new AtomicLong();
    private final AtomicLong working = new AtomicLong();

    private volatile @Nullable Runnable givesWay;
    private volatile long number;
    private volatile long since;

    Holding(HttpBudget budget, boolean stranger, Share bytes, Share places) {
        this.budget = budget;
        this.stranger = stranger;
        this.bytes = bytes;
        this.places = places;
    }

    /// Takes bytes before they are allocated.
    ///
    /// @return false where there is no room, or it is closed; nothing is taken then
    public boolean take(long amount) {
        return tryTake(amount)
                || (stranger && held.get() != CLOSED && budget.makeRoom(this, amount));
    }

    boolean tryTake(long amount) {
        if (!bytes.take(amount)) {
            return false;
        }
        long before = held.getAndUpdate(now -> now == CLOSED ? CLOSED : now + amount);
        if (before == CLOSED) {
            bytes.giveBack(amount);
            return false;
        }
        return true;
    }

    public void giveBack(long amount) {
        if (held.getAndUpdate(now -> now == CLOSED ? CLOSED : now - amount) != CLOSED) {
            bytes.giveBack(amount);
        }
    }

    /// Takes a place to work, and bytes with it. What strangers ask for is short and they cannot be
    /// told apart, so that they wait for it for a while, on a thread of their own.
    public boolean work(long amount) {
        long until = System.nanoTime() + PATIENCE_NANOS;
        while (!tryWork(amount)) {
            if (!stranger || held.get() == CLOSED || System.nanoTime() - until > 0) {
                return false;
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        return true;
    }

    private boolean tryWork(long amount) {
        if (!places.take(1)) {
            return false;
        }
        if (!take(amount)) {
            places.giveBack(1);
            return false;
        }
        working.incrementAndGet();
        return true;
    }

    /// Gives back what it does not need any more.
    ///
    /// @param amount bytes that it goes on to hold, if it has so many
    public void reduceTo(long amount) {
        giveBack(Math.max(0, held.get() - amount));
    }

    /// Gives the place back, while there is nothing to do but to wait, or for good.
    public void rest() {
        if (working.getAndSet(0) > 0) {
            places.giveBack(1);
        }
    }

    /// From now on its bytes are awaited, and it gives way to others of its owner.
    ///
    /// @param action is run once it has given way, by any thread
    public void awaits(Runnable action) {
        if (stranger) {
            givesWay = action;
            since = System.nanoTime();
            number = budget.waits(this);
        }
    }

    /// They are all there.
    public void awaitsNoMore() {
        if (number != 0) {
            budget.waitsNoMore(number);
            givesWay = null;
            number = 0;
        }
    }

    void giveWay() {
        Runnable action = givesWay;
        close();
        if (action != null) {
            action.run();
        }
    }

    /// Whether it has waited so long that it is its client who takes the time, and not the bus.
    boolean isStuck() {
        return System.nanoTime() - since > GRACE_NANOS;
    }

    /// What it holds, so roughly that those who hold little are alike.
    long size() {
        return held.get() / ROUGHLY;
    }

    boolean hasOwnerOf(Holding other) {
        return bytes == other.bytes;
    }

    /// What it could hold at most.
    public long most() {
        return budget.most(stranger);
    }

    /// Whether its owner has more than everybody is guaranteed, and so is to blame for having no
    /// room.
    public boolean isGreedy() {
        return !stranger && bytes.isTight();
    }

    @Override
    public void close() {
        awaitsNoMore();
        rest();
        long before = held.getAndSet(CLOSED);
        if (before != CLOSED) {
            bytes.giveBack(before);
            bytes.close();
            places.close();
        }
    }
}
