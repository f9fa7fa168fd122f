package eu.sermas.bus.journal;

import eu.sermas.bus.packet.Will;
import org.jspecify.annotations.Nullable;

/// What is kept of a session itself.
///
/// @param expiryInterval seconds that it outlives its connection
/// @param absentSince when its client went away, in milliseconds of the time of the bus, or 0 while
///   the client is connected
/// @param will what is still to be published, or null
/// @param willVerdict whether it may be; of no account without a will
/// @param looseIds how many packet identifiers, the highest ones, may have been used for messages
///   of QoS 2 of which nothing is kept, or nothing yet
public record SessionRecord(
        String principalId,
        String clientId,
        long expiryInterval,
        long absentSince,
        @Nullable Will will,
        WillVerdict willVerdict,
        int looseIds) {

    public static final int MOST_LOOSE_IDS = 32_768;
}
