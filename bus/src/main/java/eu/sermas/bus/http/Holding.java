package eu.sermas.bus.http;

import eu.sermas.bus.budget.Share;
import eu.sermas.bus.http.Turns.Turn;
import java.util.concurrent.Semaphore;
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
    private static final long GRACE_OF_LARGE = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long GRACE_OF_SMALL = TimeUnit.SECONDS.toNanos(3);
    private static final long ROUGHLY = 32 * 1_024;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private final HttpBudget budget;
    private final @Nullable Turn turn;
    private final Share bytes;
    private final Share places;
    private final AtomicLong held = new AtomicLong();
    private final AtomicLong working = new AtomicLong();

    private volatile @Nullable Runnable givesWay;
    private volatile long number;
    private volatile long since;

    /// @param turn of a stranger
    Holding(HttpBudget budget, Share bytes, Share places, @Nullable Turn turn) {
        this.budget = budget;
        this.turn = turn;
        this.bytes = bytes;
        this.places = places;
    }

    /// Takes bytes before they are allocated.
    ///
    /// @return false where there is no room, or it is closed; nothing is taken then
    public boolean take(long amount) {
        return tryTake(amount)
                || (turn != null && held.get() != CLOSED && budget.makeRoom(this, amount));
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
    /// told apart, so that they wait for it for a while, each behind those who came before; the
    /// thread has to be one that may.
    ///
    /// @return false where there is no room
    public boolean work(long amount) {
        return turn == null ? tryWork(amount) : workInTurn(turn.first(), amount);
    }

    private boolean workInTurn(Semaphore first, long amount) {
        long until = System.nanoTime() + PATIENCE_NANOS;
        try {
            if (!first.tryAcquire(PATIENCE_NANOS, TimeUnit.NANOSECONDS)) {
                return false;
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
        try {
            while (!tryWork(amount)) {
                if (held.get() == CLOSED || System.nanoTime() - until > 0) {
                    return false;
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
            return true;
        } finally {
            first.release();
        }
    }

    /// Goes on to work after a rest. A stranger has waited in its turn and needs no other; there
    /// are no more of them than have room for what they hold.
    public boolean goOn() {
        return turn == null ? tryWork(0) : held.get() != CLOSED;
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
        if (turn != null) {
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
        return System.nanoTime() - since > (size() == 0 ? GRACE_OF_SMALL : GRACE_OF_LARGE);
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
        return budget.most(turn != null);
    }

    /// Whether its owner has more than everybody is guaranteed, and so is to blame for having no
    /// room.
    public boolean isGreedy() {
        return turn == null && bytes.isTight();
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
            if (turn != null) {
                budget.leave(turn);
            }
        }
    }
}
