package eu.sermas.bus.metrics;

/// What has gone over one connection, and how fast it goes: plain numbers, because the event loop
/// of the connection owns them and counts with every message.
///
/// A rate is that of the last ten to twenty seconds, or of the time since the connection began.
public final class Traffic {

    private static final long INTERVAL_MILLIS = 10_000;

    /// What went over so little time says nothing of a rate yet.
    private static final long SHORTEST_MILLIS = 1_000;

    /// How much has gone in one direction.
    ///
    /// @param messages application messages
    /// @param bytes of all packets
    public record Flow(
            long messages, long bytes, double messagesPerSecond, double bytesPerSecond) {}

    private static final class Direction {

        private long messages;
        private long bytes;

        // As they were at the last mark, and at the one before it.
        private long lastMessages;
        private long lastBytes;
        private long earlierMessages;
        private long earlierBytes;

        void mark() {
            earlierMessages = lastMessages;
            earlierBytes = lastBytes;
            lastMessages = messages;
            lastBytes = bytes;
        }

        Flow flow(double seconds) {
            return new Flow(
                    messages,
                    bytes,
                    (messages - earlierMessages) / seconds,
                    (bytes - earlierBytes) / seconds);
        }
    }

    private final Direction received = new Direction();
    private final Direction sent = new Direction();
    private long lastMark;
    private long earlierMark;

    /// The connection begins.
    ///
    /// @param now milliseconds of the time of the bus
    public void begin(long now) {
        lastMark = now;
        earlierMark = now;
    }

    /// A message came from the client.
    public void messageReceived() {
        received.messages++;
    }

    public void bytesReceived(long bytes) {
        received.bytes += bytes;
    }

    /// A message went to the client.
    public void messageSent() {
        sent.messages++;
    }

    public void bytesSent(long bytes) {
        sent.bytes += bytes;
    }

    /// To be called now and then, or rates are those of a longer time.
    public void look(long now) {
        if (now - lastMark >= INTERVAL_MILLIS) {
            received.mark();
            sent.mark();
            earlierMark = lastMark;
            lastMark = now;
        }
    }

    /// From the client.
    public Flow received(long now) {
        return received.flow(seconds(now));
    }

    /// To the client.
    public Flow sent(long now) {
        return sent.flow(seconds(now));
    }

    private double seconds(long now) {
        return Math.max(now - earlierMark, SHORTEST_MILLIS) / 1000.0;
    }
}
