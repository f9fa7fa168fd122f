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

    /// How much had gone in one direction at the last mark, and at the one before it.
    private static final class Marks {

        private long messages;
        private long bytes;
        private long earlierMessages;
        private long earlierBytes;

        void mark(long messagesNow, long bytesNow) {
            earlierMessages = messages;
            earlierBytes = bytes;
            messages = messagesNow;
            bytes = bytesNow;
        }

        Flow flow(long messagesNow, long bytesNow, double seconds) {
            return new Flow(
                    messagesNow,
                    bytesNow,
                    (messagesNow - earlierMessages) / seconds,
                    (bytesNow - earlierBytes) / seconds);
        }
    }

    // Here and not with their marks: one object less that each message has to pass.
    private long messagesReceived;
    private long bytesReceived;
    private long messagesSent;
    private long bytesSent;

    private final Marks received = new Marks();
    private final Marks sent = new Marks();
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
        messagesReceived++;
    }

    public void bytesReceived(long bytes) {
        bytesReceived += bytes;
    }

    /// So much went to the client. Whoever sends the same to many adds up what goes to each before:
    /// another object for each message and receiver is a tenth of what it costs to send it.
    public void sent(int messages, long bytes) {
        messagesSent += messages;
        bytesSent += bytes;
    }

    /// To be called now and then, or rates are those of a longer time.
    public void look(long now) {
        if (now - lastMark >= INTERVAL_MILLIS) {
            received.mark(messagesReceived, bytesReceived);
            sent.mark(messagesSent, bytesSent);
            earlierMark = lastMark;
            lastMark = now;
        }
    }

    /// From the client.
    public Flow received(long now) {
        return received.flow(messagesReceived, bytesReceived, seconds(now));
    }

    /// To the client.
    public Flow sent(long now) {
        return sent.flow(messagesSent, bytesSent, seconds(now));
    }

    private double seconds(long now) {
        return Math.max(now - earlierMark, SHORTEST_MILLIS) / 1000.0;
    }
}
