package eu.sermas.bus.broker;

import eu.sermas.bus.budget.Share;
import eu.sermas.bus.budget.Shares;
import eu.sermas.bus.session.Account;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The accounts of the apps that have sessions on one event loop. Who belongs to several apps, or
/// to the platform, is on the account of the system.
///
/// Owned by the event loop.
final class Accounts {

    private static final String SYSTEM = "";
    private static final long LONGEST_STEP = 64 * 1024;
    private static final int STEPS_IN_GUARANTEE = 8;

    private final Shares held;
    private final Shares sessions;
    private final Shares disk;
    private final long step;
    private final Map<String, Open> open = new HashMap<>();

    private static final class Open {
        private final Share held;
        private final Share sessions;
        private final Share disk;
        private final Account account;
        private int users;

        Open(String owner, Share held, Share sessions, Share disk, long step) {
            this.held = held;
            this.sessions = sessions;
            this.disk = disk;
            this.account = new Account(owner, held, sessions, disk, step);
        }

        /// @return null where nobody uses it any more
        @Nullable Open closed() {
            if (--users > 0) {
                return this;
            }
            account.close();
            held.close();
            sessions.close();
            disk.close();
            return null;
        }
    }

    /// @param loops how many of these there are
    Accounts(Shares held, Shares sessions, Shares disk, int loops) {
        this.held = held;
        this.sessions = sessions;
        this.disk = disk;
        long inMemory = Math.min(held.guarantee(), sessions.guarantee());
        long smallest = Math.min(inMemory, disk.guarantee());
        this.step = Math.min(LONGEST_STEP, smallest / STEPS_IN_GUARANTEE / loops);
    }

    /// The account of the only one of these apps, or of the system; to be closed as often as it was
    /// opened.
    ///
    /// @param appIds those whose rights the session has
    Account open(Set<String> appIds) {
        Open known = open.computeIfAbsent(ownerOf(appIds), this::open);
        known.users++;
        return known.account;
    }

    private Open open(String owner) {
        boolean isSystem = owner.equals(SYSTEM);
        return new Open(
                owner,
                isSystem ? held.system() : held.open(owner),
                isSystem ? sessions.system() : sessions.open(owner),
                isSystem ? disk.system() : disk.open(owner),
                step);
    }

    void close(Account account) {
        open.computeIfPresent(account.owner(), (_, known) -> known.closed());
    }

    private static String ownerOf(Set<String> appIds) {
        return appIds.size() == 1 ? appIds.iterator().next() : SYSTEM;
    }
}
