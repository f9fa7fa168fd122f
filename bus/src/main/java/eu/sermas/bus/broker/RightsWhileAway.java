package eu.sermas.bus.broker;

import eu.sermas.bus.access.AccessRights;

/// What a principal may do whose client is away since before this process began, as far as anybody
/// can tell without its token.
///
/// @param rights by which its session is kept; where nobody knows, they allow what may be allowed,
///   as its client has to show a token before it gets anything
/// @param known whether they are certain. Where they are not, nothing is published by them alone
public record RightsWhileAway(AccessRights rights, boolean known) {

    public static RightsWhileAway known(AccessRights rights) {
        return new RightsWhileAway(rights, true);
    }
}
