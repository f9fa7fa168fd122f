package eu.sermas.bus.session;

/// What may wait for one session.
///
/// @param maxMessages messages
/// @param maxBytes bytes of payload
public record QueueLimits(int maxMessages, long maxBytes) {

    public QueueLimits {
        if (maxMessages < 0 || maxBytes < 0) {
            throw new IllegalArgumentException(
                    "queue limits: " + maxMessages + ", " + maxBytes + " (expected: at least 0)");
        }
    }
}
