package eu.sermas.bus.broker;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.access.AccessRights;
import eu.sermas.bus.access.Grants;
import eu.sermas.bus.access.Verdict;
import eu.sermas.bus.broker.BrokerFixture.Peer;
import eu.sermas.bus.packet.Connect;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.Property;
import eu.sermas.bus.packet.ProtocolVersion;
import eu.sermas.bus.packet.PubAck;
import eu.sermas.bus.packet.Publish;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.packet.SubAck;
import eu.sermas.bus.packet.Subscribe;
import eu.sermas.bus.packet.Subscription;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.session.QueueLimits;
import eu.sermas.bus.simulation.SimulatedStore;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Each app has a share of the memory for messages, sessions and retained messages that no other
/// app can take, and publishers are slowed for the sake of those alone who get their messages.
class AccountsTest {

    private static final int KIB = 1024;

    private static Limits limits(QueueLimits queue) {
        return new Limits(
                64 * KIB,
                100,
                100,
                10,
                100,
                1_000,
                queue,
                new MemoryLimits(400 * KIB, 200 * KIB, 200 * KIB, 64 * KIB, 3),
                3600,
                3600);
    }

    private static final QueueLimits QUEUE =
            new QueueLimits(10_000, 1 << 20, 32 * KIB, false, false);

    private final BrokerFixture bus = new BrokerFixture(1, limits(QUEUE), 1);

    private static AccessRights rightsIn(String app) {
        return new MadeUpRights() {
            @Override
            public Set<String> appIds() {
                return Set.of(app);
            }

            @Override
            public Verdict mayPublish(Topic topic) {
                return Verdict.ALLOWED;
            }

            @Override
            public Verdict maySubscribe(TopicFilter filter) {
                return Verdict.ALLOWED;
            }
        };
    }

    private Peer connect(String app, String clientId, boolean cleanStart, long expiry) {
        Connect connect =
                BrokerFixture.connectPacket(
                        ProtocolVersion.MQTT_5, clientId, cleanStart, expiry, null);
        return bus.connect(connect, BrokerFixture.login(app, rightsIn(app), Long.MAX_VALUE));
    }

    private Peer persistent(String app, String clientId) {
        return connect(app, clientId, false, 3600);
    }

    private static ReasonCode answer(Peer publisher) {
        return publisher.connection.packets(PubAck.class).getLast().reasonCode();
    }

    /// Fills the share of an app with messages for a session that is away.
    ///
    /// @return how many it took
    private int fillQueues(String app) {
        persistent(app, "away").subscribe("app/" + app + "/#", QoS.AT_LEAST_ONCE).drop();
        Peer publisher = persistent(app, "greedy");
        for (int i = 1; i < 1_000; i++) {
            publisher.publish("app/" + app + "/x", "x".repeat(4 * KIB), QoS.AT_LEAST_ONCE, i);
            if (answer(publisher) == ReasonCode.QUOTA_EXCEEDED) {
                return i - 1;
            }
        }
        throw new AssertionError("no limit");
    }

    @Test
    void nothingIsDroppedForAMessageThatHasNoRoomEvenThen() {
        QueueLimits queue = new QueueLimits(100, 16 * KIB, 32 * KIB, false, true);
        BrokerFixture small = new BrokerFixture(1, limits(queue), 1);
        Peer away = small.persistent("away").subscribe("#", QoS.AT_LEAST_ONCE).drop();
        Peer publisher = small.connect("publisher");
        for (int i = 1; i <= 5; i++) {
            publisher.publish("t", "small " + i, QoS.AT_LEAST_ONCE, i);
        }
        publisher.publish("t", "x".repeat(32 * KIB), QoS.AT_LEAST_ONCE, 6);
        assertThat(answer(publisher)).isEqualTo(ReasonCode.QUOTA_EXCEEDED);
        Peer back = small.persistent("away");
        assertThat(back.connection.payloads())
                .containsExactly("small 1", "small 2", "small 3", "small 4", "small 5");
        assertThat(away.connection.payloads()).isEmpty();
    }

    @Test
    void nothingIsDroppedWhereOthersHaveTheMemory() {
        QueueLimits queue = new QueueLimits(10_000, 1 << 20, 32 * KIB, false, true);
        BrokerFixture small = new BrokerFixture(1, limits(queue), 1);
        small.persistent("away").subscribe("a", QoS.AT_LEAST_ONCE).drop();
        small.persistent("full").subscribe("b", QoS.AT_LEAST_ONCE).drop();
        Peer publisher = small.connect("publisher");
        publisher.publish("a", "kept", QoS.AT_LEAST_ONCE, 1);
        for (int i = 2; i < 300; i++) { // drops its own oldest ones when all is full
            publisher.publish("b", "x".repeat(4 * KIB), QoS.AT_LEAST_ONCE, i);
        }
        publisher.publish("a", "y".repeat(60 * KIB), QoS.AT_LEAST_ONCE, 300);
        assertThat(answer(publisher)).isEqualTo(ReasonCode.QUOTA_EXCEEDED);
        assertThat(small.persistent("away").connection.payloads()).containsExactly("kept");
    }

    @Test
    void aFullShareOfOneAppDoesNotSlowAnotherOne() {
        assertThat(fillQueues("b")).isBetween(40, 70); // its own eighth of the total, and the half

        Peer reader = connect("a", "reader", true, 0);
        reader.subscribe("app/a/#", QoS.AT_LEAST_ONCE);
        Peer publisher = connect("a", "publisher", true, 0);
        for (int i = 1; i <= 200; i++) {
            publisher.publish("app/a/x", "y".repeat(KIB), QoS.AT_LEAST_ONCE, i);
            assertThat(answer(publisher)).isEqualTo(ReasonCode.SUCCESS);
            assertThat(publisher.connection.isReading()).isTrue();
            reader.ack(reader.connection.deliveries().getLast().packetId());
        }
        assertThat(reader.connection.payloads()).hasSize(200);
    }

    /// What both sides remember of each other is part of the session while the connection lasts.
    @Test
    void aConnectionCountsAndGivesBackWhatItRemembers() {
        Peer away = persistent("a", "comes-and-goes");
        away.drop();
        bus.loops.settle();
        long absent = bus.gauge("sessions_bytes");
        for (int i = 0; i < 20; i++) {
            Peer back = persistent("a", "comes-and-goes");
            assertThat(back.remembers(40 * KIB)).isTrue();
            assertThat(bus.gauge("sessions_bytes")).isGreaterThan(absent + 35 * KIB);
            assertThat(back.remembers(KIB * KIB)).isFalse();
            back.drop();
            bus.loops.settle();
            assertThat(bus.gauge("sessions_bytes")).isLessThan(absent + 10 * KIB);
        }
    }

    /// Each of these filters is another one, and all become the same part.
    @Test
    void filtersThatAreNarrowedCountThoughTheirPartsAreTheSame() {
        AccessRights rights =
                AccessRights.granted(Set.of("a"), Grants.of(List.of("ui.content")), null);
        Connect connect =
                BrokerFixture.connectPacket(ProtocolVersion.MQTT_5, "wide", true, 0, null);
        Peer peer = bus.connect(connect, BrokerFixture.login("a", rights, Long.MAX_VALUE));
        Properties narrow = Properties.builder().user("sermas-narrow", "true").build();
        ReasonCode reason = ReasonCode.GRANTED_QOS_0;
        int asked = 0;
        while (!reason.isError()) {
            assertThat(++asked).isLessThan(1_000);
            TopicFilter wide = TopicFilter.of("app/+/ui/content/" + asked + "/" + "/x".repeat(60));
            peer.send(
                    new Subscribe(asked, List.of(Subscription.of(wide, QoS.AT_MOST_ONCE)), narrow));
            bus.loops.settle();
            reason = peer.connection.last(SubAck.class).reasonCodes().getFirst();
        }
        assertThat(reason).isEqualTo(ReasonCode.QUOTA_EXCEEDED);
        assertThat(asked).isGreaterThan(5);
    }

    @Test
    void whoPublishesToAFullShareIsSlowedThoughHisOwnIsEmpty() {
        fillQueues("b");

        Peer publisher = connect("a", "publisher", true, 0);
        publisher.publish("app/b/x", "y", QoS.AT_MOST_ONCE, 0);
        assertThat(publisher.connection.isReading()).isFalse();
    }

    @Test
    void clientsWhoAreThereGetMessagesThoughTheQueuesOfTheirAppAreFull() {
        fillQueues("b");

        Peer reader = connect("b", "reader", true, 0);
        reader.subscribe("app/b/live", QoS.AT_LEAST_ONCE);
        persistent("b", "greedy").publish("app/b/live", "there", QoS.AT_LEAST_ONCE, 1_000);
        assertThat(reader.connection.payloads()).containsExactly("there");
    }

    @Test
    void aMessageThatManySessionsHoldIsCountedOnce() {
        for (int i = 0; i < 5; i++) {
            persistent("a", "away" + i).subscribe("app/a/#", QoS.AT_LEAST_ONCE).drop();
        }
        connect("a", "p", true, 0).publish("app/a/x", "x".repeat(50 * KIB), QoS.AT_LEAST_ONCE, 1);
        assertThat(bus.gauge("held_bytes")).isBetween(50L * KIB, 70L * KIB);
        assertThat(bus.gauge("queued_bytes")).isGreaterThan(5 * 50L * KIB);

        for (int i = 0; i < 4; i++) {
            connect("a", "away" + i, true, 0).drop();
        }
        assertThat(bus.gauge("held_bytes")).isGreaterThan(50L * KIB);
        connect("a", "away4", true, 0).drop();
        assertThat(bus.gauge("held_bytes")).isLessThan(20L * KIB);
        assertThat(bus.gauge("queued_bytes")).isZero();
    }

    @Test
    void itIsCountedOnceAfterARestartToo() {
        BrokerFixture durable =
                BrokerFixture.durable(
                        1,
                        limits(QUEUE),
                        DurabilityPolicy.DEFAULT,
                        new SimulatedStore(new Random(1)));
        for (int i = 0; i < 5; i++) {
            durable.persistent("away" + i).subscribe("t", QoS.AT_LEAST_ONCE).drop();
        }
        durable.connect("p").publish("t", "x".repeat(50 * KIB), QoS.AT_LEAST_ONCE, 1);
        durable.loops.settle();
        durable.kill();
        assertThat(durable.persistent("away3").connection.payloads()).hasSize(1);
        assertThat(durable.broker.heldBytes()).isBetween(50L * KIB, 70L * KIB);
    }

    @Test
    void whoAcknowledgesNothingGetsNoMoreThanFitsInFlight() {
        Peer reader = connect("a", "reader", true, 0);
        reader.subscribe("app/a/#", QoS.AT_LEAST_ONCE);
        Peer publisher = connect("a", "publisher", true, 0);
        for (int i = 1; i <= 20; i++) {
            publisher.publish("app/a/x", "x".repeat(4 * KIB), QoS.AT_LEAST_ONCE, i);
        }
        assertThat(reader.connection.payloads()).hasSize(7); // the seventh goes beyond 32 KiB
        assertThat(bus.gauge("inflight_bytes")).isBetween(28L * KIB, 40L * KIB);

        for (int i = 0; i < 20; i++) {
            reader.ack(reader.connection.deliveries().get(i).packetId());
        }
        assertThat(reader.connection.payloads()).hasSize(20);
        assertThat(bus.gauge("inflight_bytes")).isZero();
    }

    @Test
    void whatIsNotAcknowledgedCountsAsWhatWaits() {
        for (int i = 0; i < 20; i++) {
            connect("a", "reader" + i, true, 0).subscribe("app/a/" + i, QoS.AT_LEAST_ONCE);
        }
        Peer publisher = connect("a", "publisher", true, 0);
        int taken = 0;
        while (publisher.connection.packets(PubAck.class).stream()
                .allMatch(ack -> ack.reasonCode() == ReasonCode.SUCCESS)) {
            publisher.publish(
                    "app/a/" + taken % 20, "x".repeat(8 * KIB), QoS.AT_LEAST_ONCE, ++taken);
        }
        assertThat(taken * 8).isBetween(180, 260);
    }

    @Test
    void propertiesCountAsThePayloadDoes() {
        persistent("a", "away").subscribe("app/a/#", QoS.AT_LEAST_ONCE).drop();
        Peer publisher = connect("a", "publisher", true, 0);
        int sent = 0;
        do {
            Properties large = Properties.builder().user("k", sent + "v".repeat(20 * KIB)).build();
            publisher.publish("app/a/x", "", QoS.AT_LEAST_ONCE, ++sent, false, large);
        } while (answer(publisher) == ReasonCode.SUCCESS);
        assertThat(sent).isBetween(8, 14);
    }

    @Test
    void whatIsRetainedHasALimitWithoutAnySetting() {
        Peer publisher = connect("b", "publisher", true, 0);
        int sent = 0;
        do {
            publisher.publish(
                    "app/b/" + sent,
                    "x".repeat(8 * KIB),
                    QoS.AT_LEAST_ONCE,
                    ++sent,
                    true,
                    Properties.NONE);
        } while (answer(publisher) == ReasonCode.SUCCESS
                || answer(publisher) == ReasonCode.NO_MATCHING_SUBSCRIBERS);
        assertThat(answer(publisher)).isEqualTo(ReasonCode.QUOTA_EXCEEDED);
        assertThat(sent).isBetween(12, 17);

        Peer other = connect("a", "publisher", true, 0);
        other.publish("app/a/x", "kept", QoS.AT_LEAST_ONCE, 1, true, Properties.NONE);
        assertThat(answer(other)).isEqualTo(ReasonCode.NO_MATCHING_SUBSCRIBERS);
        for (int i = 0; i < sent; i++) {
            publisher.publish("app/b/" + i, "", QoS.AT_LEAST_ONCE, 500 + i, true, Properties.NONE);
        }
        assertThat(bus.gauge("retained_bytes")).isLessThan(2 * KIB);
    }

    @Test
    void subscriptionsThatDoNotFitAreRefused() {
        Peer greedy = persistent("b", "greedy");
        int held = 0;
        do {
            greedy.subscribe("app/b/" + held + "/x".repeat(100), QoS.AT_MOST_ONCE);
            held++;
        } while (greedy.connection.packets(SubAck.class).getLast().reasonCodes().getFirst()
                == ReasonCode.GRANTED_QOS_0);
        assertThat(greedy.connection.packets(SubAck.class).getLast().reasonCodes())
                .containsExactly(ReasonCode.QUOTA_EXCEEDED);
        assertThat(held).isBetween(4, 20);
        assertThat(
                        bus.refusal(
                                BrokerFixture.connectPacket(
                                        ProtocolVersion.MQTT_5,
                                        "one more",
                                        true,
                                        0,
                                        BrokerFixture.will("w", "x".repeat(20 * KIB), 0)),
                                BrokerFixture.login("b", rightsIn("b"), Long.MAX_VALUE)))
                .extracting(Violation::reasonCode)
                .isEqualTo(ReasonCode.QUOTA_EXCEEDED);
        assertThat(connect("a", "other", true, 0).connection.closedWith()).isNull();

        greedy.drop();
        connect("b", "greedy", true, 0).drop();
        assertThat(bus.gauge("sessions_bytes")).isLessThan(20L * KIB);
    }

    @Test
    void aliasesOfLongTopicsAreCounted() {
        Peer greedy = connect("b", "greedy", true, 0);
        for (int alias = 1; alias <= 10 && greedy.connection.closedWith() == null; alias++) {
            greedy.send(
                    new Publish(
                            Topic.of("app/b/" + alias + "/x".repeat(1_000)),
                            new byte[0],
                            QoS.AT_MOST_ONCE,
                            false,
                            false,
                            0,
                            Properties.builder().add(Property.TOPIC_ALIAS, alias).build()));
        }
        assertThat(greedy.connection.closedWith()).isEqualTo(ReasonCode.QUOTA_EXCEEDED);
        assertThat(bus.gauge("sessions_bytes")).isLessThan(10L * KIB);
    }
}
