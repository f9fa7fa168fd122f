package eu.sermas.bus.broker;

import static eu.sermas.bus.packet.Properties.NONE;
import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.broker.BrokerFixture.Peer;
import eu.sermas.bus.broker.RecordedConnection.Delivered;
import eu.sermas.bus.packet.ProtocolVersion;
import eu.sermas.bus.packet.PubComp;
import eu.sermas.bus.packet.PubRec;
import eu.sermas.bus.packet.PubRel;
import eu.sermas.bus.packet.Publish;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.packet.Unsubscribe;
import eu.sermas.bus.simulation.SimulatedStore;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// In which order a subscriber gets the messages of one publisher when the process is killed before
/// all is on disk that was sent.
class OrderAfterKillTest {

    private final SimulatedStore store = new SimulatedStore(new Random(1));
    private final BrokerFixture bus =
            BrokerFixture.durable(1, Limits.DEFAULT, DurabilityPolicy.DEFAULT, store);

    /// A message waits for the window and is sent later; the one behind it is sent at once. Both
    /// are on disk with the identifiers of their publisher, and that the first one was sent is not.
    @Test
    void aSmallWindowDoesNotLetALaterMessageOvertake() {
        Peer subscriber = bus.persistent("s", 2).subscribe("t", QoS.AT_LEAST_ONCE);
        Peer publisher = bus.persistent("p");
        publisher.publish("t", "1", QoS.EXACTLY_ONCE, 1).publish("t", "2", QoS.EXACTLY_ONCE, 2);
        store.busy(true);
        publisher.publish("t", "3", QoS.EXACTLY_ONCE, 3);
        subscriber.connection.deliveries().stream()
                .map(RecordedConnection.Delivered::packetId)
                .toList()
                .forEach(subscriber::ack);
        publisher.publish("t", "4", QoS.EXACTLY_ONCE, 4);
        assertThat(subscriber.connection.payloads()).containsExactly("1", "2", "3", "4");
        store.busy(false);
        while (store.step()) {
            // all that was handed over is written, and nothing follows from it any more
        }

        bus.kill();
        assertThat(bus.persistent("s").connection.payloads()).containsExactly("3", "4");
    }

    /// The write of the first message fails, and the disk is well again before anybody hears of
    /// that; by then the next message is there.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void aMessageDoesNotOvertakeOneWhoseWriteHasFailed(long seed) {
        SimulatedStore disk = new SimulatedStore(new Random(seed));
        BrokerFixture failing =
                BrokerFixture.durable(1, Limits.DEFAULT, DurabilityPolicy.DEFAULT, disk);
        failing.persistent("s").subscribe("t", QoS.EXACTLY_ONCE).drop();
        Peer publisher = failing.persistent("p");
        failing.loops.advance(100);
        disk.busy(true);
        publisher.publish("t", "1", QoS.EXACTLY_ONCE, 1);
        disk.busy(false);
        disk.fail(true);
        failing.loops.on(
                0,
                () -> {
                    disk.step();
                    disk.fail(false);
                    publisher.receive(BrokerFixture.message("t", "2", QoS.EXACTLY_ONCE, 2));
                });

        failing.kill();
        failing.persistent("p")
                .publish("t", "1", QoS.EXACTLY_ONCE, 1)
                .publish("t", "2", QoS.EXACTLY_ONCE, 2);
        assertThat(failing.persistent("s").connection.payloads()).containsExactly("1", "2");
    }

    /// The first message also has a receiver on another loop, which is slow. Meanwhile its
    /// publisher comes back on another connection, and the next message has only those receivers
    /// that answer at once.
    @Test
    void theNextConnectionDoesNotOvertakeTheOneBeforeIt() {
        for (int seed = 1; seed <= 300; seed++) {
            SimulatedStore disk = new SimulatedStore(new Random(seed));
            BrokerFixture two =
                    BrokerFixture.durable(2, Limits.DEFAULT, DurabilityPolicy.DEFAULT, disk, seed);
            String near = two.idOn(1, "near");
            String name = two.idOn(1, "publisher");
            two.persistent(near).subscribe("t", QoS.EXACTLY_ONCE).drop();
            Peer far = two.persistent(two.idOn(0, "far")).subscribe("t", QoS.EXACTLY_ONCE);
            Peer publisher = two.persistent(name);
            two.loops.advance(100);

            far.sendLater(new Unsubscribe(2, List.of(TopicFilter.of("t")), NONE));
            publisher.sendLater(BrokerFixture.message("t", "1", QoS.EXACTLY_ONCE, 1));
            publisher.dropLater();
            Publish second = BrokerFixture.message("t", "2", QoS.EXACTLY_ONCE, 2);
            two.loops.later(1, () -> comeBack(two, name).receive(second));
            for (int steps = new Random(seed).nextInt(20); steps > 0; steps--) {
                two.loops.step();
            }

            two.kill();
            two.persistent(name)
                    .publish("t", "1", QoS.EXACTLY_ONCE, 1)
                    .publish("t", "2", QoS.EXACTLY_ONCE, 2);
            assertThat(two.persistent(near).connection.payloads())
                    .as("seed %d", seed)
                    .containsExactly("1", "2");
        }
    }

    /// In the present turn of the loop.
    private static Client comeBack(BrokerFixture bus, String clientId) {
        return bus.broker.connect(
                BrokerFixture.connectPacket(ProtocolVersion.MQTT_5, clientId, false, 3600, null),
                clientId,
                false,
                BrokerFixture.login("p", BrokerFixture.RIGHTS, Long.MAX_VALUE),
                new RecordedConnection(ProtocolVersion.MQTT_5));
    }

    /// Between messages that wait a client gets what a subscription brings, which is behind them on
    /// disk. It was sent all the same, and its identifier is in use.
    @Test
    void whatASubscriptionBringsKeepsItsIdentifier() {
        Peer publisher = bus.connect("p").publish("r", "r", QoS.EXACTLY_ONCE, 1, true, NONE);
        publisher.send(PubRel.success(1));
        Peer subscriber = bus.persistent("s", 1).subscribe("t", QoS.EXACTLY_ONCE);
        for (String payload : List.of("1", "2", "3")) {
            publisher.publish("t", payload, QoS.EXACTLY_ONCE, 1).send(PubRel.success(1));
        }
        subscriber.subscribe("r", QoS.EXACTLY_ONCE);
        for (String payload : List.of("4", "5", "6")) {
            publisher.publish("t", payload, QoS.EXACTLY_ONCE, 1).send(PubRel.success(1));
        }
        Delivered last = subscriber.connection.takeDeliveries().getLast();
        while (!last.payload().equals("r")) {
            subscriber.send(PubRec.success(last.packetId())).send(PubComp.success(last.packetId()));
            last = subscriber.connection.takeDeliveries().getLast();
        }
        bus.loops.advance(100);

        bus.kill();
        Delivered again = bus.persistent("s", 1).connection.deliveries().getFirst();
        assertThat(again.packetId()).isEqualTo(last.packetId());
        assertThat(again.payload()).isEqualTo("r");
        assertThat(again.dup()).isTrue();
    }
}
