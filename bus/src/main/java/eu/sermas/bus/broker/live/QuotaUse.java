package eu.sermas.bus.broker.live;

import org.jspecify.annotations.Nullable;

/// What one app uses of one of its quotas.
///
/// @param quota as its key ends in the configuration: `messages-per-second`
/// @param used at this moment, or null where that is no number
/// @param spent whether there is no room for more now
public record QuotaUse(String quota, long limit, @Nullable Long used, boolean spent) {

    /// Whether it stands in the way of every message.
    public boolean limitsMessages() {
        return quota.endsWith("-per-second");
    }
}
