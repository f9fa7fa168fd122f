package eu.sermas.bus.identity;

import eu.sermas.bus.access.Grants;
import java.util.List;

/// What an account is to an app.
///
/// | relation | who | what it may do there by itself |
/// |---|---|---|
/// | owner | `ownerId` of the app | what the client may that they logged in through |
/// | member | named by the owner | see and change all sessions, and who is there, hear of logins |
/// | visitor | all others, where the app invites them | see, change and end sessions of their own |
/// | stranger | everybody else | nothing: does not get in |
///
/// An app invites visitors by `public`, or by `settings.login`, which is what kiosks with a login
/// have set.
enum Relation {
    OWNER(List.of("*")),
    MEMBER(List.of("auth.login", "session.session", "access.live")),

    /// Over REST the user id of a session decides. Topics do not say whose a session is, so over
    /// MQTT it is the one that is called like the login.
    VISITOR(List.of("session.own", "session.session/changed/{sid}:read")),
    STRANGER(List.of());

    private final List<String> permissions;
    private final Grants grants;

    Relation(List<String> permissions) {
        this.permissions = permissions;
        this.grants = Grants.of(permissions);
    }

    /// The grants that come with it, as they are written.
    List<String> permissions() {
        return permissions;
    }

    Grants grants() {
        return grants;
    }
}
