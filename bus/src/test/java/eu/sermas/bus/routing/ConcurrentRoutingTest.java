package eu.sermas.bus.routing;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.Subscription;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Writers add and remove without a pause while readers look on. What a reader sees must hold
/// whatever the order of events was.
class ConcurrentRoutingTest {

    private static final int CHANGES = 40_000;

    private final long seed = System.nanoTime();
    private final AtomicBoolean done = new AtomicBoolean();

    @Test
    void permanentSubscribersAreFoundWhileOthersComeAndGo() throws Exception {
        SubscriptionTree<String> tree = new SubscriptionTree<>();
        Map<TopicFilter, String> permanent = new HashMap<>();
        RandomTopics topics = new RandomTopics(new Random(seed));
        for (int i = 0; i < 30; i++) {
            TopicFilter filter = topics.filter();
            String subscriber = permanent.computeIfAbsent(filter, f -> "for " + f);
            tree.add(subscriber, Subscription.of(filter, QoS.AT_MOST_ONCE), 0);
        }
        Callable<Void> reader =
                () -> {
                    RandomTopics own = new RandomTopics(new Random(seed + 1));
                    while (!done.get()) {
                        Topic topic = own.topic();
                        Set<String> found = new HashSet<>();
                        Matches<String> matches = tree.match(topic);
                        matches.receivers().forEach(r -> found.add(r.subscriber()));
                        matches.groups()
                                .forEach(g -> g.members().forEach(r -> found.add(r.subscriber())));
                        permanent.forEach(
                                (filter, subscriber) -> {
                                    if (filter.matches(topic)) {
                                        assertThat(found)
                                                .as("%s of %s, seed %d", topic, filter, seed)
                                                .contains(subscriber);
                                    }
                                });
                    }
                    return null;
                };
        run(reader, () -> churn(tree, "x", seed + 2), () -> churn(tree, "y", seed + 3));

        permanent.forEach((filter, subscriber) -> tree.remove(subscriber, filter));
        assertThat(tree.size()).isZero();
        assertThat(tree.nodeCount()).isZero();
    }

    /// Comes and goes with many names and filters, and takes everything back in the end.
    private static Void churn(SubscriptionTree<String> tree, String prefix, long seed) {
        Random random = new Random(seed);
        RandomTopics topics = new RandomTopics(random);
        String[] names = new String[20];
        for (int i = 0; i < names.length; i++) {
            names[i] = prefix + i;
        }
        Map<String, Set<TopicFilter>> own = new HashMap<>();
        for (int i = 0; i < CHANGES; i++) {
            String name = names[random.nextInt(names.length)];
            TopicFilter filter = topics.filter();
            Set<TopicFilter> filters = own.computeIfAbsent(name, _ -> new HashSet<>());
            if (random.nextBoolean()) {
                boolean isNew = tree.add(name, Subscription.of(filter, QoS.AT_LEAST_ONCE), 0);
                assertThat(isNew).isEqualTo(filters.add(filter));
            } else {
                assertThat(tree.remove(name, filter)).isEqualTo(filters.remove(filter));
            }
        }
        own.forEach((name, filters) -> filters.forEach(filter -> tree.remove(name, filter)));
        return null;
    }

    /// The writer numbers its changes and tells a number once the change has returned. The reader
    /// renews what it keeps when the version says so, and must never keep less than it was told.
    @Test
    void whatIsKeptByItsVersionIsNeverOutOfDate() throws Exception {
        SubscriptionTree<String> tree = new SubscriptionTree<>();
        Topic topic = Topic.of("app/a/x");
        List<TopicFilter> filters =
                Stream.of("app/a/x", "app/a/#", "app/+/x", "#").map(TopicFilter::of).toList();
        AtomicInteger told = new AtomicInteger();
        AtomicInteger rounds = new AtomicInteger();
        Callable<Void> writer =
                () -> {
                    for (int change = 1; change <= 2_000; change++) {
                        TopicFilter filter = filters.get(change % filters.size());
                        tree.add("s", Subscription.of(filter, QoS.AT_MOST_ONCE), change);
                        told.set(change);
                        int before = rounds.get();
                        while (rounds.get() < before + 2 && !done.get()) {
                            Thread.onSpinWait();
                        }
                    }
                    return null;
                };
        Callable<Void> reader =
                () -> {
                    long keptVersion = -1;
                    int kept = 0;
                    while (!done.get()) {
                        int expected = told.get();
                        long version = tree.version(topic);
                        if (version == keptVersion) {
                            if (kept < expected) {
                                done.set(true);
                            }
                            assertThat(kept).isGreaterThanOrEqualTo(expected);
                        } else {
                            keptVersion = version;
                            kept = lastChange(tree.match(topic));
                        }
                        rounds.incrementAndGet();
                    }
                    return null;
                };
        run(reader, writer);
    }

    private static int lastChange(Matches<String> matches) {
        return matches.receivers().stream()
                .flatMapToInt(receiver -> IntStream.of(receiver.granted().subscriptionIds()))
                .max()
                .orElse(0);
    }

    @Test
    void permanentMessagesAreFoundWhileOthersComeAndGo() throws Exception {
        RetainedTree<String> tree = new RetainedTree<>();
        RandomTopics topics = new RandomTopics(new Random(seed));
        Set<Topic> permanent = new HashSet<>();
        for (int i = 0; i < 50; i++) {
            Topic topic = topics.topic();
            permanent.add(topic);
            tree.put(topic, topic.name());
        }
        Callable<Void> reader =
                () -> {
                    RandomTopics own = new RandomTopics(new Random(seed + 1));
                    while (!done.get()) {
                        TopicFilter filter = own.filter();
                        Set<String> found = new HashSet<>();
                        tree.forEachMatch(filter, found::add);
                        permanent.stream()
                                .filter(filter::matches)
                                .forEach(topic -> assertThat(found).contains(topic.name()));
                        found.forEach(name -> assertThat(filter.matches(Topic.of(name))).isTrue());
                    }
                    return null;
                };
        Callable<Void> writer =
                () -> {
                    RandomTopics own =
                            new RandomTopics(new Random(Thread.currentThread().threadId()));
                    for (int i = 0; i < CHANGES; i++) {
                        Topic topic = own.topic();
                        if (!permanent.contains(topic)) {
                            if (i % 2 == 0) {
                                tree.put(topic, topic.name());
                            } else {
                                tree.remove(topic);
                            }
                        }
                    }
                    return null;
                };
        run(reader, writer, writer);

        tree.removeIf(name -> !permanent.contains(Topic.of(name)));
        assertThat(tree.size()).isEqualTo(permanent.size());
        permanent.forEach(tree::remove);
        assertThat(tree.nodeCount()).isZero();
    }

    /// Runs the reader for as long as the writers take.
    @SafeVarargs
    private void run(Callable<Void> reader, Callable<Void>... writers) throws Exception {
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            Future<Void> reading = threads.submit(reader);
            List<Future<Void>> writing = new ArrayList<>();
            for (Callable<Void> writer : writers) {
                writing.add(threads.submit(writer));
            }
            try {
                for (Future<Void> future : writing) {
                    future.get();
                }
            } finally {
                done.set(true);
            }
            reading.get();
        }
    }
}
