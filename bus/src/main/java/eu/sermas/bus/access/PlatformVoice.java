package eu.sermas.bus.access;

import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The rights with which the platform tells what a caller has done: it may say so on topics where
/// nobody else publishes, and the caller's app answers for it in everything else.
///
/// @param caller whose right to do it was asked before
public record PlatformVoice(AccessRights caller) implements LocalRights, ExplainedByVerdict {

    private static final Verdict DEAF = Verdict.denied(Rule.SYSTEM_TOPIC, "it does not listen");

    @Override
    public @Nullable AccessRights now() {
        AccessRights now = caller.now();
        return now == null ? null : new PlatformVoice(now);
    }

    @Override
    public Set<String> appIds() {
        return caller.appIds();
    }

    @Override
    public Verdict mayPublish(Topic topic) {
        return Verdict.ALLOWED;
    }

    @Override
    public Verdict maySubscribe(TopicFilter filter) {
        return DEAF;
    }

    @Override
    public Verdict mayCall(String resource, String scope, @Nullable String appId) {
        return caller.mayCall(resource, scope, appId);
    }
}
