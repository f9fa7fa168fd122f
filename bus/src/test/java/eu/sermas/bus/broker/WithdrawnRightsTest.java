package eu.sermas.bus.broker;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.access.AccessRights;
import eu.sermas.bus.broker.BrokerFixture.Peer;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.PubComp;
import eu.sermas.bus.packet.PubRec;
import eu.sermas.bus.packet.PubRel;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.packet.Unsubscribe;
import eu.sermas.bus.simulation.SimulatedStore;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/// Messages that are in flight obey a change of rights as those do that wait, where sessions
/// outlive the process too.
@ParameterizedClass
@ValueSource(booleans = {false, true})
class WithdrawnRightsTest {

    /// The same rights without what begins with `secret`.
    private static final AccessRights LESS = MadeUpRights.without("secret");

    private final BrokerFixture bus;
    private Peer publisher;

    WithdrawnRightsTest(boolean durable) {
        bus =
                durable
                        ? BrokerFixture.durable(
                                1,
                                Limits.DEFAULT,
                                DurabilityPolicy.DEFAULT,
                                new SimulatedStore(new Random(1)))
                        : new BrokerFixture(1);
        publisher = bus.connect("publisher");
    }

    @BeforeEach
    void settle() {
        bus.loops.settle();
    }

    private Peer reader(AccessRights rights, int receiveMaximum) {
        Peer peer = bus.persistent("reader", receiveMaximum, rights);
        bus.loops.settle();
        return peer;
    }

    private void publish(String topic, String payload, QoS qos) {
        publisher.publish(topic, payload, qos, 1);
        bus.loops.settle();
        if (qos == QoS.EXACTLY_ONCE) {
            publisher.send(PubRel.success(1));
            bus.loops.settle();
        }
    }

    @Test
    void atLeastOnceIsNotSentAgainToALoginThatMayNotReadIt() {
        Peer reader = reader(BrokerFixture.RIGHTS, 10);
        reader.subscribe("secret", QoS.AT_LEAST_ONCE).subscribe("open", QoS.AT_LEAST_ONCE);
        publish("secret", "hidden", QoS.AT_LEAST_ONCE);
        publish("open", "shown", QoS.AT_LEAST_ONCE);
        assertThat(reader.connection.payloads()).containsExactly("hidden", "shown");

        Peer narrower = reader(LESS, 10);
        assertThat(narrower.connection.payloads()).containsExactly("shown");
        narrower.drop();
        assertThat(reader(BrokerFixture.RIGHTS, 10).connection.payloads()).containsExactly("shown");
    }

    @Test
    void exactlyOnceIsCompletedWithoutItsPayload() {
        Peer reader = reader(BrokerFixture.RIGHTS, 10);
        reader.subscribe("secret", QoS.EXACTLY_ONCE);
        publish("secret", "hidden", QoS.EXACTLY_ONCE);
        assertThat(reader.connection.payloads()).containsExactly("hidden");
        int packetId = reader.connection.deliveries().getFirst().packetId();
        reader.drop();

        Peer narrower = reader(LESS, 10);
        assertThat(narrower.connection.deliveries()).isEmpty();
        assertThat(narrower.connection.packets(PubRel.class))
                .extracting(PubRel::packetId)
                .containsExactly(packetId);
        narrower.send(PubComp.success(packetId)).drop();
        Peer again = reader(LESS, 10);
        assertThat(again.connection.packets(PubRel.class)).isEmpty();
    }

    @Test
    void aGrantThatIsRemovedMeanwhileWithdrawsWhatTheClientHasNotAnswered() {
        Peer reader = reader(BrokerFixture.RIGHTS, 10);
        reader.subscribe("secret", QoS.EXACTLY_ONCE);
        publish("secret", "once", QoS.AT_LEAST_ONCE);
        publish("secret", "exactly once", QoS.EXACTLY_ONCE);
        publish("secret", "answered", QoS.EXACTLY_ONCE);
        assertThat(reader.connection.payloads())
                .containsExactly("once", "exactly once", "answered");

        var _ = bus.broker.changeRights("p", LESS);
        bus.loops.settle();
        // The client answers the third one as if nothing had happened.
        int third = reader.connection.deliveries().get(2).packetId();
        reader.send(PubRec.success(third));
        bus.loops.settle();
        assertThat(reader.connection.packets(PubRel.class))
                .extracting(PubRel::packetId)
                .containsExactly(third);
        reader.send(PubComp.success(third)).drop();

        Peer back = reader(LESS, 10);
        assertThat(back.connection.deliveries()).isEmpty();
        assertThat(back.connection.packets(PubRel.class)).hasSize(1);
    }

    @Test
    void whatTheSessionHasUnsubscribedItselfIsWithdrawnTooWhereItCouldNotHaveItNow() {
        Peer reader = reader(BrokerFixture.RIGHTS, 10);
        reader.subscribe("secret", QoS.AT_LEAST_ONCE).subscribe("open", QoS.AT_LEAST_ONCE);
        publish("secret", "hidden", QoS.AT_LEAST_ONCE);
        publish("open", "shown", QoS.AT_LEAST_ONCE);
        reader.send(
                new Unsubscribe(
                        7,
                        List.of(TopicFilter.of("secret"), TopicFilter.of("open")),
                        Properties.NONE));
        reader.drop();

        assertThat(reader(LESS, 10).connection.payloads()).containsExactly("shown");
    }

    @Test
    void aSessionWhoseFirstMessageIsWithdrawnGoesOnWithTheNext() {
        Peer reader = reader(BrokerFixture.RIGHTS, 1);
        reader.subscribe("secret", QoS.AT_LEAST_ONCE).subscribe("open", QoS.AT_LEAST_ONCE);
        publish("secret", "hidden", QoS.AT_LEAST_ONCE);
        publish("secret", "hidden too", QoS.AT_LEAST_ONCE);
        publish("open", "first", QoS.AT_LEAST_ONCE);
        publish("open", "second", QoS.AT_LEAST_ONCE);
        assertThat(reader.connection.payloads()).containsExactly("hidden");

        Peer narrower = reader(LESS, 1);
        assertThat(narrower.connection.payloads()).containsExactly("first");
        narrower.ack(narrower.connection.deliveries().getFirst().packetId());
        bus.loops.settle();
        assertThat(narrower.connection.payloads()).containsExactly("first", "second");
    }
}
