package eu.sermas.bus.broker;

import eu.sermas.bus.access.Explanation;
import eu.sermas.bus.access.LocalRights;
import eu.sermas.bus.access.Rule;
import eu.sermas.bus.access.Verdict;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Rights that a test makes up for publishing and subscribing.
abstract class MadeUpRights implements LocalRights {

    @Override
    public Set<String> appIds() {
        return Set.of("t");
    }

    @Override
    public Verdict mayCall(String resource, String scope, @Nullable String appId) {
        return Verdict.denied(Rule.SYSTEM_TOPIC, "not a REST client");
    }

    @Override
    public Explanation explainPublish(Topic topic) {
        return Explanation.of(mayPublish(topic));
    }

    @Override
    public Explanation explainSubscribe(TopicFilter filter) {
        return Explanation.of(maySubscribe(filter));
    }

    @Override
    public Explanation explainCall(String resource, String scope, @Nullable String appId) {
        return Explanation.of(mayCall(resource, scope, appId));
    }
}
