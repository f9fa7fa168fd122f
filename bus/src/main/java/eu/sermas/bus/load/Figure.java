package eu.sermas.bus.load;

/// What is counted while a run lasts.
enum Figure {
    /// PUBLISH packets written.
    SENT,
    /// Messages of this run that receivers got, duplicates included.
    RECEIVED,
    RECEIVED_BYTES,
    /// Messages with their last acknowledgement.
    ACKNOWLEDGED,
    /// Acknowledged with an error.
    REFUSED,
    /// QoS 2 messages that came again before PUBREL, which is allowed.
    REDELIVERED,
    /// Messages that are not of this run, or not for this receiver.
    FOREIGN,
    /// Messages whose length is not the one they were sent with.
    CORRUPT,
    /// Connections that were accepted.
    CONNECTED,
    /// Connections ready now: accepted, and their filter granted.
    READY,
    /// Connections that could not be opened, or were refused.
    FAILED,
    /// Connections that the broker ended.
    DISCONNECTED,
    /// Packets that should not have come.
    UNEXPECTED,
    /// Times that a publisher stopped waiting for a message that did not arrive.
    STALLS
}
