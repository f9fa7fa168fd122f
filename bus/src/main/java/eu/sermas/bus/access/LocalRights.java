package eu.sermas.bus.access;

import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Rights that are decided here and now, and that do not depend on more of a token than whose it
/// is, unless they say so.
public interface LocalRights extends AccessRights {

    @Override
    default List<TopicFilter> narrow(TopicFilter filter) {
        return List.of();
    }

    @Override
    default Verdict mayHandOut(String appId, Collection<String> grants) {
        return Verdict.denied(Rule.MISSING_GRANT, Explanation.MISSING + "*");
    }

    @Override
    default AccessRights boundTo(Supplier<Claims> token) {
        return this;
    }

    @Override
    default AccessRights boundLike(AccessRights earlier) {
        return this;
    }

    @Override
    default @Nullable AccessRights now() {
        return this;
    }

    @Override
    default boolean isCertain() {
        return true;
    }

    @Override
    default long reviewMillis() {
        return Long.MAX_VALUE;
    }

    @Override
    default CompletionStage<Verdict> decidePublish(Topic topic) {
        return CompletableFuture.completedStage(mayPublish(topic));
    }

    @Override
    default CompletionStage<Verdict> decideSubscribe(TopicFilter filter) {
        return CompletableFuture.completedStage(maySubscribe(filter));
    }
}
