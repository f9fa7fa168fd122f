package eu.sermas.bus.identity;

import eu.sermas.bus.identity.secret.Secret;

import eu.sermas.bus.access.Grants;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A client that is in force, with its grants worked out.
///
/// @param client without a secret
/// @param sub the `sub` of its tokens
/// @param declared whether it stands in the configuration
record ClientState(
        AppClient client,
        String sub,
        Origin origin,
        boolean declared,
        Secret secret,
        Grants grants) {

    enum Origin {
        /// Created by itself.
        OWN,
        /// Comes with a module.
        MODULE,
        /// The one of every app through which people log in.
        APPLICATION
    }

    /// As it is kept in the store.
    record Stored(
            AppClient client,
            String sub,
            Origin origin,
            boolean declared,
            @Nullable String secretHash) {

        ClientState restored() {
            return ClientState.of(
                    client,
                    sub,
                    origin,
                    declared,
                    secretHash == null ? Secret.NONE : new Secret.Hashed(secretHash));
        }
    }

    static ClientState of(
            AppClient client, String sub, Origin origin, boolean declared, Secret secret) {
        List<String> permissions = client.permissions();
        Grants grants = Grants.of(permissions == null ? List.of() : permissions);
        return new ClientState(client, sub, origin, declared, secret, grants);
    }

    /// Its grants, as they are written.
    List<String> permissions() {
        List<String> permissions = client.permissions();
        return permissions == null ? List.of() : permissions;
    }

    Stored stored() {
        return new Stored(
                client,
                sub,
                origin,
                declared,
                secret instanceof Secret.Hashed(String hash) ? hash : null);
    }
}
