package eu.sermas.bus.routing;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.Subscription;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BranchLocksTest {

    private final BranchLocks locks = new BranchLocks();

    @Test
    void whatIsBelowTheSameTwoLevelsHasTheSameLock() {
        assertThat(locks.of(List.of("app", "a", "x")))
                .isSameAs(locks.of(new String[] {"app", "a"}))
                .isSameAs(locks.of(List.of("app", "a", "#")));
        assertThat(locks.of(List.of("app"))).isSameAs(locks.trunk);
    }

    @Test
    void appsDoNotShareALock() {
        long different =
                IntStream.range(0, 100)
                        .mapToObj(app -> locks.of("app", "app" + app))
                        .distinct()
                        .count();
        assertThat(different).isGreaterThan(80);
    }

    /// Whoever writes in another branch, or reads, does not wait for this one.
    @Test
    void aWriterInOneBranchHoldsUpNobodyElse() {
        SubscriptionTree<String> tree = new SubscriptionTree<>();
        RetainedTree<String> retained = new RetainedTree<>();
        synchronized (tree.lockOf(TopicFilter.of("app/a/x"))) {
            synchronized (retained.lockOf(Topic.of("app/a/x"))) {
                CompletableFuture.runAsync(
                                () -> {
                                    TopicFilter other = TopicFilter.of("app/b/#");
                                    tree.add("s", Subscription.of(other, QoS.AT_MOST_ONCE), 0);
                                    var _ = retained.put(Topic.of("app/b/x"), "m");
                                    tree.remove("s", other);
                                    var _ = retained.remove(Topic.of("app/b/x"));
                                },
                                Thread::startVirtualThread)
                        .join();
            }
        }
        assertThat(tree.nodeCount()).isZero();
        assertThat(retained.nodeCount()).isZero();
    }
}
