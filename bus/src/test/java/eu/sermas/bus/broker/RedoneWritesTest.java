package eu.sermas.bus.broker;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.broker.BrokerFixture.Peer;
import eu.sermas.bus.broker.RecordedConnection.Delivered;
import eu.sermas.bus.journal.Records;
import eu.sermas.bus.packet.PubRec;
import eu.sermas.bus.packet.PubRel;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.simulation.SimulatedStore;
import eu.sermas.bus.store.Store.Family;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What is on disk after a write has failed and was made again, or could not be made again any more
/// because the process died.
class RedoneWritesTest {

    private static final int PATIENCE = DurabilityPolicy.DEFAULT.patience();

    private static BrokerFixture bus(int loops, SimulatedStore store) {
        return BrokerFixture.durable(loops, Limits.DEFAULT, DurabilityPolicy.DEFAULT, store);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void aMessageThatIsWrittenAgainHasNoOlderPhase(long seed) {
        SimulatedStore store = new SimulatedStore(new Random(seed));
        BrokerFixture bus = bus(1, store);
        bus.persistent("s").subscribe("t", QoS.EXACTLY_ONCE).drop();
        bus.persistent("p").publish("t", "m", QoS.EXACTLY_ONCE, 7);
        Peer subscriber = bus.persistent("s");
        int id = subscriber.connection.deliveries().getFirst().packetId();

        store.busy(true);
        subscriber.send(PubRec.success(id));
        store.fail(true);
        store.busy(false);
        bus.loops.settle();
        store.fail(false);
        bus.loops.advance(1_000);
        assertThat(subscriber.connection.packets(PubRel.class)).hasSize(1);

        bus.kill();
        Peer back = bus.persistent("s");
        assertThat(back.connection.deliveries()).extracting(Delivered::payload).isEmpty();
        assertThat(back.connection.packets(PubRel.class))
                .extracting(PubRel::packetId)
                .containsExactly(id);
    }

    /// The sessions of one message are on two loops after a start with another number of them. The
    /// deletion of one fails, that of the other does not, and the process dies.
    @Test
    void aMessageOutlivesTheLastRecordThatRefersToIt() {
        for (int seed = 1; seed <= 20; seed++) {
            SimulatedStore store = new SimulatedStore(new Random(seed));
            BrokerFixture before = bus(1, store);
            BrokerFixture places = new BrokerFixture(2);
            List<String> ids = onDifferentLoops(places);
            ids.forEach(id -> before.persistent(id).subscribe("t", QoS.AT_LEAST_ONCE).drop());
            before.connect("p").publish("t", "m", QoS.AT_LEAST_ONCE, 1);
            before.loops.advance(100);
            store.crash(false);

            BrokerFixture bus = bus(2, store);
            bus.loops.advance(100);
            List<Peer> peers = ids.stream().map(bus::persistent).toList();
            bus.loops.advance(100);
            store.busy(true);
            for (Peer peer : peers) {
                peer.ack(peer.connection.deliveries().getFirst().packetId());
                bus.loops.advance(2L * PATIENCE);
            }
            store.busy(false);
            store.fail(true);
            store.step();
            store.fail(false);
            store.step();
            bus.loops.crash();
            store.crash(false);
            assertThat(messagesThatAreMissing(store)).as("with the seed %d", seed).isEmpty();
        }
    }

    private static List<String> onDifferentLoops(BrokerFixture bus) {
        List<Peer> peers = IntStream.range(0, 20).mapToObj(i -> bus.connect("c" + i)).toList();
        int other =
                IntStream.range(1, 20)
                        .filter(i -> peers.get(i).loop != peers.getFirst().loop)
                        .findFirst()
                        .orElseThrow();
        return List.of("c0", "c" + other);
    }

    private static List<Long> messagesThatAreMissing(SimulatedStore store) {
        List<Long> missing = new ArrayList<>();
        store.scan(
                Family.QUEUE,
                new byte[0],
                (_, value) -> {
                    long id = Records.queued(value).messageId();
                    byte[] key = ByteBuffer.allocate(Long.BYTES).putLong(id).array();
                    if (id != 0 && store.get(Family.MESSAGE, key) == null) {
                        missing.add(id);
                    }
                    return true;
                });
        return missing;
    }

    /// What was shared by sessions of several loops goes too, when nobody needs it any more.
    @Test
    void nothingIsLeftOfAMessageThatAllHaveHad() {
        SimulatedStore store = new SimulatedStore(new Random(1));
        BrokerFixture before = bus(1, store);
        List<String> ids = IntStream.range(0, 6).mapToObj(i -> "s" + i).toList();
        ids.forEach(id -> before.persistent(id).subscribe("t", QoS.AT_LEAST_ONCE).drop());
        before.connect("p").publish("t", "m", QoS.AT_LEAST_ONCE, 1);
        before.loops.advance(100);
        store.crash(false);

        BrokerFixture bus = bus(3, store);
        for (String id : ids) {
            Peer peer = bus.persistent(id);
            peer.ack(peer.connection.deliveries().getFirst().packetId());
        }
        bus.loops.advance(100);
        List<Family> left = new ArrayList<>();
        for (Family family : List.of(Family.QUEUE, Family.IN_FLIGHT, Family.MESSAGE)) {
            store.scan(family, new byte[0], (_, _) -> left.add(family));
        }
        assertThat(left).isEmpty();
    }
}
