package eu.sermas.bus.identity;

import eu.sermas.bus.access.Grants;
import eu.sermas.bus.identity.secret.Secret;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A client that is in force, with its grants worked out.
///
/// @param client without a secret
/// @param sub the `sub` of its tokens
/// @param declared whether it stands in the configuration
/// @param former null where there is none
record ClientState(
        AppClient client,
        String sub,
        Origin origin,
        boolean declared,
        Secret secret,
        @Nullable Former former,
        Grants grants) {

    /// The secret before the present one, while both are good.
    ///
    /// @param hash as it is stored
    /// @param until when it ends, milliseconds since the epoch
    record Former(String hash, long until) {

        Secret secret() {
            return new Secret.Hashed(hash);
        }
    }

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
            @Nullable String secretHash,
            @Nullable Former former) {

        ClientState restored() {
            return ClientState.of(
                    client,
                    sub,
                    origin,
                    declared,
                    secretHash == null ? Secret.NONE : new Secret.Hashed(secretHash),
                    former);
        }
    }

    static ClientState of(
            AppClient client,
            String sub,
            Origin origin,
            boolean declared,
            Secret secret,
            @Nullable Former former) {
        List<String> permissions = client.permissions();
        Grants grants = Grants.of(permissions == null ? List.of() : permissions);
        return new ClientState(client, sub, origin, declared, secret, former, grants);
    }

    /// The same client with another record, whose grants are worked out.
    ClientState with(AppClient other) {
        return of(other, sub, origin, declared, secret, former);
    }

    ClientState withSecrets(Secret present, @Nullable Former before) {
        return new ClientState(client, sub, origin, declared, present, before, grants);
    }

    /// The former secret where it is still good, or null.
    ///
    /// @param now milliseconds since the epoch
    @Nullable Former formerAt(long now) {
        return former != null && now < former.until() ? former : null;
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
                secret instanceof Secret.Hashed(String hash) ? hash : null,
                former);
    }
}
