package eu.sermas.bus.broker;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.broker.BrokerFixture.Peer;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.simulation.SimulatedStore;
import java.util.Random;
import org.junit.jupiter.api.Test;

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
}
