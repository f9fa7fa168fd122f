package eu.sermas.bus.rest.caller;

import java.time.Duration;

/// What callers may keep open over HTTP beyond one request and its answer: event streams, and
/// requests that wait for an answer over MQTT.
///
/// @param maxPerPrincipal of each kind; more are answered with 429
/// @param maxOfAll of each kind in the whole process; more are answered with 503
/// @param maxEvents that one stream keeps for its reader; one that is further behind is ended
/// @param maxBytes of payload that one stream keeps
/// @param maxBytesOfAll that all streams together keep
/// @param resumable how long a stream goes on without a reader, for one that comes back with
///   `Last-Event-ID`
/// @param maxWait longest time that a request may wait for its answer
public record StreamLimits(
        int maxPerPrincipal,
        int maxOfAll,
        int maxEvents,
        long maxBytes,
        long maxBytesOfAll,
        Duration resumable,
        Duration maxWait) {

    private static final long MIB = 1024 * 1024;

    public static final StreamLimits DEFAULT =
            new StreamLimits(
                    20,
                    1_000,
                    1_000,
                    16 * MIB,
                    256 * MIB,
                    Duration.ofSeconds(60),
                    Duration.ofSeconds(60));

    public StreamLimits {
        atLeastOne("maxPerPrincipal", maxPerPrincipal);
        atLeastOne("maxOfAll", maxOfAll);
        atLeastOne("maxEvents", maxEvents);
        atLeastOne("maxBytes", maxBytes);
        atLeastOne("maxBytesOfAll", maxBytesOfAll);
        atLeastOne("maxWait in milliseconds", maxWait.toMillis());
        if (resumable.isNegative()) {
            throw new IllegalArgumentException(
                    "resumable: " + resumable + " (expected: at least 0)");
        }
    }

    private static void atLeastOne(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: at least 1)");
        }
    }
}
