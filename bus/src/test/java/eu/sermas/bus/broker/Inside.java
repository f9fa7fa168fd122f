package eu.sermas.bus.broker;

import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.routing.RetainedWalk;
import eu.sermas.bus.session.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// What tests of other rooms have to see of a broker from within.
public final class Inside {

    private Inside() {}

    public static Session session(Client client) {
        return client.session();
    }

    /// What is retained at this moment and reached by a filter.
    public static List<Message> retained(Broker broker, TopicFilter filter, long now) {
        List<Message> found = new ArrayList<>();
        RetainedWalk<Message> walk = broker.router().retained().walk(filter);
        while (!walk.isOver()) {
            Message message = walk.next(1_000) ? walk.message() : null;
            if (message != null && !message.isExpired(now)) {
                found.add(message);
            }
        }
        return found;
    }

    /// Whether a client is to be told that its QoS 2 message is refused, and was not told yet.
    public static boolean isBeingRefused(Broker broker, Session session, int packetId) {
        Shard any = broker.router().loopOf(Topic.of("a"));
        return Stream.concat(Stream.of(any), any.others().stream())
                .map(shard -> shard.openReceipts().find(session, packetId))
                .anyMatch(receipt -> receipt != null && receipt.reasonCode().isError());
    }

    public static long heldBytes(Broker broker) {
        return broker.heldBytes();
    }

    public static int deadlines(Broker broker) {
        return broker.deadlines();
    }

    public static int sessions(Broker broker) {
        return broker.sessionCount();
    }
}
