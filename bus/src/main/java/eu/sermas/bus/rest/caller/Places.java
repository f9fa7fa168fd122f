package eu.sermas.bus.rest.caller;

import eu.sermas.bus.budget.Share;
import eu.sermas.bus.budget.Shares;
import eu.sermas.bus.rest.http.Refused;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/// So many at once for each principal, and so many for all, of which every app has a share. Safe
/// for use by many threads.
public final class Places {

    private final String what;
    private final int perPrincipal;
    private final Shares all;
    private final ConcurrentHashMap<String, Integer> taken = new ConcurrentHashMap<>();

    /// @param what is counted, for those who get none
    public Places(String what, int perPrincipal, Shares all) {
        this.what = what;
        this.perPrincipal = perPrincipal;
        this.all = all;
    }

    /// One that is taken until it is closed, which may be done twice.
    public final class Place implements AutoCloseable {

        private final String principal;
        private final Share share;
        private final AtomicBoolean open = new AtomicBoolean(true);

        private Place(String principal, Share share) {
            this.principal = principal;
            this.share = share;
        }

        @Override
        public void close() {
            if (open.getAndSet(false)) {
                leave(principal);
                share.giveBack(1);
                share.close();
            }
        }
    }

    /// @throws Refused 429 where the principal has enough, 503 where its app has, and none are left
    ///   for all
    public Place take(Caller caller) {
        String principal = caller.principal().id();
        int mine = taken.merge(principal, 1, Integer::sum);
        if (mine > perPrincipal) {
            leave(principal);
            throw Refused.tooMany(
                    what + ": " + mine + " (expected: at most " + perPrincipal + " at once)");
        }
        Share share = caller.shareOf(all);
        if (!share.take(1)) {
            leave(principal);
            share.close();
            throw Refused.unavailable("too many " + what + " at once");
        }
        return new Place(principal, share);
    }

    public int taken(String principal) {
        return taken.getOrDefault(principal, 0);
    }

    private void leave(String principal) {
        taken.computeIfPresent(principal, (_, count) -> count == 1 ? null : count - 1);
    }
}
