package eu.sermas.bus.rest;

import eu.sermas.bus.rest.caller.StreamLimits;

/// What the REST API takes from its callers. One connection has one request in work at a time.
///
/// @param maxBodyBytes of one request; more is answered with 413
/// @param maxConcurrentRequests in work in the whole process; more are answered with 429 or 503,
///   and each app has a share of them
/// @param streams what may be kept open beyond one request and its answer
/// @param recordBytes of what is remembered for all apps together
/// @param guaranteedApps how many apps have a share of each total that nobody else can take
public record RestLimits(
        int maxBodyBytes,
        int maxConcurrentRequests,
        StreamLimits streams,
        long recordBytes,
        int guaranteedApps) {

    public static final RestLimits DEFAULT =
            new RestLimits(16 * 1024 * 1024, 256, StreamLimits.DEFAULT);

    public RestLimits(int maxBodyBytes, int maxConcurrentRequests, StreamLimits streams) {
        this(maxBodyBytes, maxConcurrentRequests, streams, 64 * 1024 * 1024, 16);
    }

    public RestLimits {
        atLeastOne("maxBodyBytes", maxBodyBytes);
        atLeastOne("maxConcurrentRequests", maxConcurrentRequests);
        atLeastOne("recordBytes", recordBytes);
        atLeastOne("guaranteedApps", guaranteedApps);
    }

    private static void atLeastOne(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: at least 1)");
        }
    }
}
