package eu.sermas.bus.systemtest.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.raw.Connect;
import eu.sermas.bus.systemtest.raw.Publish;
import eu.sermas.bus.systemtest.raw.RawClient;
import eu.sermas.bus.systemtest.raw.Type;
import java.util.List;
import java.util.stream.IntStream;

/// Clients that behave, on every event loop of the bus: a publisher and many subscribers, each on
/// one connection for as long as this object lives.
///
/// The bus spreads clients over its loops by a hash of their identifiers, so that with this many no
/// loop is left out but by a chance below one in a million.
final class HealthyClients implements AutoCloseable {

    private static final int PER_LOOP = 16;

    private final String topic;
    private final RawClient publisher;
    private final List<RawClient> subscribers;
    private int exchanged;

    private HealthyClients(String topic, RawClient publisher, List<RawClient> subscribers) {
        this.topic = topic;
        this.publisher = publisher;
        this.subscribers = subscribers;
    }

    /// @param name of this group, which no other has on this bus
    static HealthyClients connect(int port, String name) {
        int count = PER_LOOP * Runtime.getRuntime().availableProcessors();
        var subscribers = IntStream.range(0, count).mapToObj(_ -> RawClient.open(port)).toList();
        var healthy =
                new HealthyClients(
                        "healthy/" + name, RawClient.open(port), List.copyOf(subscribers));
        healthy.begin(name);
        return healthy;
    }

    private void begin(String name) {
        publisher.connect(Connect.v5(name + "-publisher"));
        for (int i = 0; i < subscribers.size(); i++) {
            subscribers.get(i).connect(Connect.v5(name + "-subscriber-" + i));
            subscribers.get(i).subscribe(topic, 1);
        }
        exchange();
    }

    /// One message of QoS 1 to every subscriber. Each expects exactly the next one, so whatever was
    /// lost, repeated or put in another order before fails here too.
    void exchange() {
        exchanged++;
        var text = "message " + exchanged;
        publisher.publish(Publish.to(topic, text).qos(1));
        for (var subscriber : subscribers) {
            var message = subscriber.expectPublish(text);
            assertThat(message.dup()).as("%s", message).isFalse();
            subscriber.send(Type.PUBACK, message.packetId());
        }
    }

    /// Says good-bye, which each can only do who is still connected and has nothing unread.
    @Override
    public void close() {
        subscribers.forEach(subscriber -> subscriber.expectNothing().disconnect());
        publisher.expectNothing().disconnect();
        subscribers.forEach(RawClient::close);
        publisher.close();
    }
}
