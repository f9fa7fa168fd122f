package eu.sermas.bus.broker;

import eu.sermas.bus.access.AccessRights;
import eu.sermas.bus.access.ExplainedByVerdict;
import eu.sermas.bus.access.LocalRights;
import eu.sermas.bus.access.Rule;
import eu.sermas.bus.access.Verdict;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Rights that a test makes up for publishing and subscribing.
public abstract class MadeUpRights implements LocalRights, ExplainedByVerdict {

    /// Rights to everything but what begins with this.
    public static AccessRights without(String prefix) {
        return new MadeUpRights() {
            @Override
            public Verdict mayPublish(Topic topic) {
                return verdict(topic.name());
            }

            @Override
            public Verdict maySubscribe(TopicFilter filter) {
                return verdict(filter.unshared());
            }

            private Verdict verdict(String name) {
                return name.startsWith(prefix)
                        ? Verdict.denied(Rule.MISSING_GRANT, "missing grant: " + prefix)
                        : Verdict.ALLOWED;
            }
        };
    }

    @Override
    public Set<String> appIds() {
        return Set.of("t");
    }

    @Override
    public Verdict mayCall(String resource, String scope, @Nullable String appId) {
        return Verdict.denied(Rule.SYSTEM_TOPIC, "not a REST client");
    }
}
