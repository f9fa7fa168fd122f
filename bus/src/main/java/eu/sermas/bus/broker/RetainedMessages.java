package eu.sermas.bus.broker;

import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.routing.RetainedTree;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The last message of each topic that was published to be retained, MQTT 5 section 3.3.1.3. Safe
/// for all event loops.
final class RetainedMessages {

    private final RetainedTree<Message> tree = new RetainedTree<>();
    private final Usages usages;

    RetainedMessages(Usages usages) {
        this.usages = usages;
    }

    /// What is wrong with retaining the message, or null.
    @Nullable String refusal(Message message) {
        AppUsage usage = usages.ofRetained(message.topic());
        if (usage == null || message.payload().length == 0) {
            return null;
        }
        Message before = tree.get(message.topic());
        return usage.refusesRetained(
                message.payload().length, before == null ? -1 : before.payload().length);
    }

    /// Replaces what is retained for the topic; an empty payload removes it.
    void retain(Message message) {
        boolean empty = message.payload().length == 0;
        Message before =
                empty
                        ? tree.remove(message.topic()) // [MQTT-3.3.1-6] [MQTT-3.3.1-7]
                        : tree.put(message.topic(), message); // [MQTT-3.3.1-5]
        AppUsage usage = usages.ofRetained(message.topic());
        if (usage != null) {
            usage.retained(empty ? 0 : 1, message.payload().length);
            forget(before);
        }
    }

    private void forget(@Nullable Message gone) {
        AppUsage usage = gone == null ? null : usages.ofRetained(gone.topic());
        if (gone != null && usage != null) {
            usage.retained(-1, -gone.payload().length);
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

    /// Lets go of what a filter matches, as far as the topics are meant.
    ///
    /// @param removed is told each topic
    void remove(TopicFilter filter, Predicate<Topic> meant, Consumer<Topic> removed) {
        List<Topic> topics = new ArrayList<>();
        tree.forEachMatch(
                filter,
                message -> {
                    if (meant.test(message.topic())) {
                        topics.add(message.topic());
                    }
                });
        for (Topic topic : topics) {
            forget(tree.remove(topic));
            removed.accept(topic);
        }
    }

    /// Lets go of what has expired.
    ///
    /// @param removed is told each topic
    void sweep(long now, Consumer<Topic> removed) {
        List<Message> expired = new ArrayList<>();
        tree.removeIf(message -> message.isExpired(now), expired::add);
        expired.forEach(this::forget);
        expired.forEach(message -> removed.accept(message.topic()));
    }

    long size() {
        return tree.size();
    }
}
