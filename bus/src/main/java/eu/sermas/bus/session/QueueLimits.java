package eu.sermas.bus.session;

/// What may wait for one session.
///
/// @param maxMessages messages
/// @param maxBytes bytes of payload
/// @param queueQos0 whether QoS 0 waits for a session without a connection too
public record QueueLimits(int maxMessages, long maxBytes, boolean queueQos0) {

    public QueueLimits {
        if (maxMessages < 0 || maxBytes < 0) {
            throw new IllegalArgumentException(
                    "queue limits: " + maxMessages + ", " + maxBytes + " (expected: at least 0)");
        }
    }
}
