package eu.sermas.bus.access;

/// An accepted credential: who it is, what it may do, and until when.
///
/// @param expiresAt milliseconds since the epoch, or `Long.MAX_VALUE` for never
/// @param tokenId the `jti` of the token, or the empty string
public record Login(Principal principal, AccessRights rights, long expiresAt, String tokenId) {}
