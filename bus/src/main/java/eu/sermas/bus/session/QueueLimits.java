package eu.sermas.bus.session;

/// What may wait for one session.
///
/// @param maxMessages messages
/// @param maxBytes bytes of payload
/// @param queueQos0 whether QoS 0 waits for a session without a connection too
/// @param dropOldest whether a full queue lets go of its oldest message for a new one; else only of
///   QoS 0, and then it refuses the new one
public record QueueLimits(int maxMessages, long maxBytes, boolean queueQos0, boolean dropOldest) {

    public QueueLimits {
        if (maxMessages < 0 || maxBytes < 0) {
            throw new IllegalArgumentException(
                    "queue limits: " + maxMessages + ", " + maxBytes + " (expected: at least 0)");
        }
    }
}
