package eu.sermas.bus.identity.oidc;

/// A token that was good when it was checked; whether it has expired since is to be asked each
/// time.
///
/// @param issuedAt seconds since the epoch, or 0 where it does not say
/// @param expiresAt seconds since the epoch
/// @param tokenId the `jti`, or empty
/// @param keyId of the key that signed it
public record ExternalToken(
        ExternalIdentity identity, long issuedAt, long expiresAt, String tokenId, String keyId) {}
