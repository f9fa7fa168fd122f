package eu.sermas.bus.access;

import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import org.jspecify.annotations.Nullable;

/// Rights that have no more to say about a decision than the decision itself. Not in
/// [AccessRights], whose constants are of its own kind: with default methods, two threads that
/// begin with one and the other would wait for each other.
public interface ExplainedByVerdict extends AccessRights {

    @Override
    default Explanation explainPublish(Topic topic) {
        return Explanation.of(mayPublish(topic));
    }

    @Override
    default Explanation explainSubscribe(TopicFilter filter) {
        return Explanation.of(maySubscribe(filter));
    }

    @Override
    default Explanation explainCall(String resource, String scope, @Nullable String appId) {
        return Explanation.of(mayCall(resource, scope, appId));
    }
}
