package eu.sermas.bus.broker;

/// What a client may ask of the broker; announced in CONNACK where MQTT 5 can.
///
/// @param maxPacketSize bytes, of a whole packet in either direction
/// @param receiveMaximum unacknowledged QoS 1 and 2 messages that one client may send
/// @param topicAliasMaximum topic aliases in each direction
/// @param maxSubscriptionsPerPacket filters in one SUBSCRIBE
/// @param maxSubscriptions filters of one session
/// @param maxQueuedMessages messages that wait for one session
/// @param maxQueuedBytes payload bytes that wait for one session
/// @param maxSessionExpiry seconds that a session outlives its connection
/// @param maxKeepAlive seconds; a client that asks for more, or for none, is told this one
public record Limits(
        int maxPacketSize,
        int receiveMaximum,
        int topicAliasMaximum,
        int maxSubscriptionsPerPacket,
        int maxSubscriptions,
        int maxQueuedMessages,
        long maxQueuedBytes,
        long maxSessionExpiry,
        int maxKeepAlive) {

    public static final Limits DEFAULT =
            new Limits(
                    16 * 1024 * 1024,
                    100,
                    64,
                    100,
                    10_000,
                    10_000,
                    64L * 1024 * 1024,
                    7L * 24 * 3600,
                    3600);
}
