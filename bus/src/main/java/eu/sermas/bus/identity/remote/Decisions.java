package eu.sermas.bus.identity.remote;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// What the decision server has said, and for how long that counts. An answer is remembered under
/// everything it depends on, so nobody gets another one's. Safe for all threads.
final class Decisions {

    static final String AUTH = "/auth";
    static final String SUPERUSER = "/auth/su";
    static final String ACL = "/acl";

    /// As mosquitto numbers them.
    static final int WRITE = 2;

    static final int SUBSCRIBE = 4;

    /// One question.
    ///
    /// @param token the SHA-256 of it
    /// @param access 0 for questions about no topic; topic and client are empty then
    record Question(String path, String token, String clientId, String topic, int access) {

        Map<String, String> parameters() {
            if (access == 0) {
                return Map.of();
            }
            Map<String, String> parameters = new LinkedHashMap<>();
            parameters.put("acc", String.valueOf(access));
            parameters.put("clientid", clientId);
            parameters.put("topic", topic);
            return parameters;
        }
    }

    private record Decision(boolean yes, long at) {}

    private final DecisionServer server;
    private final LongSupplier nanoTime;
    private final long fresh;
    private final long stale;
    private final Cache<Question, Decision> remembered;
    private final Map<Question, CompletableFuture<Boolean>> open = new ConcurrentHashMap<>();

    Decisions(DecisionServer server, RemoteSettings settings, LongSupplier nanoTime) {
        this.server = server;
        this.nanoTime = nanoTime;
        this.fresh = settings.fresh().toNanos();
        this.stale = Math.max(fresh, settings.stale().toNanos());
        this.remembered = Caffeine.newBuilder().maximumSize(settings.remembered()).build();
    }

    /// The answer, where there is one that counts; else null. While nobody can be asked, the last
    /// one counts.
    @Nullable Boolean known(Question question) {
        return within(question, server.isPausing() ? stale : fresh);
    }

    /// The last answer, where it may still count in need; else null.
    @Nullable Boolean last(Question question) {
        return within(question, stale);
    }

    private @Nullable Boolean within(Question question, long age) {
        Decision decision = remembered.getIfPresent(question);
        if (decision == null) {
            return null;
        }
        return nanoTime.getAsLong() - decision.at() <= age ? decision.yes() : null;
    }

    /// Asks, unless the answer is known or on its way already.
    ///
    /// @return completes with the answer, the last one where there is no other; or with a
    ///   [RemoteUnavailableException]
    CompletableFuture<Boolean> decide(Question question, String token) {
        Boolean known = known(question);
        return known != null
                ? CompletableFuture.completedFuture(known)
                : open.computeIfAbsent(question, _ -> ask(question, token));
    }

    private CompletableFuture<Boolean> ask(Question question, String token) {
        CompletableFuture<Boolean> answered =
                server.ask(question.path(), token, question.parameters())
                        .handle((answer, failure) -> settle(question, answer, failure));
        // Off the caller's stack, which holds the map.
        return answered.whenCompleteAsync((_, _) -> open.remove(question));
    }

    private boolean settle(
            Question question, @Nullable Boolean answer, @Nullable Throwable failure) {
        if (answer != null) {
            remembered.put(question, new Decision(answer, nanoTime.getAsLong()));
            return answer;
        }
        Boolean last = last(question);
        if (last != null) {
            return last;
        }
        throw failure instanceof RemoteUnavailableException unavailable
                ? unavailable
                : new RemoteUnavailableException("decision server: does not answer");
    }
}
