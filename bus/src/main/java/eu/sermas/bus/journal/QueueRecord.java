package eu.sermas.bus.journal;

import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.QoS;
import org.jspecify.annotations.Nullable;

/// What is kept of a message for one session.
///
/// @param message the message itself, where no other session shares it, else null
/// @param messageId of the record that has the message, where it is shared
/// @param packetId 0 where the message was not sent yet
/// @param sharedBy the shared subscription by which this session got it, or null
/// @param fed whether it was sent in its own turn, ahead of messages before it that wait
public record QueueRecord(
        @Nullable Message message,
        long messageId,
        QoS maximumQos,
        boolean retainAsPublished,
        int[] subscriptionIds,
        @Nullable String sharedBy,
        boolean fed,
        Phase phase,
        int packetId) {

    /// How far a message has come on its way to the client.
    public enum Phase {
        QUEUED,
        /// PUBLISH was sent, or is about to be.
        SENT,
        /// PUBREC has come, PUBREL was sent or is about to be.
        RELEASED;

        private static final Phase[] VALUES = values();

        static Phase of(int value) {
            if (value >= VALUES.length) {
                throw new DamagedRecordException("phase: " + value + " (expected: 0..2)");
            }
            return VALUES[value];
        }
    }
}
