package eu.sermas.bus.broker;

import eu.sermas.bus.access.AccessRights;
import eu.sermas.bus.session.Session;

/// The time that a session spends without a connection. A deadline that was set for this absence
/// looks whether it still lasts, by identity.
final class Absence {

    private final Session session;
    private final long since;
    private final long expiresAt;
    private AccessRights rights;

    /// @param since when the client went away
    /// @param expiresAt when the session ends, in milliseconds since the epoch
    /// @param rights those of the last connection, by which a delayed will is judged
    Absence(Session session, long since, long expiresAt, AccessRights rights) {
        this.since = since;
        this.session = session;
        this.expiresAt = expiresAt;
        this.rights = rights;
    }

    long since() {
        return since;
    }

    long expiresAt() {
        return expiresAt;
    }

    Session session() {
        return session;
    }

    AccessRights rights() {
        return rights;
    }

    void rights(AccessRights changed) {
        rights = changed;
    }
}
