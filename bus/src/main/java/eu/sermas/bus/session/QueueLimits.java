package eu.sermas.bus.session;

import eu.sermas.bus.journal.Page;

/// What may wait for one session, and be in flight to it.
///
/// @param maxMessages messages that wait
/// @param maxBytes their cost
/// @param maxBytesInFlight the cost of unacknowledged messages beyond which the next ones wait
/// @param queueQos0 whether QoS 0 waits for a session without a connection too
/// @param dropOldest whether a full queue lets go of its oldest message for a new one; else only of
///   QoS 0, and then it refuses the new one
/// @param page what is in memory of what comes next, where the rest can be on disk
/// @param keepsMore whether more than that stays in memory while its app has memory of its own
public record QueueLimits(
        int maxMessages,
        long maxBytes,
        long maxBytesInFlight,
        boolean queueQos0,
        boolean dropOldest,
        Page.Size page,
        boolean keepsMore) {

    /// The usual page: some connections' worth of what is sent at a time, read in a millisecond.
    private static final Page.Size PAGE = new Page.Size(256, 256 * 1024);

    public QueueLimits(
            int maxMessages,
            long maxBytes,
            long maxBytesInFlight,
            boolean queueQos0,
            boolean dropOldest) {
        this(maxMessages, maxBytes, maxBytesInFlight, queueQos0, dropOldest, PAGE, true);
    }

    /// With such pages, whatever memory there is.
    public QueueLimits(
            int maxMessages,
            long maxBytes,
            long maxBytesInFlight,
            boolean queueQos0,
            boolean dropOldest,
            Page.Size page) {
        this(maxMessages, maxBytes, maxBytesInFlight, queueQos0, dropOldest, page, false);
    }

    public QueueLimits {
        if (maxMessages < 0 || maxBytes < 0 || maxBytesInFlight < 0) {
            throw new IllegalArgumentException(
                    "queue limits: %d, %d, %d (expected: at least 0)"
                            .formatted(maxMessages, maxBytes, maxBytesInFlight));
        }
    }
}
