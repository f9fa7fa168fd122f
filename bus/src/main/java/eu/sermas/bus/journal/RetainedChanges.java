package eu.sermas.bus.journal;

import eu.sermas.bus.metrics.Faults;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.store.Batch;
import eu.sermas.bus.store.Store.Family;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The topics of one event loop whose retained message is to be written. What is written is what is
/// retained at that moment, so of many updates in one turn only the last costs anything; and since
/// one loop writes a topic, an older value never follows a newer one.
final class RetainedChanges {

    private final Function<Topic, @Nullable Message> retained;
    private Set<Topic> topics = new LinkedHashSet<>();
    private List<Stored.Listener> waiting = new ArrayList<>();

    RetainedChanges(Function<Topic, @Nullable Message> retained) {
        this.retained = retained;
    }

    boolean isEmpty() {
        return topics.isEmpty();
    }

    /// @param whenSafe who waits, or null
    void add(Topic topic, Stored.@Nullable Listener whenSafe) {
        topics.add(topic);
        if (whenSafe != null) {
            waiting.add(whenSafe);
        }
    }

    /// Everything so far, for one batch.
    Taken take() {
        if (topics.isEmpty()) {
            return new Taken(Set.of(), List.of());
        }
        Taken taken = new Taken(topics, waiting);
        topics = new LinkedHashSet<>();
        waiting = new ArrayList<>();
        return taken;
    }

    /// What one batch takes.
    final class Taken {
        private final Set<Topic> changed;
        private final List<Stored.Listener> listeners;

        private Taken(Set<Topic> changed, List<Stored.Listener> listeners) {
            this.changed = changed;
            this.listeners = listeners;
        }

        boolean isAwaited() {
            return !listeners.isEmpty();
        }

        void writeTo(Batch batch) {
            for (Topic topic : changed) {
                Message message = retained.apply(topic);
                if (message == null) {
                    batch.delete(Family.RETAINED, topic.utf8());
                } else {
                    batch.put(Family.RETAINED, topic.utf8(), Records.message(message));
                }
            }
        }

        void committed(Faults faults) {
            faults.each("an answer for a retained message", listeners, Stored.Listener::safe);
        }

        void notCommitted(String reason) {
            topics.addAll(changed);
            for (Stored.Listener listener : listeners) {
                if (!listener.failed(reason)) {
                    waiting.add(listener);
                }
            }
        }
    }
}
