package eu.sermas.bus.broker;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.broker.BrokerFixture.Peer;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.simulation.SimulatedStore;
import eu.sermas.bus.store.Store.Family;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// A client that comes and goes leaves what its session is, and nothing of its comings and goings.
@Tag("heap")
class ReconnectsTest {

    private static final int TIMES = 20_000;

    /// A deadline, an absence or an open answer for each of them would take several times as much.
    private static final long NOISE = 512 * 1024;

    private final SimulatedStore store = new SimulatedStore(new Random(1));
    private final BrokerFixture bus =
            BrokerFixture.durable(2, Limits.DEFAULT, DurabilityPolicy.DEFAULT, store);

    /// Every other time it takes the place of its own connection.
    private void comeAndGo(int times) {
        for (int i = 0; i < times; i++) {
            Peer peer =
                    bus.connect(
                            "c",
                            false,
                            BrokerFixture.SESSION_LIFETIME,
                            BrokerFixture.will("w", "gone", 600));
            peer.subscribe("t", QoS.AT_LEAST_ONCE).publish("t", "m", QoS.EXACTLY_ONCE, 1);
            peer.connection.deliveries().forEach(each -> peer.ack(each.packetId()));
            if (i % 2 == 0) {
                peer.drop();
            }
            bus.loops.advance(10);
        }
    }

    private record Left(long heap, long held, long sessions, int deadlines, int records) {}

    private Left left() {
        bus.loops.advance(1_000);
        int[] records = new int[1];
        for (Family family : Family.values()) {
            store.scan(family, new byte[0], (_, _) -> records[0]++ >= 0);
        }
        return new Left(
                Heap.used(),
                bus.gauge("held_bytes"),
                bus.gauge("sessions_bytes"),
                bus.broker.deadlines(),
                records[0]);
    }

    @Test
    void twentyThousandReconnectsLeaveNothing() {
        comeAndGo(1_000);
        Left before = left();
        comeAndGo(TIMES);
        Left after = left();
        assertThat(after.heap() - before.heap()).isLessThan(NOISE);
        assertThat(after).usingRecursiveComparison().ignoringFields("heap").isEqualTo(before);
    }
}
