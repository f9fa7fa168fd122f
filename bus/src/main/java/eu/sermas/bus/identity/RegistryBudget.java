package eu.sermas.bus.identity;

import eu.sermas.bus.budget.Share;
import eu.sermas.bus.budget.Shares;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// What of the heap apps take, with everything that is configured for them, and on whose account:
/// that of their owner, or of the platform where an administrator owns, imports or declares them.
/// Whatever would be too much is refused before it is in force.
///
/// Safe for use by many threads; changes of one app come one after the other.
final class RegistryBudget {

    /// What one app has.
    private record Charge(String owner, Share share, long cost) {}

    /// On nobody's account but the platform's.
    private static final String PLATFORM = "";

    private final RegistryLimits limits;
    private final Predicate<String> isAdministrator;
    private final Shares shares;
    private final Map<String, Charge> charges = new ConcurrentHashMap<>();
    private final Map<String, Integer> appsOfOwner = new ConcurrentHashMap<>();

    /// @param isAdministrator whether a user is one, by id
    RegistryBudget(RegistryLimits limits, Predicate<String> isAdministrator) {
        this.limits = limits;
        this.isAdministrator = isAdministrator;
        this.shares = new Shares(limits.bytesOfApps(), limits.guaranteedApps());
    }

    /// What is there at the start cannot be refused any more.
    void begin(AppState state) {
        String owner = state.declared() ? PLATFORM : ownerOf(state);
        Share share = open(owner);
        long cost = HeapCost.of(state);
        share.takeAnyway(cost);
        count(owner, 1);
        charges.put(state.appId(), new Charge(owner, share, cost));
    }

    /// Charges what an app is going to be in the place of what it is.
    ///
    /// @param byPlatform whether the platform answers for it
    /// @return why it cannot be, or null
    @Nullable Refusal change(AppState after, boolean byPlatform) {
        long cost = HeapCost.of(after);
        if (after.clients().size() > limits.clientsOfApp()) {
            return Refusal.tooLarge(
                    "app %s: %d clients and modules (limits.registry.clients-per-app: %d)"
                            .formatted(
                                    after.appId(), after.clients().size(), limits.clientsOfApp()));
        }
        if (cost > limits.bytesOfApp()) {
            return Refusal.tooLarge(
                    "app %s: %d bytes with all that is configured (limits.registry.app-bytes: %d)"
                            .formatted(after.appId(), cost, limits.bytesOfApp()));
        }
        String owner = byPlatform ? PLATFORM : ownerOf(after);
        Charge before = charges.get(after.appId());
        boolean another = before == null || !before.owner().equals(owner);
        if (another && count(owner, 1) > limits.appsOfOwner() && !owner.equals(PLATFORM)) {
            count(owner, -1);
            return Refusal.tooMany(
                    "apps of one owner: more than %d (limits.registry.apps-per-owner)"
                            .formatted(limits.appsOfOwner()));
        }
        Share share = open(owner);
        long held = before == null || another ? 0 : before.cost();
        if (cost > held && !share.take(cost - held)) {
            share.close();
            if (another) {
                count(owner, -1);
            }
            return Refusal.tooMany(
                    "app %s: no room for %d bytes more of its owner (limits.registry.total-bytes: %d)"
                            .formatted(after.appId(), cost - held, limits.totalBytes()));
        }
        share.giveBack(Math.max(0, held - cost));
        if (before != null) {
            if (another) {
                release(before);
            } else {
                before.share().close();
            }
        }
        charges.put(after.appId(), new Charge(owner, share, cost));
        return null;
    }

    /// Makes an app count as what it is, because it has not become what it should.
    void restore(String appId, @Nullable AppState state) {
        remove(appId);
        if (state != null) {
            begin(state);
        }
    }

    void remove(String appId) {
        Charge gone = charges.remove(appId);
        if (gone != null) {
            release(gone);
        }
    }

    private void release(Charge charge) {
        charge.share().giveBack(charge.cost());
        charge.share().close();
        count(charge.owner(), -1);
    }

    /// Charges something of the platform itself.
    ///
    /// @param before bytes of what it takes the place of, 0 for nothing
    /// @return why it cannot be, or null
    @Nullable Refusal changeOfPlatform(String what, long after, long before) {
        if (after > before && !shares.system().take(after - before)) {
            return Refusal.tooMany(
                    "%s: no room for %d bytes (limits.registry.total-bytes: %d)"
                            .formatted(what, after - before, limits.totalBytes()));
        }
        shares.system().giveBack(Math.max(0, before - after));
        return null;
    }

    /// The same for what is there already.
    void beginOfPlatform(long cost) {
        shares.system().takeAnyway(cost);
    }

    private Share open(String owner) {
        return owner.equals(PLATFORM) ? shares.system() : shares.open(owner);
    }

    private int count(String owner, int more) {
        Integer now =
                appsOfOwner.compute(
                        owner,
                        (_, known) -> {
                            int sum = (known == null ? 0 : known) + more;
                            return sum == 0 ? null : sum;
                        });
        return now == null ? 0 : now;
    }

    private String ownerOf(AppState state) {
        String owner = state.app().ownerId();
        return isAdministrator.test(owner) ? PLATFORM : owner;
    }

    /// Bytes that are held at this moment.
    long used() {
        return shares.used();
    }
}
