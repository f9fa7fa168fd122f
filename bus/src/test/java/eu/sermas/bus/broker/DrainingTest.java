package eu.sermas.bus.broker;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.broker.BrokerFixture.Peer;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.Property;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.simulation.SimulatedStore;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// A session with room in its window and something to send sends it, whatever became of the message
/// before.
class DrainingTest {

    private final SimulatedStore store = new SimulatedStore(new Random(1));
    private final BrokerFixture bus =
            BrokerFixture.durable(1, Limits.DEFAULT, DurabilityPolicy.DEFAULT, store);

    private static Properties expiresIn(long seconds) {
        return Properties.builder().add(Property.MESSAGE_EXPIRY_INTERVAL, seconds).build();
    }

    @Test
    void goesOnBehindAMessageThatIsTooLargeForTheClient() {
        Peer subscriber = bus.persistent("s", 1).subscribe("t", QoS.EXACTLY_ONCE);
        subscriber.connection.maxPayload(8);
        Peer publisher = bus.connect("p");
        store.busy(true);
        publisher.publish("t", "much too large", QoS.EXACTLY_ONCE, 1);
        publisher.publish("t", "small", QoS.EXACTLY_ONCE, 2);
        store.busy(false);
        bus.loops.settle();
        assertThat(subscriber.connection.payloads()).containsExactly("small");
    }

    @Test
    void goesOnBehindAMessageThatExpiresWhileTheDiskIsBusy() {
        Peer subscriber = bus.persistent("s", 1).subscribe("t", QoS.EXACTLY_ONCE);
        Peer publisher = bus.connect("p");
        store.busy(true);
        publisher.publish("t", "late", QoS.EXACTLY_ONCE, 1, false, expiresIn(1));
        publisher.publish("t", "lasting", QoS.EXACTLY_ONCE, 2);
        bus.loops.advance(2_000);
        store.busy(false);
        bus.loops.settle();
        assertThat(subscriber.connection.payloads()).containsExactly("lasting");
    }

    @Test
    void goesOnBehindMessagesThatAreTooLargeWhenItsClientComesBack() {
        bus.persistent("s", 1).subscribe("t", QoS.EXACTLY_ONCE).drop();
        Peer publisher = bus.connect("p");
        for (int i = 1; i <= 5; i++) {
            publisher.publish("t", "much too large " + i, QoS.EXACTLY_ONCE, i);
        }
        publisher.publish("t", "small", QoS.EXACTLY_ONCE, 6);
        store.busy(true); // CONNACK waits
        Peer again = bus.persistent("s", 1);
        again.connection.maxPayload(8);
        store.busy(false);
        bus.loops.settle();
        assertThat(again.connection.payloads()).containsExactly("small");
    }
}
