package eu.sermas.bus.routing;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.RetainHandling;
import eu.sermas.bus.packet.Subscription;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Random subscriptions come and go; after each step the tree says what a list of all
/// subscriptions, asked one by one, says.
class RandomSubscriptionsTest {

    private record Key(int subscriber, TopicFilter filter) {}

    private record Value(Subscription subscription, int id) {}

    private record Cached(long version, String matches) {}

    private final SubscriptionTree<Integer> tree = new SubscriptionTree<>();
    private final Map<Key, Value> oracle = new LinkedHashMap<>();
    private final Map<Topic, Cached> cache = new HashMap<>();

    static Stream<Long> seeds() {
        return new Random().longs(10).boxed();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void saysWhatAListOfAllSubscriptionsSays(long seed) {
        Random random = new Random(seed);
        RandomTopics topics = new RandomTopics(random);
        for (int step = 0; step < 1000; step++) {
            if (random.nextInt(oracle.size() + 100) < 100) {
                add(random, topics.filter());
            } else {
                remove(random, topics.filter());
            }
            Topic topic = topics.topic();
            String expected = expected(topic);
            assertThat(actual(tree.match(topic)))
                    .as("step %d, %s", step, topic)
                    .isEqualTo(expected);
            Cached cached = cache.get(topic);
            if (cached != null && cached.version == tree.version(topic)) {
                assertThat(cached.matches).as("step %d, %s", step, topic).isEqualTo(expected);
            }
            cache.put(topic, new Cached(tree.version(topic), expected));
            assertThat(tree.size()).isEqualTo(oracle.size());
        }
        for (Key key : List.copyOf(oracle.keySet())) {
            assertThat(tree.remove(key.subscriber, key.filter)).isTrue();
        }
        assertThat(tree.nodeCount()).isZero();
        assertThat(tree.size()).isZero();
    }

    private void add(Random random, TopicFilter filter) {
        Subscription subscription =
                new Subscription(
                        filter,
                        QoS.of(random.nextInt(3)),
                        !filter.isShared() && random.nextBoolean(),
                        random.nextBoolean(),
                        RetainHandling.SEND);
        int subscriber = random.nextInt(15);
        int id = random.nextInt(3) * random.nextInt(50);
        boolean isNew = tree.add(subscriber, subscription, id);
        Value before = oracle.put(new Key(subscriber, filter), new Value(subscription, id));
        assertThat(isNew).isEqualTo(before == null);
    }

    private void remove(Random random, TopicFilter unlikely) {
        Key key = new Key(random.nextInt(15), unlikely);
        if (random.nextInt(10) > 0) {
            List<Key> keys = new ArrayList<>(oracle.keySet());
            key = keys.get(random.nextInt(keys.size()));
        }
        assertThat(tree.remove(key.subscriber, key.filter)).isEqualTo(oracle.remove(key) != null);
    }

    private String expected(Topic topic) {
        Map<String, List<Value>> byReceiver = new TreeMap<>();
        oracle.forEach(
                (key, value) -> {
                    if (key.filter.matches(topic)) {
                        String group = key.filter.isShared() ? key.filter.text() : "";
                        byReceiver
                                .computeIfAbsent(
                                        group + " " + key.subscriber, _ -> new ArrayList<>())
                                .add(value);
                    }
                });
        Map<String, String> lines = new TreeMap<>();
        byReceiver.forEach(
                (receiver, values) ->
                        lines.put(
                                receiver,
                                describe(values)
                                        + " own "
                                        + describe(
                                                values.stream()
                                                        .filter(v -> !v.subscription.noLocal())
                                                        .toList())));
        return lines.toString();
    }

    private static String describe(List<Value> values) {
        if (values.isEmpty()) {
            return "none";
        }
        return describe(
                values.stream().map(v -> v.subscription.qos()).reduce(QoS.AT_MOST_ONCE, QoS::max),
                values.stream().anyMatch(v -> v.subscription.retainAsPublished()),
                values.stream().mapToInt(Value::id).filter(id -> id != 0).toArray());
    }

    private static String actual(Matches<Integer> matches) {
        Map<String, String> lines = new TreeMap<>();
        matches.receivers().forEach(receiver -> describe("", receiver, lines));
        for (Group<Integer> group : matches.groups()) {
            assertThat(group.members()).isNotEmpty();
            group.members().forEach(receiver -> describe(group.filter().text(), receiver, lines));
        }
        return lines.toString();
    }

    private static void describe(
            String group, Receiver<Integer> receiver, Map<String, String> lines) {
        String line = describe(receiver.granted()) + " own " + describe(receiver.grantedOwn());
        assertThat(lines.put(group + " " + receiver.subscriber(), line)).isNull();
    }

    private static String describe(@Nullable Granted granted) {
        return granted == null
                ? "none"
                : describe(granted.qos(), granted.retainAsPublished(), granted.subscriptionIds());
    }

    private static String describe(QoS qos, boolean retainAsPublished, int[] ids) {
        int[] sorted = ids.clone();
        Arrays.sort(sorted);
        return qos + " " + retainAsPublished + " " + Arrays.toString(sorted);
    }
}
