package eu.sermas.bus.broker;

import eu.sermas.bus.broker.live.Page;
import eu.sermas.bus.broker.live.Reached;
import eu.sermas.bus.broker.live.RetainedRow;
import eu.sermas.bus.broker.live.SessionDetails;
import eu.sermas.bus.broker.live.SessionId;
import eu.sermas.bus.broker.live.SessionQuery;
import eu.sermas.bus.broker.live.SessionRow;
import eu.sermas.bus.broker.live.TopicPlace;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.routing.RetainedWalk;
import eu.sermas.bus.session.Session;
import eu.sermas.bus.time.BusClock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiPredicate;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The broker as people see it, and what they do to single sessions and messages of it.
///
/// For threads that may wait, never for an event loop: each question goes to the loop that owns the
/// answer, a little of it a turn, so that a page costs those who send messages less than a
/// millisecond at a time. What several turns or loops say together was never true at one moment.
/// Who may see or do what is for the caller to know.
public final class Live {

    /// So many turns of loops for one page; it ends early then.
    private static final int MOST_TURNS = 200;

    /// Filters of one session that are named for a topic.
    private static final int MOST_MATCHING = 100;

    private static final int PLACES = 1000;

    private final List<Shard> shards;
    private final List<LiveSessions> sessions;
    private final Router router;
    private final BusClock clock;

    Live(List<Shard> shards, List<Sessions> sessions, Router router, BusClock clock) {
        this.shards = shards;
        this.sessions =
                shards.stream()
                        .map(shard -> new LiveSessions(shard, sessions.get(shard.index())))
                        .toList();
        this.router = router;
        this.clock = clock;
    }

    private <T> T ask(int loop, Function<LiveSessions, T> question) {
        return CompletableFuture.supplyAsync(
                        () -> question.apply(sessions.get(loop)), shards.get(loop).loop()::execute)
                .join();
    }

    // --- sessions

    /// Those that are asked for, as they were made, one loop after the other: who is there all the
    /// time is in exactly one of the pages.
    ///
    /// @param after where the page before it ended, or null for the first
    /// @param limit at least 1
    public Page<SessionRow, SessionId> sessions(
            SessionQuery query, @Nullable SessionId after, int limit) {
        List<SessionRow> rows = new ArrayList<>();
        int loop = after == null ? 0 : after.loop();
        long last = after == null ? 0 : after.number();
        for (int turn = 0; loop < shards.size(); turn++) {
            if (rows.size() == limit || turn == MOST_TURNS) {
                return new Page<>(rows, new SessionId(loop, last));
            }
            long from = last;
            int most = limit - rows.size();
            LiveSessions.Slice slice = ask(loop, owned -> owned.slice(query, from, most));
            rows.addAll(slice.rows());
            loop = slice.isLast() ? loop + 1 : loop;
            last = slice.isLast() ? 0 : slice.last();
        }
        return new Page<>(rows, null);
    }

    /// @return null where it is not there, or not to be seen
    public @Nullable SessionDetails session(
            SessionId id, BiPredicate<String, Set<String>> visible) {
        return isLoop(id) ? ask(id.loop(), owned -> owned.details(id.number(), visible)) : null;
    }

    /// Ends the connection of a session; that goes on as if the network had failed.
    ///
    /// @return false where there is none
    public boolean endConnection(SessionId id, ReasonCode reason, String reasonString) {
        return isLoop(id)
                && ask(id.loop(), owned -> owned.endConnection(id.number(), reason, reasonString));
    }

    /// Ends a session with its connection and all that waits for it. It is off the disk when this
    /// returns.
    ///
    /// @return false where it is not there
    public boolean endSession(SessionId id, ReasonCode reason, String reasonString) {
        boolean ended =
                isLoop(id)
                        && ask(
                                id.loop(),
                                owned -> owned.endSession(id.number(), reason, reasonString));
        if (ended) {
            Shard.flush(List.of(shards.get(id.loop()))).toCompletableFuture().join();
        }
        return ended;
    }

    private boolean isLoop(SessionId id) {
        return id.loop() < shards.size();
    }

    // --- whom a topic reaches

    /// The sessions that are asked for and have a filter that matches the topic, in the order of
    /// [#sessions].
    public Page<Reached, SessionId> reached(
            Topic topic, SessionQuery query, @Nullable SessionId after, int limit) {
        Set<Session> subscribed = new HashSet<>();
        router.subscriptions()
                .forEachMatch(topic, (_, receiver) -> subscribed.add(receiver.subscriber()));
        List<Session> inOrder =
                subscribed.stream()
                        .filter(session -> after == null || idOf(session).compareTo(after) > 0)
                        .sorted(Comparator.comparing(Live::idOf))
                        .toList();
        List<SessionRow> rows = new ArrayList<>();
        int done = 0;
        for (int turn = 0; done < inOrder.size(); turn++) {
            if (rows.size() == limit || turn == MOST_TURNS) {
                return new Page<>(withFilters(topic, inOrder, rows), idOf(inOrder.get(done - 1)));
            }
            List<Session> some =
                    ofOneLoop(inOrder.subList(done, inOrder.size()), limit - rows.size());
            rows.addAll(ask(some.getFirst().loop(), owned -> owned.rows(query, some)));
            done += some.size();
        }
        return new Page<>(withFilters(topic, inOrder, rows), null);
    }

    private static SessionId idOf(Session session) {
        return new SessionId(session.loop(), session.number());
    }

    /// As many of the first as one turn of their loop is asked about.
    private static List<Session> ofOneLoop(List<Session> all, int most) {
        int end = 1;
        while (end < Math.min(Math.min(most, LiveSessions.SHOWN), all.size())
                && all.get(end).loop() == all.getFirst().loop()) {
            end++;
        }
        return all.subList(0, end);
    }

    /// The same with the filters that match, as they are by now.
    private List<Reached> withFilters(Topic topic, List<Session> all, List<SessionRow> rows) {
        Set<SessionId> shown = new HashSet<>();
        rows.forEach(row -> shown.add(row.id()));
        Map<SessionId, List<Reached.Matching>> matching = new HashMap<>();
        Set<Session> wanted = Collections.newSetFromMap(new IdentityHashMap<>());
        all.stream().filter(session -> shown.contains(idOf(session))).forEach(wanted::add);
        Map<SessionId, Integer> counts = new HashMap<>();
        router.subscriptions()
                .forEachMatch(
                        topic,
                        (filter, receiver) -> {
                            if (wanted.contains(receiver.subscriber())) {
                                SessionId id = idOf(receiver.subscriber());
                                List<Reached.Matching> named =
                                        matching.computeIfAbsent(id, _ -> new ArrayList<>());
                                if (counts.merge(id, 1, Integer::sum) <= MOST_MATCHING) {
                                    named.add(
                                            new Reached.Matching(
                                                    filter.get(), receiver.granted().qos()));
                                }
                            }
                        });
        return rows.stream()
                .map(
                        row ->
                                new Reached(
                                        row,
                                        counts.getOrDefault(row.id(), 0),
                                        matching.getOrDefault(row.id(), List.of())))
                .toList();
    }

    // --- retained messages

    /// What is retained and matches, by topic. Each page is found by a walk over all that matches,
    /// which holds up nobody.
    ///
    /// @param after where the page before it ended, or null for the first
    public Page<RetainedRow, TopicPlace> retained(
            TopicFilter filter, @Nullable TopicPlace after, int limit) {
        PriorityQueue<Placed> first =
                new PriorityQueue<>(Comparator.comparing(Placed::place).reversed());
        BusClock.Moment moment = clock.moment();
        RetainedWalk<Message> walk = router.retained().walk(filter);
        boolean isMore = false;
        while (!walk.isOver()) {
            Message message = walk.next(PLACES) ? walk.message() : null;
            if (message == null || message.isExpired(moment.time())) {
                continue;
            }
            Placed found = new Placed(TopicPlace.of(message.topic()), message);
            if (after == null || found.place.compareTo(after) > 0) {
                first.add(found);
            }
            if (first.size() > limit) {
                first.remove();
                isMore = true;
            }
        }
        List<Placed> page = first.stream().sorted(Comparator.comparing(Placed::place)).toList();
        return new Page<>(
                page.stream().map(placed -> row(placed.message, moment)).toList(),
                isMore ? page.getLast().place : null);
    }

    private record Placed(TopicPlace place, Message message) {}

    /// What is retained for a topic, or null.
    public @Nullable RetainedRow retained(Topic topic) {
        BusClock.Moment moment = clock.moment();
        Message message = router.retained().get(topic);
        return message == null || message.isExpired(moment.time()) ? null : row(message, moment);
    }

    private static RetainedRow row(Message message, BusClock.Moment moment) {
        long expiresAt = message.expiresAt();
        return new RetainedRow(
                message, expiresAt == Message.NEVER ? Long.MAX_VALUE : moment.inWorld(expiresAt));
    }

    /// Lets go of what is retained for a topic; subscribers are not told. It is off the disk when
    /// this returns.
    ///
    /// @return false where there is nothing
    public boolean removeRetained(Topic topic) {
        Shard writer = router.loopOf(topic);
        boolean removed =
                CompletableFuture.supplyAsync(
                                () -> {
                                    boolean was = router.retained().remove(topic);
                                    if (was) {
                                        router.retainedRemoved(writer, topic);
                                        writer.needsEndOfTurn();
                                    }
                                    return was;
                                },
                                writer.loop()::execute)
                        .join();
        if (removed) {
            Shard.flush(List.of(writer)).toCompletableFuture().join();
        }
        return removed;
    }
}
