package eu.sermas.bus.broker;

import java.util.Map;

/// What each app may use.
///
/// @param otherwise for apps that are not named
public record Quotas(Quota otherwise, Map<String, Quota> byApp) {

    public static final Quotas NONE = new Quotas(Quota.NONE, Map.of());

    public Quotas {
        byApp = Map.copyOf(byApp);
    }

    Quota of(String appId) {
        return byApp.getOrDefault(appId, otherwise);
    }

    /// What one app may use; [#UNLIMITED] stands for no limit.
    ///
    /// @param connections of its clients at the same time
    /// @param messagesPerSecond that its clients publish; as many may come at once
    /// @param bytesPerSecond of payload that its clients publish
    /// @param retainedMessages below `app/{appId}/`
    /// @param retainedBytes of their payload
    public record Quota(
            long connections,
            long messagesPerSecond,
            long bytesPerSecond,
            long retainedMessages,
            long retainedBytes) {

        public static final long UNLIMITED = Long.MAX_VALUE;
        public static final Quota NONE =
                new Quota(UNLIMITED, UNLIMITED, UNLIMITED, UNLIMITED, UNLIMITED);

        public Quota {
            check("connections", connections);
            check("messagesPerSecond", messagesPerSecond);
            check("bytesPerSecond", bytesPerSecond);
            check("retainedMessages", retainedMessages);
            check("retainedBytes", retainedBytes);
        }

        private static void check(String name, long value) {
            if (value < 1) {
                throw new IllegalArgumentException(name + ": " + value + " (expected: at least 1)");
            }
        }

        boolean limitsRetained() {
            return retainedMessages != UNLIMITED || retainedBytes != UNLIMITED;
        }
    }
}
