package eu.sermas.bus.journal;

import eu.sermas.bus.journal.QueueRecord.Phase;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.QoS;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/// A session as it was found on disk. Its messages stay there until it needs them.
public final class SavedSession {

    /// A message that it has to get. The phase and the packet identifier are the latest.
    public record Entry(
            long sequence, QueueRecord record, Stored stored, Phase phase, int packetId) {

        public Message message() {
            return stored.message();
        }

        public QoS qos() {
            return message().qos().min(record.maximumQos());
        }
    }

    private final long number;
    private final SessionRecord record;
    private final List<SubscriptionRecord> subscriptions = new ArrayList<>(2);
    private final Extent queue = new Extent();
    private final BitSet received = new BitSet(0);
    private long lastSequence;

    SavedSession(long number, SessionRecord record) {
        this.number = number;
        this.record = record;
    }

    public long number() {
        return number;
    }

    public SessionRecord record() {
        return record;
    }

    public List<SubscriptionRecord> subscriptions() {
        return subscriptions;
    }

    /// What waits for it or is on its way to it.
    public Extent queue() {
        return queue;
    }

    /// There is a record of this place in its queue, whether it can be read or not.
    void sequenceSeen(long sequence) {
        lastSequence = Math.max(lastSequence, sequence);
    }

    /// The last place in its queue of which there is a record, or 0.
    long lastSequence() {
        return lastSequence;
    }

    /// Packet identifiers of QoS 2 messages that the client has not released yet.
    public BitSet received() {
        return received;
    }
}
