package eu.sermas.bus.access;

import java.util.function.Supplier;

/// An accepted credential: who it is, what it may do, and until when.
///
/// @param expiresAt milliseconds since the epoch, or `Long.MAX_VALUE` for never
/// @param tokenId the `jti` of the token, or the empty string
public record Login(Principal principal, AccessRights rights, long expiresAt, String tokenId) {

    /// The same with grants bound to what the token says, see [AccessRights#boundTo].
    public Login boundTo(Supplier<Claims> token) {
        return withRights(rights.boundTo(token));
    }

    /// The same with other rights.
    @SuppressWarnings("ReferenceEquality") // unchanged is the same object
    public Login withRights(AccessRights changed) {
        return changed == rights ? this : new Login(principal, changed, expiresAt, tokenId);
    }
}
