package eu.sermas.bus.access;

import java.util.Set;

/// What somebody came in with, as far as it can be revoked by it.
///
/// @param tokenId the `jti` of the token, or the empty string
/// @param issuedAt seconds since the epoch; 0, before everything, where the token does not say it
/// @param appIds the apps that it was issued for; none for the platform itself
/// @param clientId the short id of the client that it was issued to, or the empty string
/// @param userId the `sub`, or the empty string
public record Credential(
        String tokenId, long issuedAt, Set<String> appIds, String clientId, String userId) {

    /// No token at all.
    public static final Credential NONE = new Credential("", 0, Set.of(), "", "");
}
