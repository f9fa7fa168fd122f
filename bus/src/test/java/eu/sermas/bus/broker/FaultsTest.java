package eu.sermas.bus.broker;

import static eu.sermas.bus.broker.BrokerFixture.RIGHTS;
import static eu.sermas.bus.broker.BrokerFixture.connectPacket;
import static eu.sermas.bus.broker.BrokerFixture.login;
import static eu.sermas.bus.broker.BrokerFixture.message;
import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.broker.BrokerFixture.Peer;
import eu.sermas.bus.metrics.Count;
import eu.sermas.bus.packet.ProtocolVersion;
import eu.sermas.bus.packet.PubAck;
import eu.sermas.bus.packet.PubRec;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.simulation.SimulatedStore;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// A fault of the bus that one client brings out is not the loss of others who are served in the
/// same run.
class FaultsTest {

    private final SimulatedStore store = new SimulatedStore(new Random(1));
    private final BrokerFixture bus =
            BrokerFixture.durable(2, Limits.DEFAULT, DurabilityPolicy.DEFAULT, store);

    private static List<ReasonCode> answers(Peer publisher) {
        return publisher.connection.packets(PubAck.class).stream().map(PubAck::reasonCode).toList();
    }

    @Test
    void aSessionThatFailsTakesNothingFromTheOthersOfItsBatch() {
        for (int loop : new int[] {0, 1}) {
            Peer failing = bus.connect(bus.idOn(loop, "f")).subscribe("t/#", QoS.AT_LEAST_ONCE);
            Peer sound = bus.connect(bus.idOn(loop, "s")).subscribe("#", QoS.AT_LEAST_ONCE);
            failing.connection.failing(true);
            Peer publisher = bus.connect(bus.idOn(0, "p"));
            publisher.sendAndThen(
                    message("t/1", "one", QoS.AT_LEAST_ONCE, 1),
                    () -> {
                        publisher.receive(message("u", "two", QoS.AT_LEAST_ONCE, 2));
                        publisher.receive(message("t/2", "three", QoS.AT_LEAST_ONCE, 3));
                    });
            assertThat(sound.connection.payloads()).containsExactly("one", "two", "three");
            assertThat(answers(publisher))
                    .containsExactly(
                            ReasonCode.UNSPECIFIED_ERROR,
                            ReasonCode.SUCCESS,
                            ReasonCode.UNSPECIFIED_ERROR);
            failing.connection.failing(false);
            failing.drop();
            sound.drop();
        }
        assertThat(bus.metrics.value(Count.FAULTS)).isPositive();
    }

    @Test
    void theClientOfASessionThatFailsHasToComeBack() {
        Peer failing = bus.persistent("f").subscribe("t", QoS.EXACTLY_ONCE);
        Peer sound = bus.persistent("s").subscribe("t", QoS.EXACTLY_ONCE);
        Peer publisher = bus.persistent("p");
        store.busy(true);
        publisher.publish("t", "m", QoS.EXACTLY_ONCE, 1);
        failing.connection.failing(true);
        store.busy(false);
        bus.loops.settle();
        assertThat(sound.connection.payloads()).containsExactly("m");
        assertThat(publisher.connection.packets(PubRec.class)).hasSize(1);
        failing.connection.failing(false);
        failing.drop();
        assertThat(bus.persistent("f").connection.payloads()).containsExactly("m");
    }

    @Test
    void theClockOfOthersGoesOn() {
        List<Peer> clients =
                List.of("a", "b", "c", "d").stream()
                        .map(
                                id ->
                                        bus.connect(
                                                connectPacket(
                                                        ProtocolVersion.MQTT_5, id, true, 0, null),
                                                login("p", RIGHTS, bus.loops.now() + 5_000)))
                        .toList();
        clients.getFirst().connection.failing(true);
        bus.loops.advance(10_000);
        assertThat(clients.subList(1, 4))
                .extracting(client -> client.connection.closedWith())
                .containsOnly(ReasonCode.NOT_AUTHORIZED);
    }
}
