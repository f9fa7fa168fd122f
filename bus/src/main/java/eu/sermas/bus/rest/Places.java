package eu.sermas.bus.rest;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/// So many at once for each principal, and so many for all. Safe for use by many threads.
final class Places {

    private final String what;
    private final int perPrincipal;
    private final Semaphore all;
    private final ConcurrentHashMap<String, Integer> taken = new ConcurrentHashMap<>();

    /// @param what is counted, for those who get none
    Places(String what, int perPrincipal, int ofAll) {
        this.what = what;
        this.perPrincipal = perPrincipal;
        this.all = new Semaphore(ofAll);
    }

    /// @throws Refused 429 where the principal has enough, 503 where all have
    void take(String principal) {
        if (!all.tryAcquire()) {
            throw Refused.unavailable("too many " + what + " at once");
        }
        int mine = taken.merge(principal, 1, Integer::sum);
        if (mine > perPrincipal) {
            leave(principal);
            throw Refused.tooMany(
                    what + ": " + mine + " (expected: at most " + perPrincipal + " at once)");
        }
    }

    int taken(String principal) {
        return taken.getOrDefault(principal, 0);
    }

    void leave(String principal) {
        taken.computeIfPresent(principal, (_, count) -> count == 1 ? null : count - 1);
        all.release();
    }
}
