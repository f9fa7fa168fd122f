package eu.sermas.bus.rest.events;

import eu.sermas.bus.access.Login;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.rest.caller.Caller;
import eu.sermas.bus.rest.caller.EventStreams;
import eu.sermas.bus.rest.caller.Places;
import eu.sermas.bus.rest.caller.StreamLimits;
import eu.sermas.bus.rest.http.EventLog;
import eu.sermas.bus.rest.http.EventStream;
import eu.sermas.bus.rest.http.Refused;
import eu.sermas.bus.rest.http.RestRequest;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/// All event sessions, by the identifier of their log. Each has a place from its beginning until
/// some time after its last reader has gone.
public final class EventSessions {

    private final EventStreams streams;
    private final LocalClients clients;
    private final BiFunction<Login, String, CompletionStage<Boolean>> renewal;
    private final StreamLimits limits;
    private final Places places;
    private final Executor later;
    private final ConcurrentHashMap<String, EventSession> sessions = new ConcurrentHashMap<>();

    public EventSessions(
            EventStreams streams,
            LocalClients clients,
            BiFunction<Login, String, CompletionStage<Boolean>> renewal) {
        this.streams = streams;
        this.clients = clients;
        this.renewal = renewal;
        limits = streams.limits();
        places = streams.places("event sessions");
        later =
                CompletableFuture.delayedExecutor(
                        limits.resumable().toMillis(),
                        TimeUnit.MILLISECONDS,
                        task -> Thread.ofVirtual().name("event-session-end").start(task));
    }

    /// A stream of what is published to these filters. With the `Last-Event-ID` of a session that
    /// is still there it goes on behind that event.
    ///
    /// @throws Refused where a filter is not granted, or there are too many streams
    EventStream open(Caller caller, List<TopicFilter> filters) {
        String lastEventId = RestRequest.current().lastEventId();
        if (lastEventId == null) {
            return read(caller, begin(caller, filters), 0, null);
        }
        EventSession known = sessions.get(lastEventId.replaceFirst("\\..*", ""));
        boolean resumable =
                known != null
                        && known.belongsTo(caller.principal().id())
                        && known.isFor(filters)
                        && !known.log().isEnded();
        if (known == null || !resumable) {
            String gap = "the stream of the last event that was read has ended";
            return read(caller, begin(caller, filters), 0, gap);
        }
        renew(caller, known);
        EventLog log = known.log();
        long asked = log.numberIn(lastEventId);
        long lost = log.lost();
        String gap = asked < lost ? "events were lost: " + (lost - Math.max(0, asked)) : null;
        return read(caller, known, Math.max(asked, lost), gap);
    }

    private void renew(Caller caller, EventSession session) {
        String clientId = session.clientId();
        if (clientId != null) {
            LocalClients.await(renewal.apply(caller.login(), clientId));
        }
    }

    private EventSession begin(Caller caller, List<TopicFilter> filters) {
        String principal = caller.principal().id();
        makeRoom(principal);
        Places.Place place = places.take(caller);
        EventLog log =
                new EventLog(
                        limits.maxEvents(), limits.maxBytes(), caller.shareOf(streams.bytes()));
        EventSession session = new EventSession(principal, filters, log, place);
        sessions.put(log.id(), session);
        try {
            session.begin(clients.connect(caller, session));
        } catch (RuntimeException e) {
            end(session, "not begun");
            throw e;
        }
        return session;
    }

    /// One that nobody reads gives way to one that somebody will.
    private void makeRoom(String principal) {
        if (places.taken(principal) >= limits.maxPerPrincipal()) {
            sessions.values().stream()
                    .filter(session -> session.belongsTo(principal) && !session.isRead())
                    .findFirst()
                    .ifPresent(session -> end(session, "another stream was opened"));
        }
    }

    private EventStream read(
            Caller caller, EventSession session, long position, @Nullable String gap) {
        int reader = session.arrive();
        try {
            return streams.open(
                    caller,
                    session.log(),
                    position,
                    gap,
                    () -> session.obstacle(reader),
                    () -> left(session, reader));
        } catch (Refused e) {
            left(session, reader);
            throw e;
        }
    }

    private void left(EventSession session, int reader) {
        if (!session.leave(reader)) {
            return;
        }
        if (session.log().isEnded()) {
            end(session, "ended");
            return;
        }
        later.execute(
                () -> {
                    if (session.isUnread(reader)) {
                        end(session, "nobody came back to read");
                    }
                });
    }

    private void end(EventSession session, String reason) {
        if (sessions.remove(session.log().id(), session)) {
            if (!streams.isStopping()) { // then the broker ends its clients itself, and its loops
                session.discard(reason);
            }
            session.leavePlace();
        }
    }
}
