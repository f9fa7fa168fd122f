package eu.sermas.bus.inspect;

import java.util.List;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/// A session.
///
/// @param session its number in this data directory
/// @param absentSince null while its client is connected, or was when the bus was killed
/// @param expires null where it never does, or its client is connected
/// @param expiryInterval seconds that it outlives its connection
/// @param queued messages that wait or are on their way
/// @param bytes of those, as they are stored
record SessionRow(
        long session,
        String principal,
        String clientId,
        @Nullable String absentSince,
        @Nullable String expires,
        long expiryInterval,
        boolean will,
        List<Held> subscriptions,
        long queued,
        long bytes)
        implements Row {

    /// A subscription.
    record Held(String filter, int qos) {}

    @Override
    public String text() {
        StringJoiner text = new StringJoiner(", ");
        text.add(
                "%d: client %s of %s"
                        .formatted(session, Text.printable(clientId), Text.printable(principal)));
        text.add(absentSince == null ? "connected" : "absent since " + absentSince);
        if (expires != null) {
            text.add("expires " + expires);
        }
        if (will) {
            text.add("with a will");
        }
        text.add("%d messages of %d bytes".formatted(queued, bytes));
        StringBuilder lines = new StringBuilder(text.toString());
        for (Held held : subscriptions) {
            lines.append("%n  %s QoS %d".formatted(Text.printable(held.filter), held.qos));
        }
        return lines.toString();
    }
}
