package eu.sermas.bus.journal;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.metrics.Metrics;
import eu.sermas.bus.packet.Durability;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.store.memory.MemoryStore;
import java.lang.ref.WeakReference;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What the log of a session knows of messages costs only for those that it still owes.
class SessionLogTest {

    private static final int[] NO_IDS = {};

    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final Journal journal =
            new Journal(
                    new MemoryStore(),
                    tasks::add,
                    (task, _) -> tasks.add(task),
                    new Numbers(new References(1024)),
                    _ -> null,
                    0,
                    () -> 0,
                    new Metrics());

    /// A session that has nothing to say.
    private static final class Silent implements Journaled {
        @Override
        public SessionRecord record() {
            return new SessionRecord("p", "c", 60, 0, null, WillVerdict.NOT_MADE, 0);
        }

        @Override
        public @Nullable SubscriptionRecord subscription(TopicFilter filter) {
            return null;
        }

        @Override
        public boolean isReceived(int packetId) {
            return false;
        }

        @Override
        public void receivedIsKept(int packetId) {}

        @Override
        public void recorded(Kept kept, long now) {}

        @Override
        public void committed() {}

        @Override
        public void failed() {}

        @Override
        public void withdraw(Kept kept, long now) {}
    }

    private void settle() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    private static Message message() {
        return Message.of(Topic.of("t"), new byte[16], QoS.AT_LEAST_ONCE);
    }

    private List<Kept> keep(Message message, List<SessionLog> receivers) {
        journal.begin(message, Durability.FSYNC, false, true);
        List<Kept> kept =
                receivers.stream()
                        .map(log -> log.keep(QoS.AT_LEAST_ONCE, false, NO_IDS, null, true))
                        .toList();
        journal.end();
        return kept;
    }

    @Test
    void aMessageThatIsNotAcknowledgedKeepsNoneOfThoseBehindIt() {
        SessionLog log = journal.open(new Silent());
        Kept first = keep(message(), List.of(log)).getFirst();
        List<WeakReference<Message>> acknowledged = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            Message message = message();
            acknowledged.add(new WeakReference<>(message));
            Kept kept = keep(message, List.of(log)).getFirst();
            if (i % 2 == 0) {
                settle(); // half of them are on disk before
            }
            kept.gone();
        }
        settle();
        System.gc();
        assertThat(acknowledged).allMatch(reference -> reference.refersTo(null));
        assertThat(first.stored().places()).containsExactly(first);
    }

    @Test
    void aMessageKnowsOnlyThoseWhoStillHaveToGetIt() {
        List<SessionLog> logs =
                IntStream.range(0, 34).mapToObj(_ -> journal.open(new Silent())).toList();
        List<Kept> kept = keep(message(), logs);
        settle();
        kept.subList(0, 30).forEach(Kept::gone);
        settle();
        assertThat(kept.getLast().stored().places())
                .containsExactlyInAnyOrderElementsOf(kept.subList(30, 34));
    }
}
