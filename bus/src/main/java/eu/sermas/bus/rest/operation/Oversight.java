package eu.sermas.bus.rest.operation;

import eu.sermas.bus.rest.caller.Access;
import eu.sermas.bus.rest.caller.Caller;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiPredicate;

/// Over whose sessions a caller is: their own, those of principals whose apps all give them the
/// right, and for administrators everybody's.
///
/// Made for one request. What it has found for one set of apps it does not look for again, since it
/// is asked for thousands of sessions of the same app.
final class Oversight implements BiPredicate<String, Set<String>> {

    private final Caller caller;
    private final Access right;
    private final Map<Set<String>, Boolean> known = new ConcurrentHashMap<>();

    private Oversight(Caller caller, Access right) {
        this.caller = caller;
        this.right = right;
    }

    /// Whom they may see.
    static Oversight seeing(Caller caller) {
        return new Oversight(caller, Access.ACCESS_LIVE);
    }

    /// Whose connections and sessions they may end.
    static Oversight ending(Caller caller) {
        return new Oversight(caller, Access.ACCESS_END);
    }

    /// @param appIds the apps whose rights the principal has; none for one of the platform
    @Override
    public boolean test(String principalId, Set<String> appIds) {
        return caller.principal().isPlatformAdmin()
                || caller.principal().id().equals(principalId)
                || (!appIds.isEmpty() && known.computeIfAbsent(appIds, this::isOver));
    }

    private boolean isOver(Set<String> appIds) {
        return appIds.stream().allMatch(appId -> caller.may(right, appId));
    }
}
