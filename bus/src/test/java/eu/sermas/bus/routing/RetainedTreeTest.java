package eu.sermas.bus.routing;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class RetainedTreeTest {

    private final RetainedTree<String> tree = new RetainedTree<>();

    @Test
    void oneMessageIsKeptPerTopic() {
        assertThat(tree.put(topic("a/b"), "1")).isNull();
        assertThat(tree.put(topic("a/b"), "2")).isEqualTo("1"); // [MQTT-3.3.1-5]
        assertThat(tree.put(topic("a"), "3")).isNull();

        assertThat(tree.get(topic("a/b"))).isEqualTo("2");
        assertThat(tree.get(topic("a"))).isEqualTo("3");
        assertThat(tree.get(topic("a/"))).isNull();
        assertThat(tree.get(topic("a/b/c"))).isNull();
        assertThat(tree.size()).isEqualTo(2);
    }

    @Test
    void removingCutsOffWhatHoldsNothing() {
        tree.put(topic("a/b/c"), "1");
        tree.put(topic("a/b"), "2");

        assertThat(tree.remove(topic("a"))).isNull();
        assertThat(tree.remove(topic("a/b/c/d"))).isNull();
        assertThat(tree.remove(topic("a/b/c"))).isEqualTo("1");
        assertThat(tree.remove(topic("a/b/c"))).isNull();
        assertThat(tree.nodeCount()).isEqualTo(2);
        assertThat(tree.get(topic("a/b"))).isEqualTo("2");

        assertThat(tree.remove(topic("a/b"))).isEqualTo("2");
        assertThat(tree.nodeCount()).isZero();
        assertThat(tree.size()).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sport/#       | sport sport/ sport/tennis sport/tennis/score",
                "sport/+       | sport/ sport/tennis",
                "+/tennis      | sport/tennis",
                "+             | sport finance",
                "+/+           | sport/ sport/tennis /finance",
                "#             | sport sport/ sport/tennis sport/tennis/score finance /finance",
                "/+            | /finance",
                "$SYS/#        | $SYS/uptime",
                "$SYS/+        | $SYS/uptime",
                "+/uptime      | ",
                "sport/tennis  | sport/tennis",
                "nothing/#     | ",
                "SPORT         | ",
            })
    void aFilterFindsItsMessages(String filter, String expected) {
        for (String name :
                List.of(
                        "sport",
                        "sport/",
                        "sport/tennis",
                        "sport/tennis/score",
                        "finance",
                        "/finance",
                        "$SYS/uptime")) {
            tree.put(topic(name), name);
        }
        assertThat(matches(TopicFilter.of(filter)))
                .containsExactlyInAnyOrder(
                        expected == null ? new String[0] : expected.split(" ", -1));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void aWalkComesOnceToWhatStaysWhateverElseChanges(long seed) {
        Random random = new Random(seed);
        RandomTopics topics = new RandomTopics(random);
        Set<Topic> stay = new HashSet<>();
        for (int i = 0; i < 300; i++) {
            Topic topic = topics.topic();
            tree.put(topic, topic.name());
            stay.add(topic);
        }
        TopicFilter filter = topics.filter();
        RetainedWalk<String> walk = tree.walk(filter);
        List<String> came = new ArrayList<>();
        Set<String> once = new HashSet<>();
        while (!walk.isOver()) {
            if (walk.next(1 + random.nextInt(3))) {
                came.add(String.valueOf(walk.message()));
            }
            Topic changed = topics.topic();
            stay.remove(changed);
            if (random.nextBoolean()) {
                tree.remove(changed);
            } else {
                tree.put(changed, changed.name());
            }
        }
        once.addAll(came);
        assertThat(once).hasSize(came.size());
        assertThat(came)
                .containsAll(stay.stream().filter(filter::matches).map(Topic::name).toList())
                .allMatch(name -> filter.matches(topic(name)));
    }

    @Test
    void aMarkTellsWhatWasPutSince() {
        tree.put(topic("a"), "1");
        tree.put(topic("b"), "2");
        long mark = tree.mark();
        tree.put(topic("b"), "3");
        RetainedWalk<String> walk = tree.walk(TopicFilter.of("+"));
        while (!walk.isOver()) {
            if (walk.next(1)) {
                assertThat(walk.isFrom(mark)).isEqualTo("3".equals(walk.message()));
            }
        }
    }

    @Test
    void aSweepRemovesWhatItIsToldTo() {
        for (int i = 0; i < 100; i++) {
            tree.put(topic("a/" + i % 10 + "/" + i), "" + i);
        }
        assertThat(tree.removeIf(message -> message.endsWith("7"))).isEqualTo(10);
        assertThat(tree.size()).isEqualTo(90);
        assertThat(tree.get(topic("a/7/17"))).isNull();
        assertThat(tree.get(topic("a/8/18"))).isEqualTo("18");

        assertThat(tree.removeIf(_ -> true)).isEqualTo(90);
        assertThat(tree.nodeCount()).isZero();
    }

    @Test
    void aSweepLeavesAMessageThatWasReplacedMeanwhile() {
        tree.put(topic("a"), "old");

        int removed =
                tree.removeIf(
                        message -> {
                            tree.put(topic("a"), "new");
                            return message.equals("old");
                        });

        assertThat(removed).isZero();
        assertThat(tree.get(topic("a"))).isEqualTo("new");
    }

    @Test
    void thousandsOfLevelsAreNoTrouble() {
        Topic deep = topic("a/".repeat(30_000) + "a");
        tree.put(deep, "deep");

        assertThat(matches(TopicFilter.of("a/#"))).containsExactly("deep");
        assertThat(tree.remove(deep)).isEqualTo("deep");
        assertThat(tree.nodeCount()).isZero();
    }

    static Stream<Long> seeds() {
        return new Random().longs(10).boxed();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void saysWhatAMapOfAllTopicsSays(long seed) {
        Random random = new Random(seed);
        RandomTopics topics = new RandomTopics(random);
        Map<Topic, String> oracle = new HashMap<>();
        for (int step = 0; step < 1500; step++) {
            Topic topic = topics.topic();
            if (random.nextInt(3) == 0) {
                assertThat(tree.remove(topic)).isEqualTo(oracle.remove(topic));
            } else {
                String message = topic + " " + step;
                assertThat(tree.put(topic, message)).isEqualTo(oracle.put(topic, message));
            }
            if (step % 500 == 499) {
                assertThat(tree.removeIf(message -> message.endsWith("1")))
                        .isEqualTo(
                                (int)
                                        oracle.values().stream()
                                                .filter(m -> m.endsWith("1"))
                                                .count());
                oracle.values().removeIf(message -> message.endsWith("1"));
            }
            TopicFilter filter = topics.filter();
            assertThat(matches(filter).stream().sorted())
                    .as("step %d, %s", step, filter)
                    .containsExactlyElementsOf(
                            oracle.entrySet().stream()
                                    .filter(entry -> filter.matches(entry.getKey()))
                                    .map(Map.Entry::getValue)
                                    .sorted()
                                    .toList());
            assertThat(tree.size()).isEqualTo(oracle.size());
        }
        oracle.keySet().forEach(tree::remove);
        assertThat(tree.nodeCount()).isZero();
    }

    private List<String> matches(TopicFilter filter) {
        List<String> found = new ArrayList<>();
        tree.forEachMatch(filter, found::add);
        return found;
    }

    private static Topic topic(String name) {
        return Topic.of(name);
    }
}
