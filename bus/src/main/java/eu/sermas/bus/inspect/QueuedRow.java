package eu.sermas.bus.inspect;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A message of a queue.
///
/// @param sequence its place in the queue, ascending
/// @param phase `queued`, `sent` or `released`
/// @param packetId 0 where it was not sent yet
/// @param size of the payload in bytes
/// @param expires null where it does not
/// @param payload null where it was not asked for
record QueuedRow(
        long session,
        String clientId,
        long sequence,
        String topic,
        int qos,
        String phase,
        int packetId,
        int size,
        @Nullable String expires,
        @Nullable String payload)
        implements Row {

    QueuedRow {
        phase = phase.toLowerCase(Locale.ROOT);
    }

    @Override
    public String text() {
        return "%s %d: %s QoS %d, %s, %d bytes%s%s"
                .formatted(
                        Text.printable(clientId),
                        sequence,
                        Text.printable(topic),
                        qos,
                        packetId == 0 ? phase : phase + " as " + packetId,
                        size,
                        expires == null ? "" : ", expires " + expires,
                        payload == null ? "" : ": " + Text.printable(payload));
    }
}
