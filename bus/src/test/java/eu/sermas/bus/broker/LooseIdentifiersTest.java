package eu.sermas.bus.broker;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.broker.BrokerFixture.Peer;
import eu.sermas.bus.broker.RecordedConnection.Delivered;
import eu.sermas.bus.packet.Durability;
import eu.sermas.bus.packet.PubComp;
import eu.sermas.bus.packet.PubRec;
import eu.sermas.bus.packet.PubRel;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.simulation.SimulatedStore;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A subscriber of QoS 2 remembers the identifier of a message until it is released, and throws
/// another message away that comes with it. What it remembers of a process that was killed, and
/// that had kept nothing of it, must not meet a message of the next one.
class LooseIdentifiersTest {

    private static final DurabilityPolicy MIXED =
            new DurabilityPolicy(
                    List.of(
                            new DurabilityPolicy.Rule(TopicFilter.of("none/#"), Durability.NONE),
                            new DurabilityPolicy.Rule(TopicFilter.of("async/#"), Durability.ASYNC)),
                    _ -> null,
                    Durability.FSYNC,
                    5);

    private final SimulatedStore store = new SimulatedStore(new Random(1));
    private final BrokerFixture bus = BrokerFixture.durable(2, Limits.DEFAULT, MIXED, store);

    /// What the subscriber remembers across connections.
    private final Set<Integer> remembered = new HashSet<>();

    private Peer publisher() {
        return bus.connect("p");
    }

    private void publish(Peer publisher, String topic, String payload, int packetId) {
        publisher.publish(topic, payload, QoS.EXACTLY_ONCE, packetId);
        bus.loops.settle();
        publisher.send(PubRel.success(packetId));
    }

    private static Delivered last(Peer subscriber) {
        return subscriber.connection.deliveries().getLast();
    }

    private void releasedBy(Peer subscriber) {
        subscriber.connection.packets(PubRel.class).stream()
                .map(PubRel::packetId)
                .forEach(remembered::remove);
    }

    @ParameterizedTest
    @ValueSource(strings = {"none/a", "async/a"})
    void anIdentifierThatOnlyTheClientRemembersIsNotUsedAgain(String topic) {
        Peer subscriber = bus.persistent("s").subscribe("#", QoS.EXACTLY_ONCE);
        Peer publisher = publisher();
        publish(publisher, topic, "m1", 1);
        assertThat(subscriber.connection.payloads()).containsExactly("m1");
        remembered.add(last(subscriber).packetId());

        bus.kill();
        Peer back = bus.persistent("s");
        releasedBy(back);
        assertThat(remembered).as("what nobody ends").isEmpty();
        publish(publisher(), "kept/a", "m2", 1);
        assertThat(last(back).payload()).isEqualTo("m2");
        assertThat(last(back).packetId()).isNotEqualTo(last(subscriber).packetId());
    }

    @Test
    void anIdentifierIsInDoubtUntilTheClientHasAnswered() {
        Peer subscriber = bus.persistent("s").subscribe("#", QoS.EXACTLY_ONCE);
        publish(publisher(), "none/a", "m1", 1);
        assertThat(subscriber.connection.payloads()).containsExactly("m1");

        bus.kill();
        Peer back = bus.persistent("s");
        List<Integer> inDoubt =
                back.connection.packets(PubRel.class).stream().map(PubRel::packetId).toList();
        assertThat(inDoubt).contains(last(subscriber).packetId());
        publish(publisher(), "none/a", "m2", 1);
        bus.loops.advance(100);
        assertThat(last(back).payload()).isEqualTo("m2");
        assertThat(inDoubt).doesNotContain(last(back).packetId());
        back.send(PubRec.success(last(back).packetId()));
        back.send(PubComp.success(last(back).packetId()));

        inDoubt.forEach(id -> back.send(PubComp.success(id)));
        int before = store.written();
        Set<Integer> used = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            publish(publisher(), "none/a", "m" + i, 1);
            int id = last(back).packetId();
            used.add(id);
            back.send(PubRec.success(id)).send(PubComp.success(id));
        }
        assertThat(used).containsAll(inDoubt);
        assertThat(store.written()).isEqualTo(before);
    }

    @Test
    void whatIsNotKeptIsNotWrittenForItsIdentifierEither() {
        Peer subscriber = bus.persistent("s").subscribe("#", QoS.EXACTLY_ONCE);
        Peer publisher = publisher();
        publish(publisher, "none/a", "first", 1);
        bus.loops.advance(100);
        int before = store.written();
        for (int i = 0; i < 1_000; i++) {
            publish(publisher, "none/a", "m", 1);
            int id = last(subscriber).packetId();
            subscriber.send(PubRec.success(id)).send(PubComp.success(id));
        }
        assertThat(subscriber.connection.deliveries()).hasSize(1_001);
        bus.loops.advance(100);
        assertThat(store.written()).isEqualTo(before);
    }

    @Test
    void asManyAsAreInFlightAreReservedInAFewWrites() {
        Peer subscriber = bus.persistent("s").subscribe("#", QoS.EXACTLY_ONCE);
        Peer publisher = publisher();
        bus.loops.advance(100);
        int before = store.written();
        for (int i = 1; i <= 1_000; i++) {
            publish(publisher, "none/a", "m" + i, 1);
        }
        assertThat(subscriber.connection.deliveries())
                .extracting(Delivered::packetId)
                .doesNotHaveDuplicates()
                .hasSize(1_000);
        assertThat(store.written() - before).isLessThan(10);

        bus.kill();
        subscriber.connection.deliveries().forEach(each -> remembered.add(each.packetId()));
        releasedBy(bus.persistent("s"));
        assertThat(remembered).isEmpty();
    }

    @Test
    void whoGetsOnlyWhatIsKeptHasNothingInDoubt() {
        Peer subscriber = bus.persistent("s").subscribe("#", QoS.EXACTLY_ONCE);
        publish(publisher(), "kept/a", "m1", 1);
        assertThat(subscriber.connection.payloads()).containsExactly("m1");
        bus.kill();
        assertThat(bus.persistent("s").connection.packets(PubRel.class)).isEmpty();
    }

    /// Messages in the queue keep their order though one of them has no identifier yet.
    @Test
    void aMessageThatWaitsForItsIdentifierHoldsUpThoseBehindIt() {
        Peer subscriber = bus.persistent("s").subscribe("#", QoS.EXACTLY_ONCE);
        Peer publisher = publisher();
        bus.loops.advance(100);
        store.busy(true);
        publish(publisher, "none/a", "1", 1);
        publish(publisher, "none/b", "2", 2);
        publisher.publish("none/c", "3", QoS.AT_LEAST_ONCE, 3);
        assertThat(subscriber.connection.payloads()).isEmpty();
        store.busy(false);
        bus.loops.settle();
        assertThat(subscriber.connection.payloads()).containsExactly("1", "2", "3");
    }
}
