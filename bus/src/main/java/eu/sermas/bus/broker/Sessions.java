package eu.sermas.bus.broker;

import eu.sermas.bus.access.AccessRights;
import eu.sermas.bus.access.Login;
import eu.sermas.bus.access.Sender;
import eu.sermas.bus.journal.Journal;
import eu.sermas.bus.journal.SavedSession;
import eu.sermas.bus.journal.SessionRecord;
import eu.sermas.bus.journal.SubscriptionRecord;
import eu.sermas.bus.metrics.Count;
import eu.sermas.bus.metrics.Faults;
import eu.sermas.bus.packet.ConnAck;
import eu.sermas.bus.packet.Connect;
import eu.sermas.bus.packet.Packet;
import eu.sermas.bus.packet.Property;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.packet.Will;
import eu.sermas.bus.session.Account;
import eu.sermas.bus.session.Connection;
import eu.sermas.bus.session.ConnectionMemory;
import eu.sermas.bus.session.Footprint;
import eu.sermas.bus.session.Session;
import eu.sermas.bus.session.SessionKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// The sessions that one event loop owns, from the first CONNECT to their expiry.
///
/// A session is in one of two states: it has a [Client], or an [Absence] that says since when it
/// has none. Every change between them goes through [#connect], [#departed] and [#end].
final class Sessions {

    private static final long CHECK_MILLIS = 500;
    private static final long SWEEP_MILLIS = 10_000;
    static final long NEVER_EXPIRES = 0xFFFF_FFFFL;

    private final Shard shard;
    private final Router router;
    private final Limits limits;
    private final Features features;
    private final TokenCheck tokens;
    private final Usages usages;
    private final Wills wills;
    private final Reviews reviews;
    private final Ending ending;
    private final Oversight oversight;
    private final Map<SessionKey, Session> sessions = new HashMap<>();

    /// The same by [Session#number], so that somebody can go through them in several turns.
    private final TreeMap<Long, Session> inOrder = new TreeMap<>();

    private long made;
    private final Map<SessionKey, Client> clients = new HashMap<>();
    private final Map<SessionKey, Absence> absences = new HashMap<>();

    /// Sessions of an earlier process that were about to end.
    private final List<Session> twins = new ArrayList<>(0);

    /// What an earlier process had not yet sent of the retained messages of subscriptions.
    private final List<RetainedFeed> restored = new ArrayList<>(0);

    Sessions(
            Shard shard,
            Router router,
            Limits limits,
            Features features,
            TokenCheck tokens,
            Usages usages) {
        this.usages = usages;
        this.shard = shard;
        this.router = router;
        this.limits = limits;
        this.features = features;
        this.tokens = tokens;
        this.wills = new Wills(shard, router);
        this.reviews = new Reviews(shard, router, clients::get);
        this.ending = new Ending(shard, router, wills);
        this.oversight = new Oversight(shard, this, wills, reviews);
        shard.deadlines().add(0, this::checkTimes);
        shard.deadlines().add(shard.now() + SWEEP_MILLIS, this::sweep);
    }

    Router router() {
        return router;
    }

    Limits limits() {
        return limits;
    }

    Features features() {
        return features;
    }

    TokenCheck tokens() {
        return tokens;
    }

    Reviews reviews() {
        return reviews;
    }

    Oversight oversight() {
        return oversight;
    }

    // --- who is there

    /// All of them, as they are now.
    List<Session> all() {
        return List.copyOf(sessions.values());
    }

    /// Those with larger numbers, as they are when somebody looks, by their numbers.
    NavigableMap<Long, Session> after(long number) {
        return inOrder.tailMap(number, false);
    }

    /// The one with this number, or null.
    @Nullable Session numbered(long number) {
        return inOrder.get(number);
    }

    /// All who are connected now.
    List<Client> clients() {
        return List.copyOf(clients.values());
    }

    /// The one that is connected to this session, or null.
    @Nullable Client client(SessionKey key) {
        return clients.get(key);
    }

    /// That of a session whose client is away, or null.
    @Nullable Absence absence(SessionKey key) {
        return absences.get(key);
    }

    int connected() {
        return clients.size();
    }

    int size() {
        return sessions.size();
    }

    // --- coming and going

    /// Why this client may not connect now, or null. One that takes the place of its own connection
    /// needs no other.
    @Nullable Violation refusal(Connect connect, Login login, String clientId) {
        assert shard.loop().inEventLoop();
        String obstacle = tokens.obstacle(login);
        if (obstacle != null) {
            return new Violation(ReasonCode.NOT_AUTHORIZED, obstacle);
        }
        SessionKey key = new SessionKey(login.principal().id(), clientId);
        AppUsage usage = usages.of(login.principal());
        String overQuota =
                usage == null || clients.containsKey(key) ? null : usage.refusesConnection();
        if (overQuota == null) {
            overQuota = refusesMemory(connect, key, login.rights());
        }
        return overQuota == null
                ? wills.refusal(connect, key, login.current().rights())
                : new Violation(ReasonCode.QUOTA_EXCEEDED, overQuota);
    }

    /// Why there is no memory for what a client asks for with CONNECT, or null. What it has already
    /// is counted.
    private @Nullable String refusesMemory(Connect connect, SessionKey key, AccessRights rights) {
        Will will = connect.will();
        long asked =
                (sessions.containsKey(key)
                                ? 0
                                : Footprint.ofSession(key) + ConnectionMemory.ofConnection())
                        + (will == null ? 0 : will.cost());
        if (asked == 0) {
            return null;
        }
        Account account = shard.accounts().open(rights.appIds());
        boolean hasRoom = account.hasRoom(asked);
        shard.accounts().close(account);
        return hasRoom ? null : "the memory for sessions is full";
    }

    /// Makes or takes over the session, answers with CONNACK, and goes on with what was on its way.
    Client connect(
            Connect connect,
            String clientId,
            boolean assigned,
            Login login,
            Connection connection) {
        assert shard.loop().inEventLoop();
        SessionKey key = new SessionKey(login.principal().id(), clientId);
        Forgetting forgetting = new Forgetting();
        Session known = comeBack(key, connect.cleanStart(), forgetting);
        Session session = // [MQTT-3.1.2-6]
                known != null ? known : make(key, login.rights());
        sessions.put(key, session);
        ConnAckAnswer answer = ConnAckAnswer.to(connect, clientId, assigned, limits, features);
        session.expiryInterval(answer.sessionExpiry());
        keep(session);
        session.welcome();
        Will will = stamped(connect.will(), login);
        session.will(will); // [MQTT-3.1.2-7]
        keepWill(session);
        wills.judge(session, login.rights());
        Client client =
                new Client(
                        shard,
                        this,
                        session,
                        connection,
                        login,
                        usages.of(login.principal()),
                        answer.keepAlive(),
                        connect.properties().text(Property.AUTHENTICATION_METHOD));
        clients.put(key, client);
        CompletableFuture<Void> reviewed =
                known == null ? Reviews.DONE : reviews.review(session, login.rights());
        shard.metrics().increment(Count.CONNECTIONS_ACCEPTED);
        // The only CONNACK of the connection [MQTT-3.2.0-1] [MQTT-3.2.0-2] [MQTT-3.1.4-5]
        // [MQTT-3.2.2-2] [MQTT-3.2.2-3].
        ConnAck packet = answer.packet(known != null);
        int receiveMaximum = receiveMaximum(connect);
        Runnable begin =
                () -> {
                    if (clients.get(key) == client) {
                        begin(session, connection, packet, receiveMaximum);
                        connection.reading(true);
                    }
                };
        if (reviewed.isDone()
                && !session.isToBeRestored()
                && !mayWaitForDisk(session, forgetting)) {
            begin(session, connection, packet, receiveMaximum);
        } else {
            // What CONNACK says of the session has to hold after a crash too.
            connection.reading(false);
            reviewed.thenRun(
                    () ->
                            forgetting.then(
                                    () ->
                                            session.testament()
                                                    .afterLeft(() -> recorded(session, begin))));
        }
        shard.needsEndOfTurn();
        return client;
    }

    /// What was on its way is in memory too.
    private static void recorded(Session session, Runnable begin) {
        session.afterRecord(() -> session.afterRestore(begin));
    }

    /// The will as it goes out one day: what it says of its publisher is known now.
    private @Nullable Will stamped(@Nullable Will will, Login login) {
        return will == null || !features.namesSender()
                ? will
                : new Will(
                        will.topic(),
                        will.payload(),
                        will.qos(),
                        will.retain(),
                        Sender.stamp(will.properties(), Sender.of(login.principal())));
    }

    private boolean mayWaitForDisk(Session session, Forgetting forgetting) {
        Journal journal = shard.journal();
        return journal != null
                && journal.failure() == null
                && (session.recordLog() != null || forgetting.isAsked());
    }

    private void begin(Session session, Connection connection, ConnAck packet, int receiveMaximum) {
        connection.send(packet);
        session.attach(connection, receiveMaximum, shard.now());
        shard.needsEndOfTurn();
    }

    /// @param rights those of its principal, or null where there is no such principal any more
    private Session make(SessionKey key, @Nullable AccessRights rights) {
        Account account = shard.accounts().open(rights == null ? Set.of() : rights.appIds());
        Session session =
                new Session(
                        key, shard.index(), limits.queue(), account, shard.tally(), shard::later);
        session.number(++made);
        inOrder.put(made, session);
        return session;
    }

    /// A session that outlives its connection outlives the process too.
    private void keep(Session session) {
        Journal journal = shard.journal();
        if (journal != null && session.log() == null && session.expiryInterval() > 0) {
            session.keepIn(journal.open(session));
        }
    }

    /// A will that somebody may count on is published by the next process where this one dies, also
    /// for a session that ends with its connection.
    private void keepWill(Session session) {
        Journal journal = shard.journal();
        Will will = session.will();
        if (journal != null
                && session.recordLog() == null
                && will != null
                && (will.retain() || will.qos() != QoS.AT_MOST_ONCE)) {
            session.keepRecordIn(journal.open(session));
        }
    }

    /// Takes over a session of an earlier process, whose client has gone away. Time goes on for it
    /// with [#resume].
    ///
    /// @param rights those of its principal, or null where there is no such principal any more
    /// @param lastAlive until when the earlier process may have been there, milliseconds of the
    ///   time of the bus
    void restore(SavedSession saved, @Nullable RightsWhileAway rights, long lastAlive) {
        Journal journal = Objects.requireNonNull(shard.journal());
        SessionRecord record = saved.record();
        SessionKey key = new SessionKey(record.principalId(), record.clientId());
        Session session = make(key, rights == null ? null : rights.rights());
        long since = record.absentSince() == 0 ? lastAlive : record.absentSince();
        session.restore(saved, journal.reopen(session, saved), since);
        session.subscriptions()
                .values()
                .forEach(
                        held ->
                                router.subscriptions()
                                        .add(session, held.subscription(), held.identifier()));
        for (SubscriptionRecord held : saved.subscriptions()) {
            if (held.bringsRetained()) {
                TopicFilter filter = held.subscription().filter();
                RetainedFeed feed = new RetainedFeed(shard, router.retained(), session, filter);
                session.feed(feed);
                restored.add(feed);
            }
        }
        Session twin = sessions.put(key, session);
        if (twin != null) {
            // The end of an earlier session of this client did not get onto the disk any more.
            twins.add(twin);
        }
        if (rights != null) {
            wills.restored(session, record.willVerdict(), rights);
            absences.put(key, new Absence(session, since, Long.MAX_VALUE, rights.rights()));
        }
    }

    /// All sessions of all loops are there again: what is due of wills and expiry takes its course,
    /// and what nobody may any more ends.
    void resume() {
        Faults faults = shard.metrics().faults();
        faults.each("the end of a session of an earlier process", twins, this::endTwin);
        twins.clear();
        List<RetainedFeed> feeds = List.copyOf(restored);
        restored.clear();
        shard.transit()
                .await(
                        () ->
                                faults.each(
                                        "retained messages for a session",
                                        feeds,
                                        RetainedFeed::begin));
        faults.each("a session of an earlier process", all(), this::resume);
    }

    /// Ends a session in whose place its client has a later one. Its will may not have arrived yet,
    /// and is due.
    private void endTwin(Session twin) {
        Absence later = absences.get(twin.key());
        end(twin, later == null ? null : later.rights(), () -> {});
    }

    private void resume(Session session) {
        Absence absence = takeAbsence(session.key());
        if (absence == null) {
            end(session);
        } else {
            reviews.review(session, absence.rights());
            absent(session, absence.since(), absence.rights());
        }
    }

    /// What is left of the session before this connection, after the old connection and, for a
    /// clean start, the old session have ended.
    private @Nullable Session comeBack(SessionKey key, boolean cleanStart, Forgetting forgetting) {
        Session known = sessions.get(key);
        if (known == null) {
            return null;
        }
        Client before = clients.remove(key);
        Absence absence = takeAbsence(key);
        boolean wasAnswered = before == null || known.isOnline();
        AccessRights rights =
                before != null
                        ? before.login().rights()
                        : absence != null ? absence.rights() : null;
        boolean ends =
                cleanStart
                        || known.expiryInterval() == 0
                        || (absence != null && shard.now() >= absence.expiresAt());
        if (before != null) {
            before.takenOver(); // [MQTT-3.1.4-3]
            shard.metrics().increment(Count.CONNECTIONS_CLOSED);
        }
        Will will = known.will();
        if (ends) {
            if (known.recordLog() != null) {
                forgetting.ask();
            }
            end(known, rights, forgetting::done); // [MQTT-3.1.2-4] [MQTT-3.1.2-8] [MQTT-3.1.4-4]
            return null;
        }
        boolean isDue = // that of a connection which never got its CONNACK is nobody's last word
                will != null
                        && wasAnswered
                        && (absence == null
                                ? will.delaySeconds() == 0
                                : absence.hasLasted(will.delaySeconds(), shard.now()));
        if (isDue && rights != null) {
            forgetting.ask();
            wills.publish(known, rights, forgetting::done); // [MQTT-3.1.2-8]
        }
        known.will(null); // [MQTT-3.1.3-9]
        return known; // [MQTT-3.1.2-5]
    }

    private static int receiveMaximum(Connect connect) {
        return (int) connect.properties().number(Property.RECEIVE_MAXIMUM, Packet.MAX_PACKET_ID);
    }

    /// A client has lost its connection or given it up.
    void departed(Client client) {
        Session session = client.session();
        SessionKey key = session.key();
        clients.remove(key);
        long now = shard.now();
        session.detach(now);
        shard.metrics().increment(Count.CONNECTIONS_CLOSED);
        absent(session, now, client.login().rights());
        shard.needsEndOfTurn();
    }

    /// What follows when a client has gone away.
    private void absent(Session session, long since, AccessRights rights) {
        long expiry = session.expiryInterval();
        // [MQTT-3.1.2-23]
        long expiresAt = expiry == NEVER_EXPIRES ? Long.MAX_VALUE : since + expiry * 1000;
        Absence absence = new Absence(session, since, expiresAt, rights);
        Will will = session.will();
        if (expiry == 0) {
            end(session, absence.rights(), () -> {}); // [MQTT-4.1.0-2]
            return;
        }
        absences.put(session.key(), absence);
        if (will != null) {
            after(will.delaySeconds(), absence, () -> wills.publish(session, absence.rights()));
        }
        if (expiry != NEVER_EXPIRES) {
            after(expiry, absence, () -> expire(absence)); // [MQTT-4.1.0-2]
        }
    }

    /// Does something after so many seconds, unless the client has come back by then.
    private void after(long seconds, Absence absence, Runnable task) {
        if (seconds == 0) {
            task.run();
            return;
        }
        absence.add(shard.deadlines().add(absence.since() + seconds * 1000, task));
    }

    /// The absence of a session is over.
    private @Nullable Absence takeAbsence(SessionKey key) {
        Absence absence = absences.remove(key);
        if (absence != null) {
            absence.over();
        }
        return absence;
    }

    void expire(Absence absence) {
        takeAbsence(absence.session().key());
        end(absence.session(), absence.rights(), () -> {}); // [MQTT-3.1.2-8]
    }

    /// Completes when all messages that ended sessions leave to others are with those.
    CompletionStage<Void> allHandedOver() {
        return ending.allHandedOver();
    }

    private void end(Session session) {
        end(session, null, () -> {});
    }

    private void end(Session session, @Nullable AccessRights rights, Runnable forgotten) {
        sessions.remove(session.key(), session);
        inOrder.remove(session.number());
        ending.of(session, rights, forgotten);
    }

    /// The Session Expiry Interval to use where the client asks for this one.
    long bounded(long asked) {
        return Math.min(asked, limits.maxSessionExpiry());
    }

    // --- time

    private void sweep() {
        long now = shard.now();
        shard.routes().sweep();
        absences.values().forEach(absence -> absence.session().dropExpired(now));
        shard.needsEndOfTurn();
        shard.deadlines().add(now + SWEEP_MILLIS, this::sweep);
    }

    private void checkTimes() {
        long now = shard.now();
        shard.metrics()
                .faults()
                .each("the time of a client", clients(), client -> client.checkTime(now));
        shard.deadlines().add(now + CHECK_MILLIS, this::checkTimes);
    }
}
