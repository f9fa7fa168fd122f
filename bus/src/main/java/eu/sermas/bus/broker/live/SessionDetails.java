package eu.sermas.bus.broker.live;

import eu.sermas.bus.packet.Will;
import eu.sermas.bus.session.Held;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A session with everything that people may want to know of it.
///
/// @param subscriptions the first of them, in the order in which they were made
/// @param sendQuota messages of QoS 1 and 2 that its client takes more now
/// @param unreleased messages of QoS 2 from its client that are not released
/// @param maxQueued messages that may wait
/// @param maxQueuedBytes what they may cost
/// @param memory what it takes by itself, in bytes
public record SessionDetails(
        SessionRow row,
        List<Held> subscriptions,
        int sendQuota,
        int unreleased,
        int maxQueued,
        long maxQueuedBytes,
        @Nullable Will will,
        long memory) {}
