package eu.sermas.bus.broker;

import eu.sermas.bus.access.AccessRights;
import eu.sermas.bus.access.Login;
import eu.sermas.bus.broker.live.SessionDetails;
import eu.sermas.bus.broker.live.SessionId;
import eu.sermas.bus.broker.live.SessionQuery;
import eu.sermas.bus.broker.live.SessionRow;
import eu.sermas.bus.metrics.Traffic;
import eu.sermas.bus.packet.ProtocolVersion;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.session.Connection;
import eu.sermas.bus.session.Peer;
import eu.sermas.bus.session.Session;
import eu.sermas.bus.session.SessionKey;
import eu.sermas.bus.time.BusClock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/// The sessions of one event loop, for people: what they ask for is put together here and handed
/// over as values. No turn of the loop does more than a little of it, however many sessions there
/// are and however long their names.
final class LiveSessions {

    /// Sessions that are looked at in one turn.
    private static final int LOOKS = 1000;

    /// So many characters of a name cost as much as a session.
    private static final int CHARACTERS = 64;

    /// Sessions that are shown in one turn.
    static final int SHOWN = 100;

    static final int MOST_SUBSCRIPTIONS = 1000;

    /// @param last the number of the one that was looked at last
    /// @param isLast whether there is none behind it
    record Slice(List<SessionRow> rows, long last, boolean isLast) {}

    private final Shard shard;
    private final Sessions sessions;

    LiveSessions(Shard shard, Sessions sessions) {
        this.shard = shard;
        this.sessions = sessions;
    }

    /// Those behind this number that are asked for, as far as one turn goes.
    Slice slice(SessionQuery query, long after, int most) {
        assert shard.loop().inEventLoop();
        BusClock.Moment moment = shard.clock().moment();
        List<SessionRow> rows = new ArrayList<>();
        long last = after;
        int looks = LOOKS;
        for (Map.Entry<Long, Session> next : sessions.after(after).entrySet()) {
            if (looks <= 0 || rows.size() >= Math.min(most, SHOWN)) {
                return new Slice(rows, last, false);
            }
            Session session = next.getValue();
            last = next.getKey();
            looks -= 1 + session.key().clientId().length() / CHARACTERS;
            SessionRow row = row(query, session, moment);
            if (row != null) {
                rows.add(row);
            }
        }
        return new Slice(rows, last, true);
    }

    /// Of these sessions those that are asked for and still there, at most [#SHOWN].
    List<SessionRow> rows(SessionQuery query, List<Session> some) {
        assert shard.loop().inEventLoop();
        BusClock.Moment moment = shard.clock().moment();
        List<SessionRow> rows = new ArrayList<>();
        for (Session session : some) {
            SessionRow row = session.isEnded() ? null : row(query, session, moment);
            if (row != null) {
                rows.add(row);
            }
        }
        return rows;
    }

    private @Nullable SessionRow row(SessionQuery query, Session session, BusClock.Moment moment) {
        SessionKey key = session.key();
        if (!query.fits(key.principalId(), key.clientId())) {
            return null;
        }
        Client client = sessions.client(key);
        Boolean connected = query.connected();
        if (connected != null && connected != (client != null)) {
            return null;
        }
        if (query.transport() != null
                && (client == null
                        || !query.transport().equals(transport(client.connection().peer())))) {
            return null;
        }
        AccessRights rights = rightsOf(session);
        return rights != null && query.fits(key.principalId(), rights.appIds())
                ? row(session, rights, moment)
                : null;
    }

    /// Null for a moment after a start.
    private @Nullable AccessRights rightsOf(Session session) {
        Client client = sessions.client(session.key());
        Absence absence = sessions.absence(session.key());
        return client != null ? client.login().rights() : absence == null ? null : absence.rights();
    }

    private SessionRow row(Session session, AccessRights rights, BusClock.Moment moment) {
        Client client = sessions.client(session.key());
        Absence absence = sessions.absence(session.key());
        long since = client != null ? client.since() : absence == null ? 0 : absence.since();
        long ends = absence == null ? Long.MAX_VALUE : absence.expiresAt();
        Session.Amount queued = session.queued();
        Session.Amount inFlight = session.unacknowledged();
        return new SessionRow(
                new SessionId(shard.index(), session.number()),
                session.key().principalId(),
                session.key().clientId(),
                rights.appIds(),
                moment.inWorld(since),
                ends == Long.MAX_VALUE ? ends : moment.inWorld(ends),
                session.expiryInterval(),
                session.subscriptions().size(),
                queued.messages(),
                queued.bytes(),
                inFlight.messages(),
                inFlight.bytes(),
                client == null ? null : connected(client, moment.time()));
    }

    private static SessionRow.Connected connected(Client client, long now) {
        Connection connection = client.connection();
        Peer peer = connection.peer();
        Login login = client.login();
        Traffic traffic = connection.traffic();
        return new SessionRow.Connected(
                transport(peer),
                peer.address(),
                peer.port(),
                version(connection.version()),
                client.keepAlive(),
                login.expiresAt(),
                traffic.received(now),
                traffic.sent(now));
    }

    private static String transport(Peer peer) {
        return peer.transport().name().toLowerCase(Locale.ROOT);
    }

    private static String version(ProtocolVersion version) {
        return switch (version) {
            case MQTT_3_1 -> "3.1";
            case MQTT_3_1_1 -> "3.1.1";
            case MQTT_5 -> "5";
        };
    }

    /// @return null where it is not there, or not to be seen
    @Nullable SessionDetails details(long number, BiPredicate<String, Set<String>> visible) {
        assert shard.loop().inEventLoop();
        Session session = sessions.numbered(number);
        AccessRights rights = session == null ? null : rightsOf(session);
        if (session == null
                || rights == null
                || !visible.test(session.key().principalId(), rights.appIds())) {
            return null;
        }
        return new SessionDetails(
                row(session, rights, shard.clock().moment()),
                session.subscriptions().values().stream().limit(MOST_SUBSCRIPTIONS).toList(),
                session.sendQuota(),
                session.receivedCount(),
                sessions.limits().queue().maxMessages(),
                sessions.limits().queue().maxBytes(),
                session.will(),
                session.footprint().bytes());
    }

    /// Ends the connection of a session; that goes on.
    ///
    /// @return false where there is none
    boolean endConnection(long number, ReasonCode reason, String reasonString) {
        assert shard.loop().inEventLoop();
        Session session = sessions.numbered(number);
        Client client = session == null ? null : sessions.client(session.key());
        if (client == null) {
            return false;
        }
        client.end(reason, reasonString);
        return true;
    }

    /// Ends a session with its connection.
    ///
    /// @return false where it is not there
    boolean endSession(long number, ReasonCode reason, String reasonString) {
        assert shard.loop().inEventLoop();
        Session session = sessions.numbered(number);
        if (session == null) {
            return false;
        }
        sessions.oversight().remove(session, reason, reasonString);
        return true;
    }
}
