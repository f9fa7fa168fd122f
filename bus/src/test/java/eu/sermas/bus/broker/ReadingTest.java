package eu.sermas.bus.broker;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.access.AccessRights;
import eu.sermas.bus.access.Verdict;
import eu.sermas.bus.broker.BrokerFixture.Peer;
import eu.sermas.bus.broker.Congestion.Reason;
import eu.sermas.bus.packet.ConnAck;
import eu.sermas.bus.packet.Connect;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.Property;
import eu.sermas.bus.packet.ProtocolVersion;
import eu.sermas.bus.packet.PubAck;
import eu.sermas.bus.packet.PubRec;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.simulation.SimulatedLoops;
import eu.sermas.bus.simulation.SimulatedStore;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// When a client is not read, and what that means for it.
class ReadingTest {

    private static final int KEEP_ALIVE = 10;

    private final BrokerFixture bus = new BrokerFixture(1);
    private final CompletableFuture<Verdict> verdict = new CompletableFuture<>();

    /// Rights that somebody else has to be asked for.
    private final AccessRights asked =
            new MadeUpRights() {
                @Override
                public Verdict mayPublish(Topic topic) {
                    return Verdict.UNDECIDED;
                }

                @Override
                public Verdict maySubscribe(TopicFilter filter) {
                    return Verdict.ALLOWED;
                }

                @Override
                public CompletionStage<Verdict> decidePublish(Topic topic) {
                    return verdict;
                }
            };

    private Peer publisher() {
        return bus.connect(
                new Connect(
                        ProtocolVersion.MQTT_3_1_1,
                        "publisher",
                        true,
                        KEEP_ALIVE,
                        BrokerFixture.will("will", "gone", 0),
                        null,
                        null,
                        Properties.NONE),
                BrokerFixture.login("p", asked, Long.MAX_VALUE));
    }

    @Test
    void silenceDoesNotCountWhileTheClientIsNotRead() {
        Peer witness = bus.connect("witness").subscribe("will", QoS.AT_MOST_ONCE);
        Peer publisher = publisher().publish("t", "m", QoS.AT_LEAST_ONCE, 1);
        assertThat(publisher.connection.isReading()).isFalse();
        bus.loops.advance(600_000);
        assertThat(publisher.connection.closedWith()).isNull();
        assertThat(witness.connection.payloads()).isEmpty();

        verdict.complete(Verdict.ALLOWED);
        bus.loops.settle();
        assertThat(publisher.connection.isReading()).isTrue();
        bus.loops.advance(KEEP_ALIVE * 1500L - 1_000);
        assertThat(publisher.connection.closedWith()).as("read for less than its time").isNull();
        bus.loops.advance(2_000);
        assertThat(publisher.connection.closedWith()).isEqualTo(ReasonCode.KEEP_ALIVE_TIMEOUT);
        assertThat(witness.connection.payloads()).containsExactly("gone");
    }

    /// Many clients look at no Receive Maximum, so there is none: whoever has too much that is not
    /// acknowledged is not read for a while, in every version, and loses nothing.
    @ParameterizedTest
    @EnumSource(ProtocolVersion.class)
    void whoeverHasTooMuchUnacknowledgedIsNotRead(ProtocolVersion version) {
        int most = 20;
        SimulatedStore store = new SimulatedStore(new Random(1));
        BrokerFixture slow =
                BrokerFixture.durable(1, atMost(most), DurabilityPolicy.DEFAULT, store);
        slow.persistent("absent").subscribe("t", QoS.AT_LEAST_ONCE).drop();
        Peer publisher =
                slow.connect(
                        BrokerFixture.connectPacket(version, "p", true, 0, null),
                        BrokerFixture.login("p", BrokerFixture.RIGHTS, Long.MAX_VALUE));
        if (version.isMqtt5()) {
            assertThat(publisher.connection.last(ConnAck.class).properties())
                    .satisfies(said -> assertThat(said.has(Property.RECEIVE_MAXIMUM)).isFalse());
        }
        slow.loops.disk(() -> false);
        for (int i = 1; i <= most; i++) {
            assertThat(publisher.connection.isReading()).as("before message %d", i).isTrue();
            publisher.publish("t", "m" + i, QoS.AT_LEAST_ONCE, i);
        }
        slow.loops.advance(60_000);
        assertThat(publisher.connection.isReading()).isFalse();
        assertThat(publisher.connection.packets(PubAck.class)).isEmpty();

        slow.loops.disk(store::step);
        slow.loops.advance(1_000);
        assertThat(publisher.connection.isReading()).isTrue();
        assertThat(publisher.connection.closedWith()).isNull();
        assertThat(publisher.connection.packets(PubAck.class)).hasSize(most);
    }

    private static Limits atMost(int unacknowledged) {
        Limits limits = Limits.DEFAULT;
        return new Limits(
                limits.maxPacketSize(),
                limits.receiveMaximum(),
                unacknowledged,
                limits.topicAliasMaximum(),
                limits.maxSubscriptionsPerPacket(),
                limits.maxSubscriptions(),
                limits.queue(),
                limits.memory(),
                limits.maxSessionExpiry(),
                limits.maxKeepAlive());
    }

    /// The burst of a client that never heard of a Receive Maximum.
    @Test
    void aBurstIsAcknowledgedToTheLast() {
        Peer publisher = bus.connect("burst");
        for (int i = 1; i <= 5_000; i++) {
            publisher.publish("t", "m", QoS.EXACTLY_ONCE, i);
        }
        assertThat(publisher.connection.closedWith()).isNull();
        assertThat(publisher.connection.packets(PubRec.class)).hasSize(5_000);
    }

    @Test
    void aClientIsReadAgainWhenEachReasonIsGone() {
        SimulatedLoops loops = new SimulatedLoops(1, 1);
        Congestion congestion = new Congestion(loops.loops().getFirst(), () -> false);
        RecordedConnection connection = new RecordedConnection(ProtocolVersion.MQTT_5);
        boolean[] busy = {true, true};
        congestion.pauseWhile(connection, Reason.VERDICT, () -> busy[0]);
        congestion.pauseWhile(connection, Reason.QUOTA, () -> busy[1]);

        for (Reason first : List.of(Reason.VERDICT, Reason.QUOTA)) {
            busy[0] = first != Reason.VERDICT;
            busy[1] = first != Reason.QUOTA;
            congestion.lookAgain(connection, Reason.VERDICT);
            loops.advance(1_000);
            assertThat(connection.isReading()).as("only %s is gone", first).isFalse();
            busy[0] = true;
            busy[1] = true;
            congestion.pauseWhile(connection, first, () -> busy[first == Reason.QUOTA ? 1 : 0]);
        }
        busy[0] = false;
        busy[1] = false;
        loops.advance(1_000);
        assertThat(connection.isReading()).isTrue();
        assertThat(congestion.size()).isZero();
    }
}
