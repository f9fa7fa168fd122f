package eu.sermas.bus.broker;

import eu.sermas.bus.access.AccessRights;
import eu.sermas.bus.access.Verdict;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.session.Session;
import eu.sermas.bus.session.SessionKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Holds what the sessions of one event loop have subscribed to against the rights of whoever they
/// belong to now.
final class Reviews {

    static final CompletableFuture<Void> DONE = CompletableFuture.completedFuture(null);

    private final Shard shard;
    private final Router router;
    private final Function<SessionKey, @Nullable Client> clients;

    /// @param clients the one that is connected to a session, or null
    Reviews(Shard shard, Router router, Function<SessionKey, @Nullable Client> clients) {
        this.shard = shard;
        this.router = router;
        this.clients = clients;
    }

    /// Drops the subscriptions that are not granted (any more), and what waits because of them.
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
        if (!dropped.isEmpty()) {
            session.purge(message -> isOnly(dropped, session, message.topic()));
            shard.needsEndOfTurn();
        }
    }

    /// Whether a topic was reached by what was dropped, and is by nothing that is left.
    private static boolean isOnly(List<TopicFilter> dropped, Session session, Topic topic) {
        return dropped.stream().anyMatch(filter -> filter.matches(topic))
                && session.subscriptions().keySet().stream()
                        .noneMatch(filter -> filter.matches(topic));
    }
}
