package eu.sermas.bus.broker;

import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.routing.RetainedTree;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

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

    /// What is retained for the topic, or null.
    @Nullable Message get(Topic topic) {
        return tree.get(topic);
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
    ///
    /// @param removed is told each topic
    void sweep(long now, Consumer<Topic> removed) {
        List<Topic> expired = new ArrayList<>();
        tree.removeIf(
                message -> {
                    boolean gone = message.isExpired(now);
                    if (gone) {
                        expired.add(message.topic());
                    }
                    return gone;
                });
        expired.forEach(removed);
    }

    long size() {
        return tree.size();
    }
}
