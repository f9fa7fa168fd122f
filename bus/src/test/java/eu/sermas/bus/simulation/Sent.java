package eu.sermas.bus.simulation;

import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.Topic;
import java.nio.charset.StandardCharsets;

/// One message of the reference model; the broker took it at the moment `takenAt`, or -1 while that
/// is open.
final class Sent {

    final int number;
    final String publisher;
    final Topic topic;
    final QoS qos;
    final boolean retain;

    /// Bytes of its payload.
    final int size;

    long expiresAt;
    long takenAt = -1;

    /// Sent once more by its publisher, so that QoS 1 may bring it twice.
    boolean resent;

    /// Refused by a full queue, so that its identifier means a new message when it comes again.
    boolean refused;

    /// Refused, or nobody knows what became of it: nobody is owed it.
    boolean uncertain;

    /// The broker died, and its topic promises nothing beyond that.
    boolean unsafe;

    /// A will, which takes another way than the messages around it.
    boolean isWill;

    /// A will that the broker was told to forget.
    boolean forgotten;

    Sent(
            int number,
            String publisher,
            Topic topic,
            QoS qos,
            boolean retain,
            int size,
            long expiresAt) {
        this.number = number;
        this.publisher = publisher;
        this.topic = topic;
        this.qos = qos;
        this.retain = retain;
        this.size = size;
        this.expiresAt = expiresAt;
    }

    /// Whether the broker has to take it for a new message although its publisher knows better.
    boolean cameAnew() {
        return resent && (refused || unsafe || qos == QoS.AT_LEAST_ONCE);
    }

    byte[] payload() {
        String text = Integer.toString(number);
        return (text + " ".repeat(Math.max(0, size - text.length())))
                .getBytes(StandardCharsets.US_ASCII);
    }

    static int numberOf(byte[] payload) {
        return Integer.parseInt(new String(payload, StandardCharsets.US_ASCII).strip());
    }
}
