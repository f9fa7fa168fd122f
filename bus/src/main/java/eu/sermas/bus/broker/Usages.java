package eu.sermas.bus.broker;

import eu.sermas.bus.access.Principal;
import eu.sermas.bus.broker.Quotas.Quota;
import eu.sermas.bus.metrics.Metrics;
import eu.sermas.bus.packet.Topic;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The usage of every app that has a quota. Read by all event loops.
final class Usages {

    private static final String APP = "app";

    private final Metrics metrics;
    private final Map<String, AppUsage> byApp = new ConcurrentHashMap<>();
    private volatile Quotas quotas = Quotas.NONE;

    Usages(Metrics metrics) {
        this.metrics = metrics;
    }

    /// To be called before the first client comes.
    void limit(Quotas limits) {
        quotas = limits;
    }

    /// Of the app whose client or user this is, or null where it has no quota; who belongs to
    /// several apps, or to the platform, is on nobody's account.
    @Nullable AppUsage of(Principal principal) {
        return principal.kind() == Principal.Kind.SYSTEM ? null : of(principal.appIds());
    }

    /// Of the only one of these apps, or null where it has no quota or there are others.
    @Nullable AppUsage of(Set<String> appIds) {
        return appIds.size() == 1 ? of(appIds.iterator().next()) : null;
    }

    /// Of the app that the topic belongs to, or null where it has no quota for retained messages.
    @Nullable AppUsage ofRetained(Topic topic) {
        Quotas known = quotas;
        if (known.equals(Quotas.NONE)) {
            return null;
        }
        String appId = appOf(topic);
        return appId != null && known.of(appId).limitsRetained() ? of(appId) : null;
    }

    /// The app whose topic this is, or null.
    static @Nullable String appOf(Topic topic) {
        String[] levels = topic.levels();
        return levels.length > 1 && levels[0].equals(APP) ? levels[1] : null;
    }

    private @Nullable AppUsage of(String appId) {
        Quota quota = quotas.of(appId);
        return quota.equals(Quota.NONE)
                ? null
                : byApp.computeIfAbsent(appId, id -> new AppUsage(id, quota, metrics));
    }
}
