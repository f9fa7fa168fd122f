package eu.sermas.bus.identity;

import eu.sermas.bus.access.AccessRights;
import eu.sermas.bus.access.Standing;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Counts the changes of apps and accounts, one by one and whatever they are. A change first is in
/// force and then counted, and whoever is told of it is told after that; so a login that is not of
/// this edition is worked out anew, and one that is will be told.
final class Edition {

    private final AtomicLong number = new AtomicLong();

    /// Something has changed, and is in force.
    void next() {
        number.incrementAndGet();
    }

    /// To be made before anything is looked at that the rights follow from.
    Standing standing(Supplier<@Nullable AccessRights> again) {
        return Standing.of(number::get, again);
    }
}
