package eu.sermas.bus.identity;

import eu.sermas.bus.access.Principal;
import org.jspecify.annotations.Nullable;

/// Who a token speaks for: a client itself, or a user who logged in through it.
///
/// @param sub a UUID that is made with the client or user and dies with it, so that a token of a
///   deleted client is not one of its successor
/// @param through the `sub` of the client that a user came through, for the same reason; null for
///   others, for a user who came through no client of an app, and in what was written before it was
///   kept, see [Principals#settled]
record Subject(Principal.Kind kind, ClientRef client, String sub, @Nullable String through) {

    /// Anybody but a user who came through a client of an app.
    Subject(Principal.Kind kind, ClientRef client, String sub) {
        this(kind, client, sub, null);
    }

    /// The id of the principal, see [Principal].
    String principalId() {
        return switch (kind) {
            case CLIENT -> "client:" + client.appId() + "/" + client.clientId();
            case SYSTEM -> "system:" + client.clientId();
            case USER ->
                    "user:"
                            + (client.appId() == null
                                    ? Names.PLATFORM
                                    : client.appId() + "/" + client.clientId())
                            + "/"
                            + sub;
            case ANONYMOUS -> throw new IllegalStateException("anonymous: has no token");
        };
    }
}
