package eu.sermas.bus.broker;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.broker.BrokerFixture.Peer;
import eu.sermas.bus.packet.ConnAck;
import eu.sermas.bus.packet.Connect;
import eu.sermas.bus.packet.Disconnect;
import eu.sermas.bus.packet.PingReq;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.Property;
import eu.sermas.bus.packet.ProtocolVersion;
import eu.sermas.bus.packet.Publish;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.Will;
import eu.sermas.bus.simulation.SimulatedStore;
import eu.sermas.bus.time.BusClock;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Somebody sets the clock of the machine: nothing falls due earlier or later for that.
class ClockTest {

    private static final long HOUR = 60 * 60 * 1000L;
    private static final long DAY = 24 * HOUR;

    private final SimulatedStore store = new SimulatedStore(new Random(1));
    private final BrokerFixture bus =
            BrokerFixture.durable(3, Limits.DEFAULT, DurabilityPolicy.DEFAULT, store);

    private static Properties property(Property property, long value) {
        return Properties.builder().add(property, value).build();
    }

    /// A client that has to say something every 15 s at least.
    private Peer talker(long loginMillis) {
        Connect connect =
                new Connect(
                        ProtocolVersion.MQTT_5,
                        "talker",
                        true,
                        10,
                        null,
                        null,
                        null,
                        Properties.NONE);
        return bus.connect(
                connect,
                BrokerFixture.login("p", BrokerFixture.RIGHTS, bus.loops.wall() + loginMillis));
    }

    private boolean isKept(String clientId, long expiry) {
        Peer back = bus.connect(clientId, false, expiry, null);
        return back.connection.packets(ConnAck.class).getFirst().sessionPresent();
    }

    /// A turn of a loop takes time, and has one time for all that happens in it.
    @Test
    void noMessageHasMoreTimeThanItsPublisherGaveIt() {
        Peer publisher = bus.connect("p");
        Peer witness = bus.connect(bus.idOn(publisher.loop, "w")).subscribe("t", QoS.AT_MOST_ONCE);
        witness.subscribe("will", QoS.AT_MOST_ONCE);
        Peer dying = bus.connect(bus.idOn(publisher.loop, "d"), true, 0, shortLivedWill());
        bus.loops.on(
                publisher.loop,
                () -> {
                    publisher.receive(PingReq.INSTANCE);
                    bus.loops.stall(5);
                    publisher.receive(shortLived());
                    dying.receive(
                            new Disconnect(
                                    ReasonCode.DISCONNECT_WITH_WILL_MESSAGE, Properties.NONE));
                });
        assertThat(witness.connection.lifetimes()).containsExactly(10L, 10L);
    }

    private static Publish shortLived() {
        return new Publish(
                Topic.of("t"),
                new byte[0],
                QoS.AT_MOST_ONCE,
                false,
                false,
                0,
                property(Property.MESSAGE_EXPIRY_INTERVAL, 10));
    }

    private static Will shortLivedWill() {
        return new Will(
                Topic.of("will"),
                new byte[0],
                QoS.AT_MOST_ONCE,
                false,
                property(Property.MESSAGE_EXPIRY_INTERVAL, 10));
    }

    @ParameterizedTest
    @ValueSource(longs = {HOUR, -HOUR, 365 * DAY, -365 * DAY})
    void everythingFallsDueWhenItWouldHave(long jump) {
        Peer talker = talker(60_000);
        Peer witness = bus.connect("witness").subscribe("will", QoS.AT_LEAST_ONCE);
        bus.connect("delayed", true, 100, BrokerFixture.will("will", "late", 50)).drop();
        bus.connect("short", true, 100, null).drop();
        bus.persistent("queue").subscribe("m", QoS.AT_LEAST_ONCE).drop();
        bus.connect("p")
                .publish(
                        "m",
                        "short-lived",
                        QoS.AT_LEAST_ONCE,
                        1,
                        false,
                        property(Property.MESSAGE_EXPIRY_INTERVAL, 100));

        bus.loops.setClock(jump);
        bus.loops.advance(14_000);
        assertThat(talker.connection.closedWith()).as("silent for 14 of 15 s").isNull();
        assertThat(witness.connection.payloads()).isEmpty();
        talker.send(PingReq.INSTANCE);
        bus.loops.advance(16_000);
        assertThat(talker.connection.closedWith()).isEqualTo(ReasonCode.KEEP_ALIVE_TIMEOUT);
        bus.loops.advance(25_000);
        assertThat(witness.connection.payloads()).as("50 s after").containsExactly("late");
        Peer reader = bus.persistent("queue");
        assertThat(reader.connection.payloads()).as("after 55 s").containsExactly("short-lived");
        assertThat(isKept("short", 100)).as("after 55 of 100 s").isTrue();
        bus.loops.advance(50_000);
        assertThat(isKept("delayed", 100)).as("after 105 of 100 s").isFalse();
    }

    @ParameterizedTest
    @ValueSource(longs = {HOUR, -HOUR})
    void aLoginEndsAsLongAfterItWasShownAsItSaidThen(long jump) {
        Peer talker = talker(60_000);
        bus.loops.setClock(jump);
        for (int i = 0; i < 5; i++) {
            bus.loops.advance(10_000);
            talker.send(PingReq.INSTANCE);
        }
        assertThat(talker.connection.closedWith()).as("after 50 of 60 s").isNull();
        bus.loops.advance(11_000);
        assertThat(talker.connection.closedWith()).isEqualTo(ReasonCode.NOT_AUTHORIZED);
    }

    @Test
    void aJumpWhileTheProcessRunsDoesNotCountWhenItHasEnded() {
        bus.connect("absent", true, 100, null).drop();
        bus.loops.setClock(HOUR);
        bus.loops.advance(10_000);
        bus.kill();
        bus.loops.advance(10_000);
        bus.kill();
        assertThat(isKept("absent", 100)).as("after 20 of 100 s").isTrue();
    }

    @Test
    void timeWithoutAProcessCounts() {
        bus.connect("short", true, 1800, null).drop();
        bus.connect("long", true, 3600, null).drop();
        bus.loops.advance(2_000);
        bus.loops.setClock(HOUR / 2); // nobody was there to see that it was set
        bus.kill();
        assertThat(isKept("short", 1800)).isFalse();
        assertThat(isKept("long", 3600)).isTrue();
    }

    @Test
    void noTimeHasPassedWhereTheClockWentBackMeanwhile() {
        bus.connect("absent", true, 100, null).drop();
        bus.loops.advance(50_000);
        bus.loops.setClock(-365 * DAY);
        bus.kill();
        assertThat(isKept("absent", 100)).as("after 50 of 100 s").isTrue();
        bus.connect("another", true, 100, null).drop();
        bus.loops.advance(101_000);
        assertThat(isKept("another", 100)).isFalse();
    }

    @Test
    void noMoreThanAMonthPassesBetweenTwoProcesses() {
        long month = BusClock.LONGEST_AWAY.toMillis();
        BusClock.Moment last = new BusClock.Moment(5_000, 1_000_000);
        assertThat(BusClock.of(() -> 1_000_000 + 20 * 365 * DAY, () -> 7, last).now())
                .isEqualTo(5_000 + month);
        assertThat(BusClock.of(() -> 1_000_000 + month, () -> 7, last).now())
                .isEqualTo(5_000 + month);
        assertThat(BusClock.of(() -> 1_000_001, () -> 7, last).now()).isEqualTo(5_001);
        assertThat(BusClock.of(() -> 999_000, () -> 7, last).now()).isEqualTo(5_000);
        assertThat(BusClock.of(() -> 999_000, () -> 7, null).now()).isEqualTo(999_000);
    }
}
