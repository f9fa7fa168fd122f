package eu.sermas.bus.access;

import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What rights were worked out of: one token, and what was known of its holder at that moment. Two
/// tokens of one principal need not be worth the same, so each login has a standing of its own.
///
/// Between the check of a token and the moment at which its rights are put in force, what is known
/// may change. So whoever puts them in force looks whether they are still those of now.
///
/// @param version of what was known, read before anything else was
/// @param present the version of now; another one means that anything may have changed
/// @param again works the rights out anew; null where their holder is no more
public record Standing(long version, LongSupplier present, Supplier<@Nullable AccessRights> again) {

    /// One that begins now.
    public static Standing of(LongSupplier present, Supplier<@Nullable AccessRights> again) {
        return new Standing(present.getAsLong(), present, again);
    }

    boolean isCurrent() {
        return version == present.getAsLong();
    }
}
