package eu.sermas.bus.broker;

import eu.sermas.bus.access.AccessRights;
import eu.sermas.bus.session.Session;
import java.util.ArrayList;
import java.util.List;

/// The time that a session spends without a connection, and what is to happen if it lasts.
final class Absence {

    private final Session session;
    private final long since;
    private final long expiresAt;
    private final List<Deadlines.Deadline> deadlines = new ArrayList<>(1);
    private AccessRights rights;

    /// @param since when the client went away
    /// @param expiresAt when the session ends, in milliseconds of the time of the bus
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

    /// Whether it has been so long, though what is to happen then has not had its turn yet.
    boolean hasLasted(long seconds, long now) {
        return now >= since + seconds * 1000;
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

    /// Something happens at that time, unless the absence is over by then.
    void add(Deadlines.Deadline deadline) {
        deadlines.add(deadline);
    }

    /// The client has come back, or the session has ended: nothing of what was to happen does
    /// [MQTT-4.1.0-1].
    void over() {
        deadlines.forEach(Deadlines.Deadline::cancel);
        deadlines.clear();
    }
}
