package eu.sermas.bus.broker;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.broker.BrokerFixture.Peer;
import eu.sermas.bus.packet.Durability;
import eu.sermas.bus.packet.PubComp;
import eu.sermas.bus.packet.PubRec;
import eu.sermas.bus.packet.PubRel;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.simulation.SimulatedStore;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A publisher of QoS 2 whose message is refused uses its identifier for another one: whatever
/// happens to the process, that is not taken for the one before.
class RefusedPublicationsTest {

    private final SimulatedStore store = new SimulatedStore(new Random(1));

    private BrokerFixture bus(SimulatedStore disk) {
        Limits limits = BrokerFixture.limits(BrokerFixture.queue(1), 1 << 20);
        return BrokerFixture.durable(3, limits, DurabilityPolicy.DEFAULT, disk);
    }

    private static List<ReasonCode> answers(Peer publisher) {
        return publisher.connection.packets(PubRec.class).stream().map(PubRec::reasonCode).toList();
    }

    private static void exactlyOnce(Peer publisher, String payload, int packetId) {
        publisher.publish("t", payload, QoS.EXACTLY_ONCE, packetId);
    }

    @Test
    void theIdentifierOfAMessageThatAFullQueueRefusesIsFreeAfterAKill() {
        BrokerFixture bus = bus(store);
        bus.persistent("full").subscribe("t", QoS.EXACTLY_ONCE).drop();
        Peer publisher = bus.persistent("p");
        exactlyOnce(publisher, "m1", 1);
        Peer other = bus.persistent("other").subscribe("t", QoS.EXACTLY_ONCE);
        exactlyOnce(publisher, "m2", 2);
        assertThat(answers(publisher))
                .containsExactly(ReasonCode.SUCCESS, ReasonCode.QUOTA_EXCEEDED);
        assertThat(other.connection.payloads()).containsExactly("m2");

        bus.kill();
        Peer reader = bus.persistent("full");
        assertThat(reader.connection.payloads()).containsExactly("m1");
        Peer otherReader = bus.persistent("other");
        Peer back = bus.persistent("p");
        exactlyOnce(back, "m3", 2);
        assertThat(answers(back)).containsExactly(ReasonCode.SUCCESS);
        assertThat(reader.connection.payloads()).containsExactly("m1", "m3");
        assertThat(otherReader.connection.payloads()).contains("m3");
    }

    /// The batch has failed, and half of the seeds have it on disk all the same.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void theIdentifierOfAMessageThatTheDiskRefusesIsFreeAfterAKill(long seed) {
        SimulatedStore disk = new SimulatedStore(new Random(seed));
        BrokerFixture bus = bus(disk);
        bus.persistent("s").subscribe("t", QoS.EXACTLY_ONCE).drop();
        Peer publisher = bus.persistent("p");
        disk.busy(true);
        exactlyOnce(publisher, "m1", 1);
        disk.fail(true);
        disk.busy(false);
        bus.loops.settle();
        boolean refused = answers(publisher).stream().anyMatch(ReasonCode::isError);

        bus.kill();
        Peer back = bus.persistent("p");
        exactlyOnce(back, "m2", 1);
        assertThat(answers(back)).containsExactly(ReasonCode.SUCCESS);
        if (refused) { // and not where it may be the same message, sent again
            assertThat(bus.persistent("s").connection.payloads()).contains("m2");
        }
    }

    @Test
    void whatIsHandedToTheDiskIsWrittenAndNotRefused() {
        BrokerFixture bus = bus(store);
        bus.persistent("s").subscribe("t", QoS.EXACTLY_ONCE).drop();
        Peer publisher = bus.persistent("p");
        store.busy(true);
        exactlyOnce(publisher, "m1", 1);
        store.fail(true);
        store.busy(false);
        bus.loops.advance(1_000);
        assertThat(answers(publisher)).isEmpty();
        store.fail(false);
        bus.loops.advance(1_000);
        assertThat(answers(publisher)).containsExactly(ReasonCode.SUCCESS);
        bus.kill();
        assertThat(bus.persistent("s").connection.payloads()).containsExactly("m1");
    }

    @Test
    void aDiskThatFailsIsToldAtOnceAndNothingIsLeftOfTheMessage() {
        BrokerFixture bus = bus(store);
        bus.persistent("s").subscribe("t", QoS.EXACTLY_ONCE).drop();
        Peer publisher = bus.persistent("p");
        bus.loops.advance(100);
        store.fail(true);
        exactlyOnce(publisher, "m1", 1);
        assertThat(answers(publisher)).containsExactly(ReasonCode.IMPLEMENTATION_SPECIFIC_ERROR);
        store.fail(false);
        bus.loops.advance(1_000);
        exactlyOnce(publisher, "m2", 1);
        assertThat(answers(publisher)).last().isEqualTo(ReasonCode.SUCCESS);
        bus.kill();
        assertThat(bus.persistent("s").connection.payloads()).containsExactly("m2");
    }

    /// What is not kept costs no write when it is released either.
    @Test
    void theIdentifierOfAMessageThatIsNotKeptIsNotWritten() {
        DurabilityPolicy none =
                new DurabilityPolicy(List.of(), _ -> null, Durability.NONE, /* patience= */ 5);
        BrokerFixture bus = BrokerFixture.durable(1, Limits.DEFAULT, none, store);
        Peer publisher = bus.persistent("p");
        bus.loops.advance(100);
        store.busy(true);
        exactlyOnce(publisher, "m", 1);
        publisher.send(PubRel.success(1));
        assertThat(publisher.connection.packets(PubComp.class)).hasSize(1);
    }
}
