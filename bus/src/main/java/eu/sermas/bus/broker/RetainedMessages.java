package eu.sermas.bus.broker;

import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.routing.RetainedTree;
import java.util.function.Consumer;

/// The last message of each topic that was published to be retained, MQTT 5 section 3.3.1.3. Safe
/// for all event loops.
final class RetainedMessages {

    private final RetainedTree<Message> tree = new RetainedTree<>();

    /// Replaces what is retained for the topic; an empty payload removes it.
    void retain(Message message) {
        if (message.payload().length == 0) {
            tree.remove(message.topic()); // [MQTT-3.3.1-6] [MQTT-3.3.1-7]
        } else {
            tree.put(message.topic(), message); // [MQTT-3.3.1-5]
        }
    }

    void forEachMatch(TopicFilter filter, long now, Consumer<Message> receiver) {
        tree.forEachMatch(
                filter,
                message -> {
                    if (!message.isExpired(now)) {
                        receiver.accept(message);
                    }
                });
    }

    /// Lets go of what has expired.
    void sweep(long now) {
        tree.removeIf(message -> message.isExpired(now));
    }

    long size() {
        return tree.size();
    }
}
