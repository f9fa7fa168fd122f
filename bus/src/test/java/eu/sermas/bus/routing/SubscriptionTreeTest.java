package eu.sermas.bus.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.RetainHandling;
import eu.sermas.bus.packet.Subscription;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SubscriptionTreeTest {

    private final SubscriptionTree<String> tree = new SubscriptionTree<>();

    /// The examples of section 4.7 and their neighbours.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sport/tennis/player1/#     | sport/tennis/player1                  | true",
                "sport/tennis/player1/#     | sport/tennis/player1/ranking          | true",
                "sport/tennis/player1/#     | sport/tennis/player1/score/wimbledon  | true",
                "sport/tennis/player1/#     | sport/tennis/player2                  | false",
                "sport/#                    | sport                                 | true",
                "sport/#                    | sport/                                | true",
                "sport/#                    | sports                                | false",
                "#                          | sport/tennis                          | true",
                "#                          | /                                     | true",
                "sport/tennis/+             | sport/tennis/player1                  | true",
                "sport/tennis/+             | sport/tennis/player1/ranking          | false",
                "sport/tennis/+             | sport/tennis                          | false",
                "sport/+                    | sport                                 | false",
                "sport/+                    | sport/                                | true",
                "sport/+/player1            | sport/tennis/player1                  | true",
                "sport/+/player1            | sport//player1                        | true",
                "sport/+/player1            | sport/player1                         | false",
                "+/tennis/#                 | sport/tennis                          | true",
                "+/tennis/#                 | sport/tennis/x/y                      | true",
                "+                          | finance                               | true",
                "+                          | /finance                              | false",
                "+/+                        | /finance                              | true",
                "/+                         | /finance                              | true",
                "/finance                   | /finance                              | true",
                "/finance                   | finance                               | false",
                "finance/                   | finance                               | false",
                "a//b                       | a//b                                  | true",
                "a//b                       | a/b                                   | false",
                "#                          | $SYS/monitor/Clients                  | false",
                "+/monitor/Clients          | $SYS/monitor/Clients                  | false",
                "+                          | $SYS                                  | false",
                "$SYS/#                     | $SYS/monitor/Clients                  | true",
                "$SYS/#                     | $SYS                                  | true",
                "$SYS/monitor/+             | $SYS/monitor/Clients                  | true",
                "a/#                        | a/$b                                  | true",
                "a/+                        | a/$b                                  | true",
                "ACCOUNTS                   | accounts                              | false",
                "ACCOUNTS                   | ACCOUNTS                              | true",
                "ünï/+                      | ünï/©                                 | true",
            })
    void matchesAsSection4Dot7Says(String filter, String topic, boolean matches) {
        add("s", filter);

        assertThat(subscribers(topic)).isEqualTo(matches ? List.of("s") : List.of());
        assertThat(TopicFilter.of(filter).matches(Topic.of(topic))).isEqualTo(matches);
    }

    @Test
    void overlappingFiltersMakeOneReceiverWithTheHighestQosAndAllIdentifiers() {
        tree.add("s", subscription("a/#", QoS.AT_MOST_ONCE, false, false), 1);
        tree.add("s", subscription("a/+", QoS.EXACTLY_ONCE, false, true), 2);
        tree.add("s", subscription("a/b", QoS.AT_LEAST_ONCE, false, false), 0);

        Receiver<String> receiver = onlyReceiver("a/b");

        assertThat(receiver.granted().qos()).isEqualTo(QoS.EXACTLY_ONCE); // [MQTT-3.3.4-2]
        assertThat(receiver.granted().retainAsPublished()).isTrue();
        assertThat(receiver.granted().subscriptionIds())
                .containsExactlyInAnyOrder(1, 2); // [MQTT-3.3.4-3] [MQTT-3.3.4-5]
        assertThat(receiver.grantedOwn()).isSameAs(receiver.granted());
    }

    @Test
    void noLocalAloneKeepsTheSubscribersOwnMessagesAway() {
        tree.add("s", subscription("a/b", QoS.AT_LEAST_ONCE, true, false), 0);
        tree.add("s", subscription("a/#", QoS.AT_LEAST_ONCE, true, false), 0);

        assertThat(onlyReceiver("a/b").granted().qos()).isEqualTo(QoS.AT_LEAST_ONCE);
        assertThat(onlyReceiver("a/b").grantedOwn()).isNull(); // [MQTT-3.8.3-3]
    }

    @Test
    void ownMessagesComeByTheFiltersWithoutNoLocalAlone() {
        tree.add("s", subscription("a/b", QoS.EXACTLY_ONCE, true, true), 1);
        tree.add("s", subscription("a/+", QoS.AT_MOST_ONCE, false, false), 2);
        tree.add("s", subscription("a/#", QoS.AT_LEAST_ONCE, false, false), 3);
        tree.add("s", subscription("#", QoS.EXACTLY_ONCE, true, true), 4);

        Receiver<String> receiver = onlyReceiver("a/b");
        Granted own = Objects.requireNonNull(receiver.grantedOwn());

        assertThat(receiver.granted().qos()).isEqualTo(QoS.EXACTLY_ONCE);
        assertThat(receiver.granted().retainAsPublished()).isTrue();
        assertThat(receiver.granted().subscriptionIds()).containsExactlyInAnyOrder(1, 2, 3, 4);
        assertThat(own.qos()).isEqualTo(QoS.AT_LEAST_ONCE);
        assertThat(own.retainAsPublished()).isFalse();
        assertThat(own.subscriptionIds()).containsExactlyInAnyOrder(2, 3);
    }

    @Test
    void theSameFilterAgainReplacesTheSubscription() {
        assertThat(tree.add("s", subscription("a", QoS.EXACTLY_ONCE, true, true), 1)).isTrue();
        assertThat(tree.add("s", subscription("a", QoS.AT_MOST_ONCE, false, false), 0)).isFalse();

        Receiver<String> receiver = onlyReceiver("a");
        assertThat(receiver.granted().qos()).isEqualTo(QoS.AT_MOST_ONCE); // [MQTT-3.8.4-3]
        assertThat(receiver.granted().subscriptionIds()).isEmpty();
        assertThat(receiver.grantedOwn()).isNotNull();
        assertThat(tree.size()).isEqualTo(1);
    }

    @Test
    void sharedSubscriptionsAreGroupsByShareNameAndFilter() {
        add("a", "$share/g/x/+");
        add("b", "$share/g/x/+");
        add("b", "$share/h/x/+");
        add("c", "$share/g/x/y");
        add("c", "x/y");

        Matches<String> matches = tree.match(Topic.of("x/y"));

        assertThat(matches.receivers()).extracting(Receiver::subscriber).containsExactly("c");
        assertThat(matches.groups())
                .extracting(
                        group -> group.filter().text(),
                        group -> group.members().stream().map(Receiver::subscriber).toList())
                .containsExactlyInAnyOrder(
                        tuple("$share/g/x/+", List.of("a", "b")),
                        tuple("$share/h/x/+", List.of("b")),
                        tuple("$share/g/x/y", List.of("c")));
    }

    @Test
    void aMemberOfAGroupMayBeReplacedAndRemoved() {
        add("a", "$share/g/x");
        assertThat(add("b", "$share/g/x")).isTrue();
        assertThat(tree.add("b", subscription("$share/g/x", QoS.EXACTLY_ONCE, false, false), 7))
                .isFalse();
        assertThat(remove("a", "$share/g/x")).isTrue();
        assertThat(remove("a", "$share/g/x")).isFalse();
        assertThat(remove("b", "x")).isFalse();

        Group<String> group = tree.match(Topic.of("x")).groups().getFirst();
        assertThat(group.members()).hasSize(1);
        assertThat(group.members().getFirst().granted().subscriptionIds()).containsExactly(7);

        assertThat(remove("b", "$share/g/x")).isTrue();
        assertThat(tree.match(Topic.of("x")).isEmpty()).isTrue();
        assertThat(tree.nodeCount()).isZero();
    }

    @Test
    void removingCutsOffWhatNobodyNeeds() {
        add("s", "a/b/c");
        add("s", "a/+/#");
        add("t", "a/b");
        assertThat(tree.nodeCount()).isEqualTo(5);

        assertThat(remove("s", "a/b/c")).isTrue();
        assertThat(remove("s", "a/b/c")).isFalse();
        assertThat(remove("s", "a/b")).isFalse();
        assertThat(remove("s", "nowhere/at/all")).isFalse();
        assertThat(tree.nodeCount()).isEqualTo(4);
        assertThat(subscribers("a/b")).containsExactlyInAnyOrder("s", "t");

        remove("t", "a/b");
        remove("s", "a/+/#");
        assertThat(tree.nodeCount()).isZero();
        assertThat(tree.size()).isZero();
    }

    @Test
    void manySubscribersOfOneFilterAreEachFoundOnce() {
        List<String> names = IntStream.range(0, 1000).mapToObj(i -> "s" + i).toList();
        names.forEach(name -> add(name, "a/b"));
        names.forEach(name -> add(name, "a/#"));
        assertThat(subscribers("a/b")).containsExactlyInAnyOrderElementsOf(names);

        names.subList(3, 1000).forEach(name -> remove(name, "a/b"));
        names.subList(2, 1000).forEach(name -> remove(name, "a/#"));
        assertThat(subscribers("a/b")).containsExactlyInAnyOrder("s0", "s1", "s2");
    }

    @Test
    void thousandsOfLevelsAreNoTrouble() {
        String deep = "a/".repeat(30_000) + "a";
        add("s", deep);
        add("s", "+/".repeat(30_000) + "+");

        assertThat(subscribers(deep)).containsExactly("s");
        remove("s", deep);
        remove("s", "+/".repeat(30_000) + "+");
        assertThat(tree.nodeCount()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "app/a/#,         app/a/x,   true",
        "app/a/x,         app/a/x,   true",
        "app/a/#,         app/a,     true",
        "$share/g/app/a/+, app/a/x,  true",
        "app/#,           app,       true",
        "app/#,           app/a/x,   true",
        "app/+/x,         app/a/x,   true",
        "app,             app,       true",
        "#,               app/a/x,   true",
        "#,               app,       true",
        "+/a/x,           app/a/x,   true",
        "app/b/x,         app/a/x,   false",
        "app/b/#,         app/a/x,   false",
        "other/#,         app/a/x,   false",
    })
    void theVersionChangesWithWhatMayMatch(String filter, String topic, boolean changes) {
        long before = version(topic);
        add("s", filter);
        long added = version(topic);
        add("s", filter);
        long replaced = version(topic);
        remove("s", filter);
        long removed = version(topic);
        remove("s", filter);
        long unchanged = version(topic);

        assertThat(List.of(before != added, added != replaced, replaced != removed))
                .containsOnly(changes);
        assertThat(unchanged).isEqualTo(removed);
    }

    private boolean add(String subscriber, String filter) {
        return tree.add(subscriber, Subscription.of(TopicFilter.of(filter), QoS.AT_LEAST_ONCE), 0);
    }

    private boolean remove(String subscriber, String filter) {
        return tree.remove(subscriber, TopicFilter.of(filter));
    }

    private long version(String topic) {
        return tree.version(Topic.of(topic));
    }

    private List<String> subscribers(String topic) {
        return tree.match(Topic.of(topic)).receivers().stream().map(Receiver::subscriber).toList();
    }

    private Receiver<String> onlyReceiver(String topic) {
        List<Receiver<String>> receivers = tree.match(Topic.of(topic)).receivers();
        assertThat(receivers).hasSize(1);
        return receivers.getFirst();
    }

    private static Subscription subscription(
            String filter, QoS qos, boolean noLocal, boolean retainAsPublished) {
        return new Subscription(
                TopicFilter.of(filter), qos, noLocal, retainAsPublished, RetainHandling.SEND);
    }
}
