package eu.sermas.bus.broker;

import eu.sermas.bus.access.AccessRights;
import eu.sermas.bus.access.Verdict;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.routing.Matches;
import eu.sermas.bus.session.Session;
import eu.sermas.bus.session.SessionKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Holds what the sessions of one event loop have subscribed to against the rights of whoever they
/// belong to now.
final class Reviews {

    static final CompletableFuture<Void> DONE = CompletableFuture.completedFuture(null);

    /// Topics of which the answer is remembered while the messages of a session are gone through.
    private static final int MAX_TOPICS = 1_000;

    private final Shard shard;
    private final Router router;
    private final Function<SessionKey, @Nullable Client> clients;

    /// @param clients the one that is connected to a session, or null
    Reviews(Shard shard, Router router, Function<SessionKey, @Nullable Client> clients) {
        this.shard = shard;
        this.router = router;
        this.clients = clients;
    }

    /// Drops the subscriptions that are not granted (any more), and the messages that wait or are
    /// in flight because of them.
    ///
    /// @return completes on the loop when that is done
    CompletableFuture<Void> review(Session session, AccessRights rights) {
        Map<TopicFilter, CompletableFuture<Verdict>> asked = new LinkedHashMap<>();
        for (TopicFilter filter : session.subscriptions().keySet()) {
            asked.put(filter, rights.decideSubscribe(filter).toCompletableFuture());
        }
        CompletableFuture<Void> answered =
                CompletableFuture.allOf(asked.values().toArray(CompletableFuture[]::new));
        if (answered.isDone()) {
            dropUngranted(session, rights, asked);
            return DONE;
        }
        return answered.thenRunAsync(
                () -> dropUngranted(session, rights, asked), shard.loop()::execute);
    }

    private void dropUngranted(
            Session session,
            AccessRights rights,
            Map<TopicFilter, CompletableFuture<Verdict>> verdicts) {
        List<TopicFilter> dropped = new ArrayList<>(0);
        Client client = clients.apply(session.key());
        verdicts.forEach(
                (filter, verdict) -> {
                    String reason = verdict.join().reason();
                    if (reason == null && !verdict.join().uses().allowsRetained()) {
                        session.stopFeed(filter);
                    }
                    if (reason != null && session.subscriptions().containsKey(filter)) {
                        router.subscriptions().remove(session, filter);
                        session.unsubscribe(filter);
                        dropped.add(filter);
                        shard.denials().subscribe(session.key(), rights, filter, verdict.join());
                        if (client != null) {
                            client.renewal().dropped(filter, reason);
                            client.connection().dropped(filter, reason);
                        }
                    }
                });
        Map<Topic, Boolean> withdrawn = new HashMap<>();
        session.purge(
                message -> {
                    if (withdrawn.size() >= MAX_TOPICS) {
                        withdrawn.clear(); // a queue on disk may have any number
                    }
                    return withdrawn.computeIfAbsent(
                            message.topic(), topic -> isWithdrawn(topic, session, dropped, rights));
                },
                shard.now());
        shard.needsEndOfTurn();
    }

    /// Whether messages of a topic are for the session no more: none of its subscriptions reaches
    /// them, and they came by one that was dropped, or by one that it gave up itself and could not
    /// have now.
    private boolean isWithdrawn(
            Topic topic, Session session, List<TopicFilter> dropped, AccessRights rights) {
        return !isReached(session, topic)
                && (dropped.stream().anyMatch(filter -> filter.matches(topic))
                        || !rights.maySubscribe(TopicFilter.of(topic.name())).isAllowed());
    }

    private boolean isReached(Session session, Topic topic) {
        Matches<Session> matches = router.subscriptions().match(topic);
        return Stream.concat(
                        matches.receivers().stream(),
                        matches.groups().stream().flatMap(group -> group.members().stream()))
                .anyMatch(receiver -> receiver.subscriber() == session);
    }
}
