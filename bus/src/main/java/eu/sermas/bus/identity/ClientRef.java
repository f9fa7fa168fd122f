package eu.sermas.bus.identity;

import eu.sermas.bus.access.Credential;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A client, by the pair that identifies it; a client of the platform itself has no app.
record ClientRef(@Nullable String appId, String clientId) {

    /// What tokens call it (`azp`).
    String composite() {
        return appId == null ? clientId : Names.composite(appId, clientId);
    }

    /// A credential of this client, or of a user who came through it.
    Credential credential(String tokenId, long issuedAt, String userId) {
        return new Credential(
                tokenId, issuedAt, appId == null ? Set.of() : Set.of(appId), clientId, userId);
    }

    /// Whether a client may mean this one by that name.
    boolean isNamed(String id) {
        return id.equals(clientId) || id.equals(composite());
    }
}
