package eu.sermas.bus.transport;

import eu.sermas.bus.budget.Share;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What one connection may have of the [InputBudget]. Most connections never need it, so its shares
/// are opened with the first packet that does.
///
/// Owned by the loop of the connection.
final class InputAllowance implements AutoCloseable {

    /// What becomes of a packet.
    enum Answer {
        TAKEN,
        /// Others have what is needed, or other connections of the same owner, and will give it
        /// back.
        LATER,
        /// There will not be so much, or nobody waits here.
        NEVER
    }

    private final Supplier<Share> openShare;
    private final @Nullable Supplier<Share> openOwn;
    private final int free;
    private final long most;
    private @Nullable Share share;
    private @Nullable Share own;
    private long taken;

    /// @param openShare of all who have something together
    /// @param openOwn counts what one owner has of that; null where the share is its own, and
    ///   nobody waits for it
    /// @param free bytes for which nobody is asked
    /// @param most bytes for one owner
    InputAllowance(
            Supplier<Share> openShare, @Nullable Supplier<Share> openOwn, int free, long most) {
        this.openShare = openShare;
        this.openOwn = openOwn;
        this.free = free;
        this.most = most;
    }

    /// Bytes for which nobody has to be asked.
    int free() {
        return free;
    }

    /// Bytes that one owner may have.
    long most() {
        return most;
    }

    /// Asks for room for so many bytes in all, instead of what was taken before.
    Answer take(long bytes) {
        long more = bytes - taken;
        if (more <= 0) {
            return Answer.TAKEN;
        }
        Share counted = own();
        if (counted.used() + more <= most && share().take(more)) {
            count(counted, more);
            return Answer.TAKEN;
        }
        return openOwn == null || bytes > most ? Answer.NEVER : Answer.LATER;
    }

    /// Asks for room for so many bytes that are there already and wait for the rest of their
    /// packet. What waits is bounded too: an owner may have as much of it as of the other.
    boolean takeWaiting(long bytes) {
        long more = bytes - taken;
        if (more <= 0) {
            return true;
        }
        Share counted = own();
        if (counted.used() + more > 2 * most || !share().take(more)) {
            return false;
        }
        count(counted, more);
        return true;
    }

    @SuppressWarnings("ReferenceEquality") // one and the same is not counted twice
    private void count(Share counted, long more) {
        if (counted != share) {
            counted.takeAnyway(more);
        }
        taken += more;
    }

    @SuppressWarnings("ReferenceEquality")
    void giveBack() {
        Share common = share;
        Share counted = own;
        if (taken > 0 && common != null && counted != null) {
            common.giveBack(taken);
            if (counted != common) {
                counted.giveBack(taken);
            }
            taken = 0;
        }
    }

    private Share share() {
        Share open = share;
        if (open == null) {
            open = openShare.get();
            share = open;
        }
        return open;
    }

    private Share own() {
        Share open = own;
        if (open == null) {
            open = openOwn == null ? share() : openOwn.get();
            own = open;
        }
        return open;
    }

    /// Gives everything back.
    @Override
    @SuppressWarnings("ReferenceEquality")
    public void close() {
        giveBack();
        Share common = share;
        Share counted = own;
        if (common != null) {
            common.close();
        }
        if (counted != null && counted != common) {
            counted.close();
        }
        share = null;
        own = null;
    }
}
