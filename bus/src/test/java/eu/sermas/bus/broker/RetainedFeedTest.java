package eu.sermas.bus.broker;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.broker.BrokerFixture.Peer;
import eu.sermas.bus.broker.RecordedConnection.Delivered;
import eu.sermas.bus.packet.ConnAck;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.Property;
import eu.sermas.bus.packet.Publish;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.SubAck;
import eu.sermas.bus.packet.Subscribe;
import eu.sermas.bus.packet.Subscription;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.packet.Unsubscribe;
import eu.sermas.bus.simulation.SimulatedStore;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What a new subscription brings of the messages that are retained.
class RetainedFeedTest {

    private final SimulatedStore store = new SimulatedStore(new Random(1));
    private final BrokerFixture bus =
            BrokerFixture.durable(2, Limits.DEFAULT, DurabilityPolicy.DEFAULT, store);

    private void retain(int count) {
        Peer publisher = bus.connect("publisher");
        for (int i = 0; i < count; i++) {
            String topic = "r/" + i % 100 + "/" + i;
            publisher.publish(topic, "" + i, QoS.AT_LEAST_ONCE, 1, true, Properties.NONE);
        }
        publisher.drop();
    }

    private static Publish retained(String topic, String payload) {
        return new Publish(
                Topic.of(topic),
                payload.getBytes(StandardCharsets.UTF_8),
                QoS.AT_LEAST_ONCE,
                true,
                false,
                1,
                Properties.NONE);
    }

    private static Subscribe to(String filter, QoS qos) {
        return new Subscribe(
                1, List.of(Subscription.of(TopicFilter.of(filter), qos)), Properties.NONE);
    }

    /// Acknowledges until nothing comes any more.
    private static List<Delivered> takeAll(Peer reader) {
        List<Delivered> taken = new ArrayList<>();
        for (List<Delivered> some = reader.connection.takeDeliveries();
                !some.isEmpty();
                some = reader.connection.takeDeliveries()) {
            taken.addAll(some);
            some.stream()
                    .filter(one -> one.packetId() != 0)
                    .forEach(one -> reader.ack(one.packetId()));
        }
        return taken;
    }

    private static Set<String> payloads(List<Delivered> deliveries) {
        Set<String> payloads = new HashSet<>();
        deliveries.forEach(one -> payloads.add(one.payload()));
        return payloads;
    }

    private static Set<String> numbers(int count) {
        Set<String> numbers = new HashSet<>();
        IntStream.range(0, count).forEach(i -> numbers.add("" + i));
        return numbers;
    }

    /// A client that asks, by PINGREQ, whether that was all gets the answer behind them.
    @ParameterizedTest
    @EnumSource(
            value = QoS.class,
            names = {"AT_MOST_ONCE", "AT_LEAST_ONCE"})
    void theyFollowSubackAtOnce(QoS qos) {
        retain(3);
        Peer reader = bus.persistent("reader", 20);
        reader.sendLater(to("#", qos));
        while (reader.connection.packets(SubAck.class).isEmpty()) {
            assertThat(reader.connection.deliveries()).isEmpty();
            assertThat(bus.loops.step()).isTrue();
        }
        assertThat(reader.connection.deliveries()).hasSize(3);
    }

    @ParameterizedTest
    @EnumSource(
            value = QoS.class,
            names = {"AT_MOST_ONCE", "AT_LEAST_ONCE"})
    void anyNumberComesEachOnce(QoS qos) {
        retain(12_500);
        Peer reader = bus.persistent("reader", 20).subscribe("#", qos);
        List<Delivered> all = takeAll(reader);
        assertThat(all).hasSize(12_500).allMatch(Delivered::retain);
        assertThat(payloads(all)).isEqualTo(numbers(12_500));
        assertThat(bus.broker.heldBytes()).as("held behind them").isLessThan(1 << 20);
    }

    @Test
    void whatIsNotOutWhenTheProcessIsKilledComesFromTheNextOne() {
        retain(2_000);
        Peer reader = bus.persistent("reader", 10).subscribe("r/#", QoS.AT_LEAST_ONCE);
        assertThat(reader.connection.packets(SubAck.class)).hasSize(1);
        Set<String> seen = payloads(reader.connection.deliveries());
        assertThat(seen).hasSize(10);
        bus.kill();
        Peer back = bus.persistent("reader", 10);
        assertThat(back.connection.last(ConnAck.class).sessionPresent()).isTrue();
        seen.addAll(payloads(takeAll(back)));
        assertThat(seen).isEqualTo(numbers(2_000));

        bus.loops.advance(1_000);
        bus.kill();
        assertThat(takeAll(bus.persistent("reader", 10))).as("all are out").isEmpty();
    }

    @Test
    void theyAreSafeWhenSubackLeaves() {
        retain(2_000);
        Peer reader = bus.persistent("reader", 10);
        reader.sendLater(to("r/#", QoS.AT_LEAST_ONCE));
        while (reader.connection.packets(SubAck.class).isEmpty()) {
            bus.loops.step();
        }
        bus.kill();
        Peer back = bus.persistent("reader", 10);
        assertThat(back.connection.last(ConnAck.class).sessionPresent()).isTrue();
        assertThat(payloads(takeAll(back))).isEqualTo(numbers(2_000));
    }

    @Test
    void aClientThatLosesItsConnectionGetsTheRestOnTheNextOne() {
        retain(500);
        Peer reader = bus.persistent("reader", 10).subscribe("r/#", QoS.AT_LEAST_ONCE);
        Set<String> seen = payloads(reader.drop().connection.deliveries());
        Peer back = bus.persistent("reader", 10);
        List<Delivered> rest = takeAll(back);
        assertThat(rest).hasSize(500);
        assertThat(seen).hasSize(10);
        assertThat(payloads(rest)).isEqualTo(numbers(500));
    }

    @Test
    void aSlowConnectionAtQos0IsWaitedFor() {
        retain(1_000);
        Peer reader = bus.persistent("reader", 10);
        reader.writable(false).subscribe("r/#", QoS.AT_MOST_ONCE);
        assertThat(reader.connection.deliveries()).isEmpty();
        bus.connect("live").publish("r/live", "live", QoS.AT_MOST_ONCE, 0);
        reader.writable(true);
        List<String> came = reader.connection.payloads();
        assertThat(came).hasSize(1_001);
        assertThat(came.indexOf("live")).as("does not wait for all").isLessThan(10);
    }

    @Test
    void theyTakeTurnsWithOtherMessages() {
        retain(100);
        Peer reader = bus.persistent("reader", 1).subscribe("#", QoS.AT_LEAST_ONCE);
        Peer publisher = bus.connect("live");
        for (int i = 0; i < 20; i++) {
            publisher.publish("live", "live " + (char) ('a' + i), QoS.AT_LEAST_ONCE, 1);
        }
        List<Delivered> first = takeAll(reader).subList(0, 41);
        assertThat(first.stream().filter(Delivered::retain).count()).isBetween(20L, 22L);
        assertThat(first.stream().map(Delivered::payload).filter(p -> p.startsWith("live")))
                .isSorted()
                .startsWith("live a");
    }

    @Test
    void anUnsubscriptionEndsThem() {
        retain(100);
        Peer reader = bus.persistent("reader", 10).subscribe("r/#", QoS.AT_LEAST_ONCE);
        reader.send(new Unsubscribe(2, List.of(TopicFilter.of("r/#")), Properties.NONE));
        assertThat(takeAll(reader)).hasSize(10);
        reader.subscribe("r/1/#", QoS.AT_LEAST_ONCE);
        assertThat(takeAll(reader)).hasSize(1);
    }

    @Test
    void whatWasReplacedOrHasExpiredMeanwhileDoesNotCome() {
        retain(100);
        Peer publisher = bus.connect("late");
        Properties expiring =
                Properties.builder().add(Property.MESSAGE_EXPIRY_INTERVAL, 10).build();
        publisher.publish("r/expiring", "expired", QoS.AT_LEAST_ONCE, 1, true, expiring);
        Peer reader = bus.persistent("reader", 1).subscribe("r/#", QoS.AT_LEAST_ONCE);
        String first = reader.connection.payloads().getFirst();
        bus.loops.advance(11_000);
        for (int i = 0; i < 100; i++) {
            publisher.publish(
                    "r/" + i % 100 + "/" + i, "new", QoS.AT_LEAST_ONCE, 1, true, Properties.NONE);
        }
        List<Delivered> all = takeAll(reader);
        assertThat(all).hasSize(101);
        assertThat(payloads(all)).containsExactlyInAnyOrder(first, "new");
    }

    /// The subscription is in force and not yet on disk; the publisher publishes, and before its
    /// loop hands over what it has, the disk is ready and the reader told.
    @Test
    void ofOneTopicNothingOlderComesBehindThem() {
        Peer publisher = bus.connect("publisher");
        Peer reader = bus.persistent("reader");
        for (int i = 0; reader.loop == publisher.loop; i++) {
            reader = bus.persistent("reader" + i);
        }
        publisher.publish("t", "0", QoS.AT_LEAST_ONCE, 1, true, Properties.NONE);
        store.busy(true);
        reader.subscribe("t", QoS.AT_MOST_ONCE);
        for (int i = 1; i < 10; i++) {
            publisher.sendLater(retained("t", "" + i));
        }
        bus.loops.later(
                publisher.loop,
                () -> {
                    store.busy(false);
                    while (store.step()) {
                        // until all is there
                    }
                });
        bus.loops.settle();
        List<Integer> came = reader.connection.payloads().stream().map(Integer::valueOf).toList();
        assertThat(came).isSorted().endsWith(1, 2, 3, 4, 5, 6, 7, 8, 9);
    }
}
