package eu.sermas.bus.broker;

import eu.sermas.bus.access.AccessRights;
import eu.sermas.bus.session.Session;

/// The time that a session spends without a connection. A deadline that was set for this absence
/// looks whether it still lasts, by identity.
final class Absence {

    private final Session session;
    private AccessRights rights;

    /// @param rights those of the last connection, by which a delayed will is judged
    Absence(Session session, AccessRights rights) {
        this.session = session;
        this.rights = rights;
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
