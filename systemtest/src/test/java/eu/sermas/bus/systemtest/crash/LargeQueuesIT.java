package eu.sermas.bus.systemtest.crash;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.BusProcess;
import eu.sermas.bus.systemtest.raw.Connect;
import eu.sermas.bus.systemtest.raw.Packet;
import eu.sermas.bus.systemtest.raw.Property;
import eu.sermas.bus.systemtest.raw.Publish;
import eu.sermas.bus.systemtest.raw.RawClient;
import eu.sermas.bus.systemtest.raw.Type;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Queues that do not fit into memory, across `kill -9`: a bus with a heap of 96 MiB takes them,
/// starts with them, and gives them out in order, each message once.
class LargeQueuesIT {

    /// What messages may take of the heap.
    private static final int HELD_MIB = 24;

    private static final int MIB = 1024 * 1024;

    /// Publishes that wait for their PUBACK at a time.
    private static final int WINDOW = 8;

    private BusProcess bus;

    @BeforeEach
    void start() {
        bus =
                BusProcess.open()
                        .java("-Xmx96m")
                        .set("limits.queue.total-bytes", HELD_MIB + "MiB")
                        .set("limits.queue.max-messages", 1_000_000)
                        .set("limits.queue.max-bytes", "4GiB")
                        .set("limits.queue.disk-bytes", "8GiB")
                        .start();
    }

    @AfterEach
    void stop() {
        bus.close();
    }

    private static Connect persistent(String clientId) {
        return Connect.v5(clientId)
                .unclean()
                .keepAlive(0)
                .with(Property.SESSION_EXPIRY_INTERVAL, 3600);
    }

    private void subscribeAndLeave(String clientId) {
        try (var subscriber = RawClient.open(bus.port())) {
            subscriber.connect(persistent(clientId));
            subscriber.subscribe("t", 1);
        }
    }

    /// Publishes messages that begin with their number, and expects success for each.
    private void publish(int count, int size) {
        try (var publisher = RawClient.open(bus.port())) {
            publisher.connect(Connect.v5("publisher").keepAlive(0));
            for (int sent = 0, acknowledged = 0; acknowledged < count; ) {
                if (sent < count && sent - acknowledged < WINDOW) {
                    byte[] payload = ByteBuffer.allocate(size).putInt(sent).array();
                    publisher.send(Publish.to("t", payload).qos(1, packetId(sent)));
                    sent++;
                } else {
                    var ack = publisher.expect(Packet.Ack.class);
                    assertThat(ack)
                            .as("of message %s", acknowledged)
                            .returns(0, Packet.Ack::reason);
                    assertThat(ack.packetId()).isEqualTo(packetId(acknowledged));
                    acknowledged++;
                }
            }
        }
    }

    private static int packetId(int number) {
        return number % 60_000 + 1;
    }

    private void drain(String clientId, int count) {
        try (var subscriber = RawClient.open(bus.port())) {
            assertThat(subscriber.connect(persistent(clientId)).sessionPresent()).isTrue();
            for (int i = 0; i < count; i++) {
                Publish message = subscriber.expectPublish();
                assertThat(ByteBuffer.wrap(message.payload()).getInt()).isEqualTo(i);
                assertThat(message.dup()).isFalse();
                subscriber.send(Type.PUBACK, message.packetId());
            }
            assertThat(subscriber.expectPublishes()).isEmpty();
        }
    }

    @Test
    void tenTimesTheMemoryForMessagesWaitsForOneClient() {
        int size = 256 * 1024;
        int count = 10 * HELD_MIB * MIB / size;
        subscribeAndLeave("s");
        publish(count, size);
        bus.kill();
        bus.start();
        drain("s", count);
        bus.expectCleanOutput();
    }

    @Test
    void smallMessagesForManyWhoAreAwayStandInNoOnesWay() {
        int sessions = 80;
        int count = 2_000;
        for (int i = 0; i < sessions; i++) {
            subscribeAndLeave("s" + i);
        }
        publish(count, 10);
        bus.kill();
        bus.start();
        for (int i = 0; i < sessions; i += 20) {
            drain("s" + i, count);
        }
        bus.expectCleanOutput();
    }
}
