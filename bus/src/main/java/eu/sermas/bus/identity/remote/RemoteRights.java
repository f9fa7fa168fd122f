package eu.sermas.bus.identity.remote;

import eu.sermas.bus.access.AccessRights;
import eu.sermas.bus.access.Claims;
import eu.sermas.bus.access.ExplainedByVerdict;
import eu.sermas.bus.access.PlatformTopics;
import eu.sermas.bus.access.Rule;
import eu.sermas.bus.access.Verdict;
import eu.sermas.bus.identity.remote.Decisions.Question;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.time.BusClock;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The rights of one client, as the decision server has them. What it has not said yet is
/// undecided; who asks all the same waits for the answer.
final class RemoteRights implements ExplainedByVerdict {

    private static final Verdict DENIED =
            Verdict.denied(Rule.REMOTE, "refused by the decision server");
    private static final Verdict UNAVAILABLE =
            Verdict.denied(Rule.REMOTE, "not decided: the decision server does not answer");

    private final Decisions decisions;
    private final String token;
    private final String fingerprint;
    private final String clientId;
    private final Set<String> appIds;
    private final long deadline;
    private final long reviewMillis;
    private final BusClock clock;

    /// @param fingerprint of the token
    /// @param expiresAt milliseconds since the epoch
    RemoteRights(
            Decisions decisions,
            String token,
            String fingerprint,
            String clientId,
            Set<String> appIds,
            long expiresAt,
            long reviewMillis,
            BusClock clock) {
        this.decisions = decisions;
        this.token = token;
        this.fingerprint = fingerprint;
        this.clientId = clientId;
        this.appIds = appIds;
        this.deadline = clock.deadline(expiresAt);
        this.reviewMillis = reviewMillis;
        this.clock = clock;
    }

    /// Those that the token names; the decision server has the say.
    @Override
    public Set<String> appIds() {
        return appIds;
    }

    @Override
    public Verdict mayPublish(Topic topic) {
        Verdict refusal = refusal(topic);
        return refusal == null ? verdict(decisions.known(toPublish(topic))) : refusal;
    }

    @Override
    public Verdict maySubscribe(TopicFilter filter) {
        return verdict(decisions.known(toSubscribe(filter)));
    }

    @Override
    public CompletionStage<Verdict> decidePublish(Topic topic) {
        Verdict refusal = refusal(topic);
        return refusal == null
                ? decide(toPublish(topic))
                : CompletableFuture.completedFuture(refusal);
    }

    /// What the platform says of apps, its system clients alone may say, and those are no clients
    /// of this kind.
    private static @Nullable Verdict refusal(Topic topic) {
        return topic.levels()[0].equals("app") ? PlatformTopics.refusal(topic.levels()) : null;
    }

    @Override
    public CompletionStage<Verdict> decideSubscribe(TopicFilter filter) {
        return decide(toSubscribe(filter));
    }

    private Question toPublish(Topic topic) {
        return question(topic.name(), Decisions.WRITE);
    }

    private Question toSubscribe(TopicFilter filter) {
        return question(filter.unshared(), Decisions.SUBSCRIBE);
    }

    private Question question(String topic, int access) {
        return new Question(Decisions.ACL, fingerprint, clientId, topic, access);
    }

    private static Verdict verdict(@Nullable Boolean answer) {
        if (answer == null) {
            return Verdict.UNDECIDED;
        }
        return answer ? Verdict.ALLOWED : DENIED;
    }

    /// Of a token that has expired, the server would say no to everything; what it said last then
    /// stands for the will, which is published after that.
    private CompletableFuture<Verdict> decide(Question question) {
        if (clock.now() >= deadline) {
            Boolean last = decisions.last(question);
            return CompletableFuture.completedFuture(last == null ? UNAVAILABLE : verdict(last));
        }
        return decisions
                .decide(question, token)
                .handle((answer, _) -> answer == null ? UNAVAILABLE : verdict(answer));
    }

    @Override
    public boolean isCertain() {
        return true;
    }

    @Override
    public long reviewMillis() {
        return reviewMillis;
    }

    @Override
    public Verdict mayCall(String resource, String scope, @Nullable String appId) {
        return Verdict.denied(Rule.REMOTE, "calls need a token of this bus");
    }

    @Override
    public List<TopicFilter> narrow(TopicFilter filter) {
        return List.of();
    }

    @Override
    public AccessRights boundTo(Supplier<Claims> claims) {
        return this;
    }

    @Override
    public Verdict mayHandOut(String appId, Collection<String> grants) {
        return Verdict.denied(Rule.MISSING_GRANT, "missing grant: *");
    }

    @Override
    public AccessRights now() {
        return this;
    }

    @Override
    public AccessRights boundLike(AccessRights earlier) {
        return this;
    }
}
