package eu.sermas.bus.budget;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// An amount that many owners use together, such as bytes of heap used by apps, or places used by
/// addresses. Whoever comes first cannot take everything: half of the amount is set aside for
/// guaranteed shares, one for each of so many owners and one for the system, which nobody else can
/// touch; the other half is first come, first served.
///
/// There are `guaranteed` such shares. Owners who come while all of them are taken have what is in
/// the common half alone, so `guaranteed` should be at least the number of owners that are expected
/// at once.
///
/// Taking and giving back are two or three additions to shared counters and no lock. Where that is
/// too much for each message, one thread may go through a [Purse].
public final class Shares {

    private final long total;
    private final long guarantee;
    private final long common;
    private final int places;

    private final AtomicLong used = new AtomicLong();
    private final AtomicLong usedInCommon = new AtomicLong();
    private final AtomicInteger placesTaken = new AtomicInteger();
    private final ConcurrentMap<String, Share> owners = new ConcurrentHashMap<>();
    private final Share system;

    /// @param total what all may use together
    /// @param guaranteed owners with a share of their own, the system apart
    public Shares(long total, int guaranteed) {
        if (total < 0 || guaranteed < 1) {
            throw new IllegalArgumentException(
                    "shares: " + total + " for " + guaranteed + " (expected: 0 or more for 1..)");
        }
        this.total = total;
        this.guarantee = total / 2 / (guaranteed + 1);
        this.common = total - guarantee * (guaranteed + 1);
        this.places = guaranteed;
        this.system = new Share(this, "", guarantee);
    }

    /// The share of an owner, to be closed as often as it was opened. It is the same object for all
    /// who open it before the last one has closed it.
    public Share open(String owner) {
        return owners.compute(owner, this::opened);
    }

    private Share opened(String owner, @Nullable Share known) {
        Share share = known == null ? new Share(this, owner, guaranteeOfOneMore()) : known;
        share.opened.incrementAndGet();
        return share;
    }

    private long guaranteeOfOneMore() {
        int taken = placesTaken.getAndUpdate(now -> now < places ? now + 1 : now);
        return taken < places ? guarantee : 0;
    }

    /// The share of administrators and of the process itself, which is always there.
    public Share system() {
        return system;
    }

    void close(Share share) {
        if (share != system) {
            owners.computeIfPresent(
                    share.owner, (_, known) -> known == share ? closed(share) : known);
        }
    }

    private @Nullable Share closed(Share share) {
        share.opened.decrementAndGet();
        return left(share);
    }

    /// A share that holds something stays known although nobody has it open, so that whoever opens
    /// it again finds what it holds.
    void lookAgain(Share share) {
        owners.computeIfPresent(share.owner, (_, known) -> known == share ? left(share) : known);
    }

    private @Nullable Share left(Share share) {
        if (share.opened.get() > 0 || share.used() > 0) {
            return share;
        }
        if (share.guarantee() > 0) {
            placesTaken.decrementAndGet();
        }
        return null;
    }

    /// @return false where the common part has no room; nothing is taken then
    boolean take(long amount, long inCommon, boolean anyway) {
        if (inCommon > 0 && usedInCommon.addAndGet(inCommon) > common && !anyway) {
            usedInCommon.addAndGet(-inCommon);
            return false;
        }
        used.addAndGet(amount);
        return true;
    }

    /// @param inCommon may be negative
    void giveBack(long amount, long inCommon) {
        used.addAndGet(-amount);
        if (inCommon != 0) {
            usedInCommon.addAndGet(-inCommon);
        }
    }

    boolean commonHas(long more) {
        return more <= 0 || usedInCommon.get() + more <= common;
    }

    boolean commonIsTight() {
        return usedInCommon.get() > common / 4 * 3;
    }

    boolean commonIsHalfUsed() {
        return usedInCommon.get() > common / 2;
    }

    boolean commonIsNearlyFullWith(long amount) {
        return usedInCommon.get() + amount > common / 8 * 7;
    }

    /// What one owner uses.
    public long usedBy(String owner) {
        Share known = owners.get(owner);
        return known == null ? 0 : known.used();
    }

    public long total() {
        return total;
    }

    /// What one owner can always have.
    public long guarantee() {
        return guarantee;
    }

    public long used() {
        return used.get();
    }

    /// How many owners are known; those who have closed their share and hold nothing are not.
    public int owners() {
        return owners.size();
    }
}
