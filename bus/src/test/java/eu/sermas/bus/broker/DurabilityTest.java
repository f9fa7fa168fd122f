package eu.sermas.bus.broker;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.broker.BrokerFixture.Peer;
import eu.sermas.bus.broker.RecordedConnection.Delivered;
import eu.sermas.bus.packet.ConnAck;
import eu.sermas.bus.packet.Durability;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.Property;
import eu.sermas.bus.packet.PubAck;
import eu.sermas.bus.packet.PubComp;
import eu.sermas.bus.packet.PubRec;
import eu.sermas.bus.packet.PubRel;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.packet.SubAck;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.packet.Unsubscribe;
import eu.sermas.bus.session.QueueLimits;
import eu.sermas.bus.simulation.SimulatedStore;
import eu.sermas.bus.store.Store;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What outlives the process, and what an acknowledgement waits for. Random sequences with crashes
/// are in the simulation; here each promise is told apart.
class DurabilityTest {

    private static final int PATIENCE = DurabilityPolicy.DEFAULT.patience();

    private final SimulatedStore store = new SimulatedStore(new Random(1));
    private final BrokerFixture bus =
            BrokerFixture.durable(3, Limits.DEFAULT, DurabilityPolicy.DEFAULT, store);

    private static List<PubAck> acks(Peer publisher) {
        return publisher.connection.packets(PubAck.class);
    }

    private static List<Integer> packetIds(Peer subscriber) {
        return subscriber.connection.deliveries().stream().map(Delivered::packetId).toList();
    }

    @Test
    void anAcknowledgementWaitsForTheDiskWhereTheSubscriberIsAway() {
        bus.persistent("s").subscribe("t", QoS.AT_LEAST_ONCE).drop();
        Peer publisher = bus.connect("p");
        store.busy(true);
        publisher.publish("t", "m", QoS.AT_LEAST_ONCE, 1);
        bus.loops.advance(1_000);
        assertThat(acks(publisher)).isEmpty();
        store.busy(false);
        bus.loops.settle();
        assertThat(acks(publisher)).hasSize(1);
        bus.kill();
        assertThat(bus.persistent("s").connection.payloads()).containsExactly("m");
    }

    @Test
    void nothingIsWrittenForASubscriberThatAcknowledgesInTime() {
        Peer subscriber = bus.persistent("s").subscribe("t", QoS.AT_LEAST_ONCE);
        bus.loops.advance(100);
        Peer publisher = bus.connect("p");
        int before = store.written();
        publisher.publish("t", "m", QoS.AT_LEAST_ONCE, 1);
        assertThat(acks(publisher)).as("before the subscriber's").isEmpty();
        subscriber.ack(1);
        assertThat(acks(publisher)).hasSize(1);
        bus.loops.advance(100);
        assertThat(store.written()).isEqualTo(before);
    }

    @Test
    void aSlowSubscriberCostsAWriteAndNoMoreThanThePatience() {
        Peer subscriber = bus.persistent("s").subscribe("t", QoS.AT_LEAST_ONCE);
        bus.loops.advance(100);
        Peer publisher = bus.connect("p").publish("t", "m", QoS.AT_LEAST_ONCE, 1);
        assertThat(acks(publisher)).isEmpty();
        bus.loops.advance(PATIENCE);
        assertThat(acks(publisher)).hasSize(1);
        bus.kill();
        Peer back = bus.persistent("s");
        assertThat(back.connection.deliveries())
                .extracting(Delivered::payload, Delivered::dup, Delivered::packetId)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(
                                "m", true, packetIds(subscriber).get(0)));
    }

    @Test
    void aMessageForManyIsWrittenOnceForEachLoop() {
        for (int i = 0; i < 30; i++) {
            bus.persistent("s" + i).subscribe("t", QoS.AT_LEAST_ONCE).drop();
        }
        bus.loops.advance(100);
        int before = store.written();
        bus.connect("p").publish("t", "m", QoS.AT_LEAST_ONCE, 1);
        bus.loops.settle();
        assertThat(store.written() - before).isEqualTo(30 + 3);
        bus.kill();
        for (int i = 0; i < 30; i++) {
            Peer back = bus.persistent("s" + i);
            assertThat(back.connection.payloads()).containsExactly("m");
            back.ack(packetIds(back).getFirst());
        }
        bus.loops.advance(100);
        bus.kill();
        assertThat(bus.persistent("s7").connection.payloads()).isEmpty();
    }

    @Test
    void exactlyOnceSurvivesEachStepOfTheReceiver() {
        Peer subscriber = bus.persistent("s").subscribe("t", QoS.EXACTLY_ONCE);
        Peer publisher = bus.persistent("p").publish("t", "m", QoS.EXACTLY_ONCE, 7);
        assertThat(publisher.connection.packets(PubRec.class)).hasSize(1);
        int id = packetIds(subscriber).getFirst();

        bus.kill(); // before PUBREC came
        Peer again = bus.persistent("s");
        assertThat(again.connection.deliveries())
                .extracting(Delivered::packetId, Delivered::dup)
                .containsExactly(org.assertj.core.groups.Tuple.tuple(id, true));
        again.send(PubRec.success(id));
        assertThat(again.connection.packets(PubRel.class)).hasSize(1);

        bus.kill(); // after PUBREL was sent
        Peer third = bus.persistent("s");
        assertThat(third.connection.deliveries()).isEmpty();
        assertThat(third.connection.packets(PubRel.class))
                .extracting(PubRel::packetId)
                .containsExactly(id);
        third.send(PubComp.success(id));
        bus.loops.advance(100);

        bus.kill();
        Peer fourth = bus.persistent("s");
        assertThat(fourth.connection.deliveries()).isEmpty();
        assertThat(fourth.connection.packets(PubRel.class)).isEmpty();
    }

    @Test
    void exactlyOnceSurvivesEachStepOfThePublisher() {
        bus.persistent("s").subscribe("t", QoS.EXACTLY_ONCE).drop();
        bus.persistent("p").publish("t", "m", QoS.EXACTLY_ONCE, 7);
        bus.kill();
        Peer publisher = bus.persistent("p");
        publisher.publish("t", "m", QoS.EXACTLY_ONCE, 7); // PUBREC was lost
        assertThat(publisher.connection.packets(PubRec.class)).hasSize(1);
        publisher.send(PubRel.success(7));
        assertThat(publisher.connection.packets(PubComp.class)).hasSize(1);
        bus.kill();
        bus.persistent("p").publish("t", "another", QoS.EXACTLY_ONCE, 7);
        assertThat(bus.persistent("s").connection.payloads()).containsExactly("m", "another");
    }

    @Test
    void nothingOfExactlyOnceIsSentBeforeItIsOnDisk() {
        Peer subscriber = bus.persistent("s").subscribe("t", QoS.EXACTLY_ONCE);
        store.busy(true);
        Peer publisher = bus.connect("p").publish("t", "m", QoS.EXACTLY_ONCE, 1);
        bus.loops.advance(100);
        assertThat(subscriber.connection.deliveries()).isEmpty();
        assertThat(publisher.connection.packets(PubRec.class)).isEmpty();
        store.busy(false);
        bus.loops.settle();
        assertThat(subscriber.connection.payloads()).containsExactly("m");
        store.busy(true);
        subscriber.send(PubRec.success(packetIds(subscriber).getFirst()));
        assertThat(subscriber.connection.packets(PubRel.class)).isEmpty();
        store.busy(false);
        bus.loops.settle();
        assertThat(subscriber.connection.packets(PubRel.class)).hasSize(1);
    }

    @Test
    void subscriptionsAndTheirEndSurvive() {
        Peer subscriber =
                bus.persistent("s")
                        .subscribe("a", QoS.AT_LEAST_ONCE)
                        .subscribe("b", QoS.AT_LEAST_ONCE);
        subscriber.send(new Unsubscribe(3, List.of(TopicFilter.of("a")), Properties.NONE));
        bus.kill();
        Peer publisher = bus.connect("p");
        publisher.publish("a", "no", QoS.AT_LEAST_ONCE, 1);
        publisher.publish("b", "yes", QoS.AT_LEAST_ONCE, 2);
        Peer back = bus.persistent("s");
        assertThat(back.connection.packets(ConnAck.class).getFirst().sessionPresent()).isTrue();
        assertThat(back.connection.payloads()).containsExactly("yes");
    }

    @ParameterizedTest
    @ValueSource(strings = {"$app/x", "$SYSTEM", "$", "plain"})
    void onlyWhatTheBrokerSaysOfItselfNeedsNoDisk(String topic) {
        bus.persistent("s").subscribe(topic, QoS.AT_LEAST_ONCE).drop();
        bus.connect("p").publish(topic, "m", QoS.AT_LEAST_ONCE, 1, true, Properties.NONE);
        bus.kill();
        assertThat(bus.persistent("s").connection.payloads()).containsExactly("m");
        assertThat(bus.connect("late").subscribe(topic, QoS.AT_LEAST_ONCE).connection.payloads())
                .containsExactly("m");
        assertThat(DurabilityPolicy.DEFAULT.of(Topic.of("$SYS"))).isEqualTo(Durability.NONE);
        assertThat(DurabilityPolicy.DEFAULT.of(Topic.of("$SYS/a"))).isEqualTo(Durability.NONE);
    }

    private int records(Store.Family family) {
        int[] count = new int[1];
        store.scan(
                family,
                new byte[0],
                (_, _) -> {
                    count[0]++;
                    return true;
                });
        return count[0];
    }

    @Test
    void whatHasExpiredLeavesTheDiskToo() {
        bus.persistent("s").subscribe("t", QoS.AT_LEAST_ONCE).drop();
        Properties soon = Properties.builder().add(Property.MESSAGE_EXPIRY_INTERVAL, 10).build();
        Properties later = Properties.builder().add(Property.MESSAGE_EXPIRY_INTERVAL, 99).build();
        Peer publisher = bus.connect("p");
        publisher.publish("t", "goes", QoS.AT_LEAST_ONCE, 1, true, soon);
        publisher.publish("t/2", "stays", QoS.AT_LEAST_ONCE, 2, true, later);
        publisher.publish("t", "stays", QoS.AT_LEAST_ONCE, 3, false, later);
        bus.loops.advance(100);
        assertThat(records(Store.Family.RETAINED)).isEqualTo(2);
        assertThat(records(Store.Family.QUEUE)).isEqualTo(2);
        bus.loops.advance(21_000);
        assertThat(records(Store.Family.QUEUE)).as("found by the sweep").isEqualTo(1);
        publisher.publish("t/3", "goes", QoS.AT_LEAST_ONCE, 4, true, soon);
        bus.loops.advance(100);
        bus.loops.setClock(11_000); // nobody was there to see it expire
        bus.kill();
        assertThat(records(Store.Family.RETAINED)).as("found at the start").isEqualTo(1);
        bus.loops.advance(130_000);
        assertThat(records(Store.Family.RETAINED)).isZero();
        assertThat(bus.persistent("s").connection.payloads()).isEmpty();
        bus.loops.advance(1_000);
        assertThat(records(Store.Family.QUEUE)).as("found when it is read").isZero();
    }

    @Test
    void aSubscriptionIsAcknowledgedOnceItIsOnDisk() {
        Peer subscriber = bus.persistent("s");
        store.busy(true);
        subscriber.subscribe("t", QoS.AT_LEAST_ONCE);
        bus.loops.advance(100);
        assertThat(subscriber.connection.packets(SubAck.class)).isEmpty();
        store.busy(false);
        bus.loops.settle();
        assertThat(subscriber.connection.packets(SubAck.class)).hasSize(1);
    }

    @Test
    void aSessionEndsInItsTimeThoughTheProcessWasAway() {
        bus.connect("short", false, 10, null).subscribe("t", QoS.AT_LEAST_ONCE).drop();
        bus.connect("connected", false, 10, null).subscribe("t", QoS.AT_LEAST_ONCE);
        bus.loops.advance(2_000);
        bus.kill();
        bus.loops.advance(5_000);
        bus.kill();
        bus.loops.advance(6_000);
        for (String id : List.of("short", "connected")) {
            ConnAck answer =
                    bus.connect(id, false, 10, null).connection.packets(ConnAck.class).getFirst();
            assertThat(answer.sessionPresent()).as(id).isFalse();
        }
    }

    @Test
    void aCleanStartIsForGood() {
        bus.persistent("s").subscribe("t", QoS.AT_LEAST_ONCE).drop();
        bus.connect("s", true, 0, null);
        bus.kill();
        ConnAck answer = bus.persistent("s").connection.packets(ConnAck.class).getFirst();
        assertThat(answer.sessionPresent()).isFalse();
    }

    @Test
    void retainedMessagesAndTheirRemovalSurvive() {
        Peer publisher = bus.connect("p");
        retain(publisher, "a", "old", 1);
        retain(publisher, "a", "new", 2);
        retain(publisher, "b", "gone", 3);
        retain(publisher, "b", "", 4);
        assertThat(acks(publisher)).hasSize(4);
        bus.kill();
        Peer reader = bus.connect("r").subscribe("#", QoS.AT_LEAST_ONCE);
        assertThat(reader.connection.payloads()).containsExactly("new");
    }

    private static void retain(Peer publisher, String topic, String payload, int packetId) {
        publisher.publish(topic, payload, QoS.AT_LEAST_ONCE, packetId, true, Properties.NONE);
    }

    @ParameterizedTest
    @ValueSource(longs = {1_000, 20_000})
    void aDelayedWillIsPublishedWhenItIsDue(long awayMillis) {
        bus.persistent("s").subscribe("w", QoS.AT_LEAST_ONCE).drop();
        bus.connect("w", false, 3600, BrokerFixture.will("w", "farewell", 10)).drop();
        bus.loops.advance(100);
        bus.kill();
        bus.loops.advance(awayMillis);
        bus.kill();
        bus.loops.advance(11_000);
        bus.kill();
        assertThat(bus.persistent("s").connection.payloads()).containsExactly("farewell");
    }

    @Test
    void whatIsNotToBeKeptIsAcknowledgedAtOnceAndGoneWithTheProcess() {
        DurabilityPolicy policy =
                new DurabilityPolicy(
                        List.of(
                                new DurabilityPolicy.Rule(
                                        TopicFilter.of("none/#"), Durability.NONE),
                                new DurabilityPolicy.Rule(
                                        TopicFilter.of("async/#"), Durability.ASYNC)),
                        topic -> topic.name().startsWith("catalogue/") ? Durability.NONE : null,
                        Durability.FSYNC,
                        PATIENCE);
        SimulatedStore disk = new SimulatedStore(new Random(2));
        BrokerFixture other = BrokerFixture.durable(2, Limits.DEFAULT, policy, disk);
        other.persistent("s").subscribe("#", QoS.AT_LEAST_ONCE).drop();
        other.loops.advance(100);
        Peer publisher = other.connect("p");
        disk.busy(true);
        publisher.publish("none/a", "none", QoS.AT_LEAST_ONCE, 1);
        publisher.publish("async/a", "async", QoS.AT_LEAST_ONCE, 2);
        assertThat(acks(publisher)).hasSize(2);
        disk.busy(false);
        other.loops.advance(100);
        other.kill();
        assertThat(other.persistent("s").connection.payloads()).containsExactly("async");
    }

    @Test
    void whileTheDiskFailsPublishersAreToldAndOthersGoOn() {
        bus.persistent("away").subscribe("t", QoS.AT_LEAST_ONCE).drop();
        Peer here = bus.connect("here").subscribe("t", QoS.AT_LEAST_ONCE);
        bus.loops.advance(100);
        store.fail(true);
        Peer publisher = bus.connect("p").publish("t", "one", QoS.AT_LEAST_ONCE, 1);
        assertThat(acks(publisher))
                .extracting(PubAck::reasonCode)
                .containsExactly(ReasonCode.IMPLEMENTATION_SPECIFIC_ERROR);
        assertThat(here.connection.payloads()).containsExactly("one");
        store.fail(false);
        bus.loops.advance(1_000);
        publisher.publish("t", "two", QoS.AT_LEAST_ONCE, 2);
        assertThat(acks(publisher))
                .extracting(PubAck::reasonCode)
                .containsExactly(ReasonCode.IMPLEMENTATION_SPECIFIC_ERROR, ReasonCode.SUCCESS);
        bus.kill();
        assertThat(bus.persistent("away").connection.payloads()).containsExactly("two");
    }

    @Test
    void aFullQueueLetsGoOfItsOldestWhereItIsToldTo() {
        Limits limits =
                BrokerFixture.limits(new QueueLimits(2, 1 << 20, 1 << 20, false, true), 1 << 20);
        SimulatedStore disk = new SimulatedStore(new Random(3));
        BrokerFixture small = BrokerFixture.durable(1, limits, DurabilityPolicy.DEFAULT, disk);
        small.persistent("s").subscribe("t", QoS.AT_LEAST_ONCE).drop();
        Peer publisher = small.connect("p");
        for (int i = 1; i <= 4; i++) {
            publisher.publish("t", "m" + i, QoS.AT_LEAST_ONCE, i);
        }
        assertThat(acks(publisher))
                .extracting(PubAck::reasonCode)
                .containsOnly(ReasonCode.SUCCESS)
                .hasSize(4);
        small.loops.advance(100);
        assertThat(small.metrics.scrape())
                .contains("sermas_bus_queue_overflowed_total{app=\"\"} 2.0");
        small.kill();
        assertThat(small.persistent("s").connection.payloads()).containsExactly("m3", "m4");
    }
}
