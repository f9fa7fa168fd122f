package eu.sermas.bus.broker;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.access.AccessRights;
import eu.sermas.bus.access.Rule;
import eu.sermas.bus.access.Verdict;
import eu.sermas.bus.broker.BrokerFixture.Peer;
import eu.sermas.bus.broker.RecordedConnection.Delivered;
import eu.sermas.bus.journal.Page;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.Property;
import eu.sermas.bus.packet.ProtocolVersion;
import eu.sermas.bus.packet.PubAck;
import eu.sermas.bus.packet.PubComp;
import eu.sermas.bus.packet.PubRec;
import eu.sermas.bus.packet.PubRel;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.session.QueueLimits;
import eu.sermas.bus.simulation.SimulatedStore;
import eu.sermas.bus.store.Batch;
import eu.sermas.bus.store.Store.Family;
import eu.sermas.bus.store.Store.Safety;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Queues of which no more than a first page of four messages is in memory.
class PagedQueueTest {

    private static final int PAGE = 4;
    private static final int MANY = 50;
    private static final int PLENTY = 1 << 24;

    /// What a message costs a queue, with who sent it.
    private static final long COST = 771;

    private final SimulatedStore store = new SimulatedStore(new Random(1));

    /// Small enough that no loop takes more than this ahead of what its sessions need.
    private static final long HELD = 200 * 1024;

    private static final long AHEAD = 2 * 2 * HELD / 2 / 2 / 8 / 2;

    private BrokerFixture bus = bus(MANY * 10, false, false, PLENTY);

    private BrokerFixture bus(int maxMessages, boolean queueQos0, boolean dropOldest, long disk) {
        return bus(
                new QueueLimits(
                        maxMessages,
                        PLENTY,
                        PLENTY,
                        queueQos0,
                        dropOldest,
                        new Page.Size(PAGE, PLENTY)),
                disk);
    }

    private BrokerFixture bus(QueueLimits queue, long disk) {
        return BrokerFixture.durable(
                2,
                BrokerFixture.limits(
                        queue, new MemoryLimits(HELD, PLENTY, PLENTY, PLENTY, disk, 1)),
                DurabilityPolicy.DEFAULT,
                store);
    }

    private static List<String> names(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "m" + i).toList();
    }

    /// Publishes messages with these numbers, each acknowledged.
    private void publish(String topic, QoS qos, int from, int to) {
        Peer publisher = bus.connect("publisher");
        for (int i = from; i < to; i++) {
            publisher.publish(topic, "m" + i, qos, i + 1);
            if (qos == QoS.EXACTLY_ONCE) {
                publisher.send(PubRel.success(i + 1));
            }
        }
        bus.loops.advance(1_000);
        publisher.drop();
    }

    /// Acknowledges what comes until nothing more does.
    private List<Delivered> drain(Peer subscriber) {
        List<Delivered> all = new ArrayList<>();
        List<Delivered> some = subscriber.connection.takeDeliveries();
        while (!some.isEmpty()) {
            all.addAll(some);
            for (Delivered each : some) {
                switch (each.qos()) {
                    case AT_MOST_ONCE -> {}
                    case AT_LEAST_ONCE -> subscriber.ack(each.packetId());
                    case EXACTLY_ONCE -> {
                        subscriber.send(PubRec.success(each.packetId()));
                        subscriber.send(PubComp.success(each.packetId()));
                    }
                }
            }
            some = subscriber.connection.takeDeliveries();
        }
        return all;
    }

    private List<String> drained(Peer subscriber) {
        return drain(subscriber).stream().map(Delivered::payload).toList();
    }

    /// Nothing of any queue is anywhere.
    private void expectNothingLeft() {
        bus.loops.advance(1_000);
        assertThat(store.count(Family.QUEUE)).as("records of queues").isZero();
        assertThat(store.count(Family.IN_FLIGHT)).as("records of windows").isZero();
        assertThat(store.count(Family.MESSAGE)).as("shared messages").isZero();
        assertThat(bus.broker.queuedBytes()).as("queued").isZero();
        assertThat(bus.broker.pagedBytes()).as("on disk").isLessThan(AHEAD);
    }

    @Test
    void whatDoesNotComeNextIsOnDiskOnlyAndCountsAllTheSame() {
        bus.persistent("s").subscribe("t", QoS.AT_LEAST_ONCE).drop();
        publish("t", QoS.AT_LEAST_ONCE, 10, 10 + MANY);

        assertThat(bus.broker.heldBytes()).isLessThan(PAGE * COST + AHEAD);
        assertThat(bus.broker.queuedBytes()).isEqualTo(MANY * COST);
        assertThat(bus.broker.pagedBytes()).isGreaterThanOrEqualTo((MANY - PAGE) * COST);
        assertThat(drained(bus.persistent("s"))).isEqualTo(names(10, 10 + MANY));
        expectNothingLeft();
    }

    /// Half of a guaranteed share here: a quarter of all is for the app, a quarter for the system.
    @Test
    void whatNobodyElseCouldHaveIsUsedFirst() {
        int kept = Math.toIntExact(HELD / 2 / 2 / 2 / COST);
        bus =
                bus(
                        new QueueLimits(
                                MANY * 10,
                                PLENTY,
                                PLENTY,
                                false,
                                false,
                                new Page.Size(PAGE, PLENTY),
                                true),
                        PLENTY);
        bus.persistent("s").subscribe("t", QoS.AT_LEAST_ONCE).drop();

        publish("t", QoS.AT_LEAST_ONCE, 10, 10 + kept / 2);
        assertThat(bus.broker.pagedBytes()).as("on disk").isLessThan(AHEAD);
        publish("t", QoS.AT_LEAST_ONCE, 10 + kept / 2, 10 + 2 * kept);
        assertThat(bus.broker.heldBytes()).isLessThan((kept + PAGE) * COST + AHEAD);
        assertThat(bus.broker.queuedBytes()).isEqualTo(2L * kept * COST);
        bus.kill();

        assertThat(drained(bus.persistent("s"))).isEqualTo(names(10, 10 + 2 * kept));
        expectNothingLeft();
    }

    @Test
    void aQueueOnDiskGoesOnBehindAKillWithoutBeingRead() {
        bus.persistent("s").subscribe("t", QoS.AT_LEAST_ONCE).drop();
        publish("t", QoS.AT_LEAST_ONCE, 0, MANY);
        bus.kill();

        assertThat(bus.broker.heldBytes()).isZero();
        publish("t", QoS.AT_LEAST_ONCE, MANY, 2 * MANY);
        assertThat(bus.broker.heldBytes()).isLessThan(AHEAD);
        List<Delivered> all = drain(bus.persistent("s"));
        assertThat(all).extracting(Delivered::payload).isEqualTo(names(0, 2 * MANY));
        assertThat(all).extracting(Delivered::dup).containsOnly(false);
        expectNothingLeft();
    }

    @Test
    void whatWasInFlightIsThereBeforeTheClientMayAnswer() {
        Peer before = bus.persistent("s").subscribe("t", QoS.EXACTLY_ONCE);
        publish("t", QoS.EXACTLY_ONCE, 0, MANY);
        List<Delivered> sent = before.connection.takeDeliveries();
        for (Delivered each : sent.subList(0, 20)) {
            before.send(PubRec.success(each.packetId()));
        }
        for (Delivered each : sent.subList(0, 10)) {
            before.send(PubComp.success(each.packetId()));
        }
        bus.loops.advance(1_000);
        bus.kill();

        Peer again = bus.persistent("s");
        assertThat(again.connection.packets(PubRel.class))
                .extracting(PubRel::packetId)
                .isEqualTo(sent.subList(10, 20).stream().map(Delivered::packetId).toList());
        List<Delivered> repeated = again.connection.deliveries();
        assertThat(repeated).extracting(Delivered::payload).isEqualTo(names(20, sent.size()));
        assertThat(repeated).extracting(Delivered::dup).containsOnly(true);
    }

    @Test
    void aPageIsReadWhileTheNextClientTakesTheSessionOver() {
        bus.persistent("s").subscribe("t", QoS.AT_LEAST_ONCE);
        publish("t", QoS.AT_LEAST_ONCE, 0, MANY);
        bus.kill();
        Peer first = bus.persistent("s");
        Peer second = bus.persistent("s");

        assertThat(first.connection.closedWith()).isEqualTo(ReasonCode.SESSION_TAKEN_OVER);
        assertThat(drained(second)).isEqualTo(names(0, MANY));
        expectNothingLeft();
    }

    @Test
    void thePageBehindTheOneInUseIsReadMeanwhileAndNoFurtherOne() {
        bus.persistent("s").subscribe("t", QoS.AT_LEAST_ONCE).drop();
        publish("t", QoS.AT_LEAST_ONCE, 0, MANY);
        store.holdReads(true);
        Peer slow = bus.persistent("s", 1);

        assertThat(slow.connection.deliveries()).as("in flight").hasSize(1);
        assertThat(store.readsWaiting()).isEqualTo(1);
        store.holdReads(false);
        bus.loops.settle();
        for (int i = 0; i < MANY; i++) {
            Delivered next = slow.connection.deliveries().getLast();
            assertThat(next.payload()).isEqualTo("m" + i);
            assertThat(bus.broker.heldBytes()).isLessThan((1 + 2 * PAGE) * COST + AHEAD);
            slow.ack(next.packetId());
        }
        assertThat(store.reads()).isEqualTo((MANY - 1) / PAGE);
        expectNothingLeft();
    }

    @Test
    void whoIsFasterThanTheDiskGetsLargerPages() {
        bus.persistent("s").subscribe("t", QoS.AT_LEAST_ONCE).drop();
        publish("t", QoS.AT_LEAST_ONCE, 0, MANY);

        assertThat(drained(bus.persistent("s"))).isEqualTo(names(0, MANY));
        assertThat(store.reads()).isLessThan(MANY / PAGE / 2);
        expectNothingLeft();
        assertThat(store.ranges()).as("small ranges, which the next page pays for").isZero();
    }

    @Test
    void manyAtOnceAreDeletedAsOneRange() {
        int many = 300;
        bus.persistent("s").subscribe("t", QoS.AT_LEAST_ONCE).drop();
        publish("t", QoS.AT_LEAST_ONCE, 0, many);

        assertThat(drained(bus.persistent("s"))).isEqualTo(names(0, many));
        expectNothingLeft();
        assertThat(store.ranges()).isEqualTo(1);
        publish("t", QoS.AT_LEAST_ONCE, many, many + MANY);
        bus.kill();
        assertThat(drained(bus.persistent("s"))).isEqualTo(names(many, many + MANY));
        expectNothingLeft();
    }

    @Test
    void whatIsBeingReadCountsBeforeItIsThereUntilItIsOrTheSessionEnds() {
        bus.persistent("s").subscribe("t", QoS.AT_LEAST_ONCE).drop();
        publish("t", QoS.AT_LEAST_ONCE, 0, MANY);
        store.holdReads(true);
        bus.persistent("s").drop();
        assertThat(bus.broker.heldBytes()).isGreaterThan((MANY - PAGE) * COST);

        bus.connect("s", true, 0, null).drop();
        assertThat(bus.broker.heldBytes()).isLessThan(AHEAD);
        store.holdReads(false);
        expectNothingLeft();
        assertThat(bus.broker.heldBytes()).isLessThan(AHEAD);
    }

    @Test
    void messagesThatAreNotDurableKeepTheirPlace() {
        bus = bus(MANY * 10, true, false, PLENTY);
        bus.persistent("s").subscribe("#", QoS.AT_LEAST_ONCE).drop();
        Peer publisher = bus.connect("p");
        for (int i = 0; i < MANY; i++) {
            publisher.publish("t", "m" + i, i % 3 == 0 ? QoS.AT_MOST_ONCE : QoS.AT_LEAST_ONCE, i);
        }
        bus.loops.advance(1_000);

        assertThat(bus.broker.heldBytes()).isLessThan(PAGE * COST + AHEAD);
        assertThat(drained(bus.persistent("s"))).isEqualTo(names(0, MANY));
        expectNothingLeft();
    }

    @Test
    void aSlowClientThatIsThereGetsEverythingInOrder() {
        Peer slow = bus.persistent("s").subscribe("t", QoS.AT_LEAST_ONCE);
        slow.writable(false);
        publish("t", QoS.AT_LEAST_ONCE, 0, MANY);
        slow.writable(true);
        List<Delivered> first = slow.connection.takeDeliveries();
        publish("t", QoS.AT_LEAST_ONCE, MANY, 2 * MANY);
        first.forEach(each -> slow.ack(each.packetId()));
        List<String> all = new ArrayList<>(first.stream().map(Delivered::payload).toList());
        all.addAll(drained(slow));
        assertThat(all).isEqualTo(names(0, 2 * MANY));
        expectNothingLeft();
    }

    @Test
    void oneMessageForManyQueuesOnDiskGoesWithTheLastOfThem() {
        for (int i = 0; i < 5; i++) {
            bus.persistent("s" + i).subscribe("t", QoS.AT_LEAST_ONCE).drop();
        }
        publish("t", QoS.AT_LEAST_ONCE, 0, MANY);
        assertThat(store.count(Family.QUEUE)).isEqualTo(5 * MANY);
        int shared = store.count(Family.MESSAGE);
        assertThat(shared).isBetween(MANY, 2 * MANY);

        assertThat(drained(bus.persistent("s0"))).isEqualTo(names(0, MANY));
        bus.connect("s1", true, 0, null).drop(); // its session ends, unread
        bus.loops.advance(1_000);
        bus.kill();
        assertThat(drained(bus.persistent("s2"))).isEqualTo(names(0, MANY));
        bus.connect("s3", true, 0, null).drop();
        bus.loops.advance(1_000);
        assertThat(store.count(Family.QUEUE)).isEqualTo(MANY);
        assertThat(drained(bus.persistent("s4"))).isEqualTo(names(0, MANY));
        expectNothingLeft();
    }

    @Test
    void aSessionThatEndsLeavesNothingOfAnyNumberOfMessages() {
        int tooManyForOneStep = 2_300;
        bus = bus(10_000, false, false, PLENTY);
        bus.persistent("s").subscribe("t", QoS.AT_LEAST_ONCE).drop();
        bus.persistent("s2").subscribe("t", QoS.AT_LEAST_ONCE).drop();
        publish("t", QoS.AT_LEAST_ONCE, 0, tooManyForOneStep);
        bus.connect("s", true, 0, null).drop();
        bus.connect("s2", true, 0, null).drop();
        expectNothingLeft();
        assertThat(bus.broker.heldBytes()).isLessThan(AHEAD);
    }

    @Test
    void theNextProcessDeletesWhatAnEndedSessionLeft() {
        bus.persistent("s").subscribe("t", QoS.AT_LEAST_ONCE).drop();
        bus.persistent("s2").subscribe("t", QoS.AT_LEAST_ONCE).drop();
        publish("t", QoS.AT_LEAST_ONCE, 0, MANY);
        store.commit(
                new Batch().deleteRange(Family.SESSION, new byte[8], new byte[] {1}),
                Safety.SYNCED);
        while (store.step()) {
            // until it is there
        }
        bus.kill();
        expectNothingLeft();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatIsOnDiskAndMayNotBeReadAnyMoreIsNotSent(boolean killed) {
        Peer reader = bus.persistent("s");
        reader.subscribe("secret", QoS.AT_LEAST_ONCE).subscribe("t", QoS.AT_LEAST_ONCE).drop();
        Peer publisher = bus.connect("publisher");
        for (int i = 0; i < MANY; i++) {
            publisher.publish(i % 2 == 0 ? "secret" : "t", "m" + i, QoS.AT_LEAST_ONCE, i + 1);
        }
        bus.loops.advance(1_000);
        if (killed) {
            bus.kill();
        }
        Peer narrower =
                bus.connect(
                        BrokerFixture.connectPacket(
                                ProtocolVersion.MQTT_5,
                                "s",
                                false,
                                BrokerFixture.SESSION_LIFETIME,
                                null),
                        BrokerFixture.login("p", LESS, Long.MAX_VALUE));

        assertThat(drained(narrower))
                .isEqualTo(names(0, MANY).stream().filter(name -> isOdd(name)).toList());
        expectNothingLeft();
    }

    private static boolean isOdd(String name) {
        return Integer.parseInt(name.substring(1)) % 2 == 1;
    }

    private static final AccessRights LESS =
            new MadeUpRights() {
                @Override
                public Verdict mayPublish(Topic topic) {
                    return Verdict.ALLOWED;
                }

                @Override
                public Verdict maySubscribe(TopicFilter filter) {
                    return filter.text().equals("secret")
                            ? Verdict.denied(Rule.MISSING_GRANT, "missing grant: secret")
                            : Verdict.ALLOWED;
                }
            };

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatASharedSubscriptionHasOnDiskGoesToTheOtherMember(boolean killed) {
        bus.persistent("s").subscribe("$share/g/t", QoS.AT_LEAST_ONCE).drop();
        publish("t", QoS.AT_LEAST_ONCE, 0, MANY);
        if (killed) {
            bus.kill();
        }
        Peer heir = bus.persistent("heir").subscribe("$share/g/t", QoS.AT_LEAST_ONCE);
        bus.connect("s", true, 0, null).drop();

        assertThat(drained(heir)).isEqualTo(names(0, MANY));
        expectNothingLeft();
    }

    @Test
    void theOldestGoesWhereverItIs() {
        bus = bus(MANY, false, true, PLENTY);
        bus.persistent("s").subscribe("t", QoS.AT_LEAST_ONCE).drop();
        publish("t", QoS.AT_LEAST_ONCE, 0, MANY);
        bus.kill(); // nothing of it is in memory
        publish("t", QoS.AT_LEAST_ONCE, MANY, 5 * MANY);

        assertThat(store.count(Family.QUEUE)).as("on disk").isLessThan(3 * MANY);
        assertThat(drained(bus.persistent("s"))).isEqualTo(names(4 * MANY, 5 * MANY));
        expectNothingLeft();
    }

    @Test
    void ofQos0TheOldestGoesFirstWhereverItIs() {
        bus = bus(MANY, true, false, PLENTY);
        bus.persistent("s").subscribe("t", QoS.AT_LEAST_ONCE).drop();
        Peer publisher = bus.connect("p");
        for (int i = 0; i < MANY; i++) {
            publisher.publish("t", "m" + i, i < 30 ? QoS.AT_MOST_ONCE : QoS.AT_LEAST_ONCE, i);
        }
        bus.loops.advance(1_000);
        publish("t", QoS.AT_LEAST_ONCE, MANY, MANY + 30);
        Peer last = bus.connect("p").publish("t", "too many", QoS.AT_LEAST_ONCE, 1);

        assertThat(last.connection.last(PubAck.class).reasonCode())
                .isEqualTo(ReasonCode.QUOTA_EXCEEDED);
        assertThat(drained(bus.persistent("s"))).isEqualTo(names(30, MANY + 30));
        expectNothingLeft();
    }

    @Test
    void whatTheDiskMayNotTakeIsRefused() {
        bus = bus(MANY * 10, false, false, 40 * COST);
        bus.persistent("s").subscribe("t", QoS.AT_LEAST_ONCE).drop();
        Peer publisher = bus.connect("p");
        int accepted = 0;
        for (int i = 0; i < 10 * MANY; i++) {
            publisher.publish("t", "m" + i, QoS.AT_LEAST_ONCE, i + 1);
            bus.loops.advance(10);
            ReasonCode reason = publisher.connection.last(PubAck.class).reasonCode();
            assertThat(reason).isIn(ReasonCode.SUCCESS, ReasonCode.QUOTA_EXCEEDED);
            accepted += reason == ReasonCode.SUCCESS ? 1 : 0;
        }
        assertThat(accepted).isBetween(2 * PAGE, PAGE + 40);
        assertThat(store.count(Family.QUEUE)).isEqualTo(accepted);
        assertThat(drained(bus.persistent("s"))).isEqualTo(names(0, accepted));
        expectNothingLeft();
    }

    @Test
    void whatExpiresOnDiskIsNotSent() {
        bus.persistent("s").subscribe("t", QoS.AT_LEAST_ONCE).drop();
        Peer publisher = bus.connect("p");
        Properties soon = Properties.builder().add(Property.MESSAGE_EXPIRY_INTERVAL, 60L).build();
        for (int i = 0; i < MANY; i++) {
            publisher.publish(
                    "t",
                    "m" + i,
                    QoS.AT_LEAST_ONCE,
                    i + 1,
                    false,
                    i < MANY - 1 ? soon : Properties.NONE);
        }
        bus.loops.advance(120_000);

        assertThat(drained(bus.persistent("s"))).containsExactly("m" + (MANY - 1));
        expectNothingLeft();
    }
}
