package eu.sermas.bus.access;

import java.util.Set;

/// What a token says about its holder, as far as grants are bound to it.
@FunctionalInterface
public interface Claims {

    /// A token that says nothing.
    Claims NONE = _ -> Set.of();

    /// No token is there to be asked, because its holder is away; until it comes back, each claim
    /// counts as the right one.
    Claims UNKNOWN = _ -> Set.of();

    /// The values of a claim that is a text or a list of texts; none where it is absent.
    Set<String> values(String claim);
}
