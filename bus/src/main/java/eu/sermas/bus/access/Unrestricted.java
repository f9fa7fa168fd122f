package eu.sermas.bus.access;

import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import java.util.Collection;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Rights without a look at grants.
enum Unrestricted implements LocalRights {
    OPEN {
        @Override
        public Verdict mayPublish(Topic topic) {
            return topic.isOfServer() ? SERVER_ONLY : Verdict.ALLOWED;
        }
    },
    SYSTEM {
        @Override
        public Verdict mayPublish(Topic topic) {
            return Verdict.ALLOWED;
        }
    };

    private static final Verdict SERVER_ONLY =
            Verdict.denied(Rule.SYSTEM_TOPIC, "topic of the server itself: $SYS/...");

    @Override
    public Set<String> appIds() {
        return Set.of();
    }

    @Override
    public Verdict maySubscribe(TopicFilter filter) {
        return Verdict.ALLOWED;
    }

    @Override
    public Verdict mayCall(String resource, String scope, @Nullable String appId) {
        return Verdict.ALLOWED;
    }

    @Override
    public Verdict mayHandOut(String appId, Collection<String> grants) {
        return Verdict.ALLOWED;
    }

    @Override
    public Explanation explainPublish(Topic topic) {
        Verdict verdict = mayPublish(topic);
        return verdict.isAllowed() ? everything() : Explanation.of(verdict);
    }

    @Override
    public Explanation explainSubscribe(TopicFilter filter) {
        return everything();
    }

    @Override
    public Explanation explainCall(String resource, String scope, @Nullable String appId) {
        return everything();
    }

    private Explanation everything() {
        return Explanation.allowed(this == OPEN ? Rule.OPEN_BROKER : Rule.SYSTEM_CLIENT, null);
    }
}
