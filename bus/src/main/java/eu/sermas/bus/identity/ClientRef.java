package eu.sermas.bus.identity;

import org.jspecify.annotations.Nullable;

/// A client, by the pair that identifies it; a client of the platform itself has no app.
record ClientRef(@Nullable String appId, String clientId) {

    /// What tokens call it (`azp`).
    String composite() {
        return appId == null ? clientId : Names.composite(appId, clientId);
    }

    /// Whether a client may mean this one by that name.
    boolean isNamed(String id) {
        return id.equals(clientId) || id.equals(composite());
    }
}
