package eu.sermas.bus.inspect;

import org.jspecify.annotations.Nullable;

/// A retained message.
///
/// @param size of the payload in bytes
/// @param expires null where it does not
/// @param payload null where it was not asked for
record RetainedRow(
        String topic, int qos, int size, @Nullable String expires, @Nullable String payload)
        implements Row {

    @Override
    public String text() {
        return "%s QoS %d, %d bytes%s%s"
                .formatted(
                        Text.printable(topic),
                        qos,
                        size,
                        expires == null ? "" : ", expires " + expires,
                        payload == null ? "" : ": " + Text.printable(payload));
    }
}
