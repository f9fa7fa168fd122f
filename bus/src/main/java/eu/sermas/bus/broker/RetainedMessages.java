package eu.sermas.bus.broker;

import eu.sermas.bus.budget.Share;
import eu.sermas.bus.budget.Shares;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.routing.RetainedTree;
import eu.sermas.bus.routing.RetainedWalk;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The last message of each topic that was published to be retained, MQTT 5 section 3.3.1.3. Safe
/// for all event loops.
final class RetainedMessages {

    /// A level of the tree of topics.
    private static final int LEVEL = 64;

    private final RetainedTree<Message> tree = new RetainedTree<>();
    private final Usages usages;
    private final Shares memory;

    RetainedMessages(Usages usages, Shares memory) {
        this.usages = usages;
        this.memory = memory;
    }

    /// Replaces what is retained for the topic; an empty payload removes it.
    ///
    /// @return why the message cannot be retained, or null; what was there before stays then
    @Nullable String retain(Message message) {
        if (message.payload().length == 0) {
            forget(tree.remove(message.topic())); // [MQTT-3.3.1-6] [MQTT-3.3.1-7]
            return null;
        }
        AppUsage usage = usages.ofRetained(message.topic());
        if (usage != null) {
            Message before = tree.get(message.topic());
            String overQuota =
                    usage.refusesRetained(
                            message.content(), before == null ? -1 : before.content());
            if (overQuota != null) {
                return overQuota;
            }
        }
        if (!hasMemory(message)) {
            return "the memory for retained messages is full";
        }
        put(message);
        return null;
    }

    /// Takes the memory before that of the message which it replaces is given back: for a moment
    /// both are there.
    private boolean hasMemory(Message message) {
        try (Share share = shareOf(message.topic())) {
            return share.take(cost(message));
        }
    }

    /// Puts back what was retained by an earlier process, whatever the limits.
    void restore(Message message) {
        try (Share share = shareOf(message.topic())) {
            share.takeAnyway(cost(message));
        }
        put(message);
    }

    private void put(Message message) {
        Message before = tree.put(message.topic(), message); // [MQTT-3.3.1-5]
        AppUsage usage = usages.ofRetained(message.topic());
        if (usage != null) {
            usage.retained(1, message.content());
        }
        forget(before);
    }

    private void forget(@Nullable Message gone) {
        if (gone == null) {
            return;
        }
        try (Share share = shareOf(gone.topic())) {
            share.giveBack(cost(gone));
        }
        AppUsage usage = usages.ofRetained(gone.topic());
        if (usage != null) {
            usage.retained(-1, -gone.content());
        }
    }

    /// That of the app whose topic it is, whoever publishes there.
    private Share shareOf(Topic topic) {
        String appId = Usages.appOf(topic);
        return appId == null ? memory.system() : memory.open(appId);
    }

    private static long cost(Message message) {
        return message.cost() + (long) LEVEL * message.topic().levels().length;
    }

    /// The memory for all of them.
    Shares memory() {
        return memory;
    }

    /// What all of them take of the heap, in bytes.
    long bytes() {
        return memory.used();
    }

    /// What is retained for the topic, or null.
    @Nullable Message get(Topic topic) {
        return tree.get(topic);
    }

    /// Lets go of what is retained for the topic.
    ///
    /// @return whether there was something
    boolean remove(Topic topic) {
        Message gone = tree.remove(topic);
        forget(gone);
        return gone != null;
    }

    /// See [RetainedTree#mark].
    long mark() {
        return tree.mark();
    }

    /// A walk over what the filter matches, expired or not.
    RetainedWalk<Message> walk(TopicFilter filter) {
        return tree.walk(filter);
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
            var _ = remove(topic);
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
