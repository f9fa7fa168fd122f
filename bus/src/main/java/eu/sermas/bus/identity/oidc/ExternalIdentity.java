package eu.sermas.bus.identity.oidc;

import java.util.List;
import java.util.Set;

/// Who a token of another issuer speaks for, by its claims alone.
///
/// @param issuer the name of the issuer here
/// @param service whether it is the client itself, and not a user who came through it
/// @param client the client that the token was issued to, or empty
/// @param user unique at this issuer
/// @param name for people
/// @param appIds the apps that the token names and the issuer may speak for
/// @param grants in the grant language, each one well-formed
/// @param roles those that count here
public record ExternalIdentity(
        String issuer,
        boolean service,
        String client,
        String user,
        String name,
        Set<String> appIds,
        List<String> grants,
        Set<String> roles) {

    public ExternalIdentity {
        appIds = Set.copyOf(appIds);
        grants = List.copyOf(grants);
        roles = Set.copyOf(roles);
    }
}
