package eu.sermas.bus.simulation;

import eu.sermas.bus.access.ExplainedByVerdict;
import eu.sermas.bus.access.LocalRights;
import eu.sermas.bus.access.Rule;
import eu.sermas.bus.access.Verdict;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// Rights of one client: to everything but what is taken away from it, and where somebody else
/// decides, only after a while.
final class SimulatedRights implements LocalRights, ExplainedByVerdict {

    private static final long REVIEW_MILLIS = 3_000;
    private static final Verdict NO = Verdict.denied(Rule.MISSING_GRANT, "taken away");

    /// What somebody else has been asked, and has not answered yet.
    static final class Questions {
        private final Random random;
        private final List<CompletableFuture<Verdict>> open = new ArrayList<>();

        Questions(Random random) {
            this.random = random;
        }

        private CompletionStage<Verdict> ask() {
            CompletableFuture<Verdict> answer = new CompletableFuture<>();
            open.add(answer);
            return answer;
        }

        boolean isEmpty() {
            return open.isEmpty();
        }

        /// Any one of them is answered.
        void answerOne() {
            open.remove(random.nextInt(open.size())).complete(Verdict.ALLOWED);
        }

        /// Who has asked is no more.
        void forget() {
            open.clear();
        }
    }

    private final Set<String> takenAway;
    private final @Nullable Questions questions;

    /// @param takenAway filters and topics
    /// @param questions where the rest is decided, or null where it is granted
    SimulatedRights(Set<String> takenAway, @Nullable Questions questions) {
        this.takenAway = takenAway;
        this.questions = questions;
    }

    /// Whether somebody else decides.
    boolean isRemote() {
        return questions != null;
    }

    boolean allows(String filterOrTopic) {
        return !takenAway.contains(filterOrTopic);
    }

    @Override
    public Set<String> appIds() {
        return Set.of("t");
    }

    @Override
    public Verdict mayPublish(Topic topic) {
        return verdict(topic.name());
    }

    @Override
    public Verdict maySubscribe(TopicFilter filter) {
        return verdict(filter.text());
    }

    private Verdict verdict(String name) {
        return !allows(name) ? NO : questions == null ? Verdict.ALLOWED : Verdict.UNDECIDED;
    }

    @Override
    public CompletionStage<Verdict> decidePublish(Topic topic) {
        return decide(mayPublish(topic));
    }

    @Override
    public CompletionStage<Verdict> decideSubscribe(TopicFilter filter) {
        return decide(maySubscribe(filter));
    }

    private CompletionStage<Verdict> decide(Verdict known) {
        return questions != null && known.isUndecided()
                ? questions.ask()
                : CompletableFuture.completedStage(known);
    }

    @Override
    public long reviewMillis() {
        return questions == null ? Long.MAX_VALUE : REVIEW_MILLIS;
    }

    @Override
    public Verdict mayCall(String resource, String scope, @Nullable String appId) {
        return NO;
    }
}
