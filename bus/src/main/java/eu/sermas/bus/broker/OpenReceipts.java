package eu.sermas.bus.broker;

import eu.sermas.bus.broker.Acknowledgements.Owed;
import eu.sermas.bus.session.Session;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The QoS 2 messages of one event loop's publishers that are not answered yet. A publisher that
/// comes back on another connection sends such a message again; it is not published again, and its
/// answer is the one that the first sending gets, which may still be a refusal.
final class OpenReceipts {

    private record Key(Session session, int packetId) {}

    private final Map<Key, Receipt> open = new HashMap<>();

    /// Those whose batch the disk has not got yet, in the order of the messages: that of a session,
    /// for the next one may have come on another connection.
    private final Map<Session, ArrayDeque<Owed>> toWrite = new HashMap<>();

    void opened(Session session, int packetId, Receipt receipt) {
        open.put(new Key(session, packetId), receipt);
    }

    /// @return the receipt of the first sending, or null where it was answered
    @Nullable Receipt find(Session session, int packetId) {
        return open.get(new Key(session, packetId));
    }

    void answered(Session session, int packetId, Receipt receipt) {
        open.remove(new Key(session, packetId), receipt);
    }

    /// What belongs in the batch of this message is being gathered.
    void awaitsBatch(Session session, Owed message) {
        toWrite.computeIfAbsent(session, _ -> new ArrayDeque<>(1)).addLast(message);
    }

    /// All is there for one message of the session. The batches are written in the order of the
    /// messages, though some have waited for more than others.
    void writeGathered(Session session) {
        ArrayDeque<Owed> line = toWrite.get(session);
        if (line == null) {
            return;
        }
        for (Owed first = line.peekFirst();
                first != null && first.isGathered();
                first = line.peekFirst()) {
            line.removeFirst();
            first.write();
        }
        if (line.isEmpty()) {
            toWrite.remove(session);
        }
    }
}
