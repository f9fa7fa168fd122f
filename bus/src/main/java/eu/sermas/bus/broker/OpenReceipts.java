package eu.sermas.bus.broker;

import eu.sermas.bus.session.Session;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The QoS 2 messages of one event loop's publishers that are not answered yet. A publisher that
/// comes back on another connection sends such a message again; it is not published again, and its
/// answer is the one that the first sending gets, which may still be a refusal.
final class OpenReceipts {

    private record Key(Session session, int packetId) {}

    private final Map<Key, Receipt> open = new HashMap<>();

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
}
