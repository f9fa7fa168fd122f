package eu.sermas.bus.broker;

import eu.sermas.bus.session.QueueLimits;

/// What a client may ask of the broker; announced in CONNACK where MQTT 5 can.
///
/// @param maxPacketSize bytes of a whole packet from a client
/// @param receiveMaximum QoS 1 and 2 messages of one MQTT 5 client that may be unacknowledged: with
///   more it is sent away, so it is told, unless this is [#NO_RECEIVE_MAXIMUM]
/// @param maxUnacknowledged how many of one client the broker may not have acknowledged: it is not
///   read from while there are so many
/// @param topicAliasMaximum topic aliases in each direction
/// @param maxSubscriptionsPerPacket filters in one SUBSCRIBE
/// @param maxSubscriptions filters of one session
/// @param queue what may wait for one session
/// @param memory what all of them may take together
/// @param maxSessionExpiry seconds that a session outlives its connection
/// @param maxKeepAlive seconds; an MQTT 5 client that asks for more, or for none, is told this one
public record Limits(
        int maxPacketSize,
        int receiveMaximum,
        int maxUnacknowledged,
        int topicAliasMaximum,
        int maxSubscriptionsPerPacket,
        int maxSubscriptions,
        QueueLimits queue,
        MemoryLimits memory,
        long maxSessionExpiry,
        int maxKeepAlive) {

    /// As many as there are packet identifiers, which no client can exceed.
    public static final int NO_RECEIVE_MAXIMUM = 65_535;

    public static final Limits DEFAULT =
            new Limits(
                    16 * 1024 * 1024,
                    NO_RECEIVE_MAXIMUM,
                    10_000,
                    64,
                    10_000,
                    10_000,
                    new QueueLimits(10_000, 64L * 1024 * 1024, 16L * 1024 * 1024, false, false),
                    MemoryLimits.of(Runtime.getRuntime().maxMemory()),
                    7L * 24 * 3600,
                    3600);

    public Limits {
        check("maxPacketSize", maxPacketSize, 128, 268_435_460);
        check("receiveMaximum", receiveMaximum, 1, NO_RECEIVE_MAXIMUM);
        check("maxUnacknowledged", maxUnacknowledged, 1, Integer.MAX_VALUE);
        check("topicAliasMaximum", topicAliasMaximum, 0, 65_535);
        check("maxSubscriptionsPerPacket", maxSubscriptionsPerPacket, 1, Integer.MAX_VALUE);
        check("maxSubscriptions", maxSubscriptions, 1, Integer.MAX_VALUE);
        check("maxSessionExpiry", maxSessionExpiry, 0, 0xFFFF_FFFFL);
        check("maxKeepAlive", maxKeepAlive, 1, 65_535);
    }

    private static void check(String name, long value, long minimum, long maximum) {
        if (value < minimum || value > maximum) {
            throw new IllegalArgumentException(
                    name + ": " + value + " (expected: " + minimum + ".." + maximum + ")");
        }
    }
}
