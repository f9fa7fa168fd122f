package eu.sermas.bus.transport;

import static eu.sermas.bus.transport.TestClient.connect;
import static eu.sermas.bus.transport.TestClient.publish;
import static eu.sermas.bus.transport.TestClient.subscribe;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import eu.sermas.bus.metrics.Count;
import eu.sermas.bus.packet.ConnAck;
import eu.sermas.bus.packet.Packet;
import eu.sermas.bus.packet.PingReq;
import eu.sermas.bus.packet.PingResp;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.Property;
import eu.sermas.bus.packet.ProtocolVersion;
import eu.sermas.bus.packet.PubAck;
import eu.sermas.bus.packet.Publish;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.packet.SubAck;
import eu.sermas.bus.packet.Topic;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The write side: many receivers, large payloads, slow readers, and the wishes of MQTT 5 clients.
class DeliveryTest {

    private static final ProtocolVersion V5 = ProtocolVersion.MQTT_5;

    private TestServer server;

    @BeforeEach
    void start() throws Exception {
        server = TestServer.start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private TestClient subscriber(ProtocolVersion version, String id, QoS qos, Properties wishes)
            throws Exception {
        TestClient client = TestClient.open(server, version);
        client.send(connect(version, id, "good", wishes), subscribe(1, "a/#", qos));
        client.receive(ConnAck.class);
        client.receive(SubAck.class);
        return client;
    }

    /// Payloads on both sides of what is copied and what is shared, in order, to receivers of every
    /// variant on both loops.
    @Test
    void sendsTheSameBytesToEveryone() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<TestClient> receivers = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            ProtocolVersion version = ProtocolVersion.values()[i % 3];
            receivers.add(subscriber(version, "r" + i, QoS.of((i / 3) % 3), Properties.NONE));
        }
        List<byte[]> payloads = new ArrayList<>();
        for (int size : new int[] {0, 1, 4095, 4096, 4097, 70_000, 3, 1_000_000, 5}) {
            byte[] payload = new byte[size];
            random.nextBytes(payload);
            payloads.add(payload);
        }
        try (TestClient publisher = TestClient.connected(server, "publisher")) {
            int id = 1;
            for (byte[] payload : payloads) {
                publisher.send(
                        new Publish(
                                Topic.of("a/b"),
                                payload,
                                QoS.EXACTLY_ONCE,
                                false,
                                false,
                                id++,
                                Properties.NONE));
            }
            for (TestClient receiver : receivers) {
                for (byte[] payload : payloads) {
                    assertThat(receiver.receive(Publish.class).payload())
                            .as("seed %d, %d bytes", seed, payload.length)
                            .isEqualTo(payload);
                }
            }
        }
        for (TestClient receiver : receivers) {
            receiver.close();
        }
    }

    /// QoS 0 is dropped for the one who does not read; the others and the publisher go on.
    @Test
    void dropsForASlowReaderOnly() throws Exception {
        byte[] payload = new byte[100_000];
        try (TestClient slow = subscriber(V5, "slow", QoS.AT_MOST_ONCE, Properties.NONE);
                TestClient quick = subscriber(V5, "quick", QoS.AT_MOST_ONCE, Properties.NONE);
                TestClient publisher = TestClient.connected(server, "publisher")) {
            for (int i = 0; i < 500; i++) {
                publisher.send(publish("a/b", payload));
                assertThat(quick.receive(Publish.class).payload()).hasSize(100_000);
            }
            // The loop of the slow one may be behind that of the quick one.
            await().until(
                            () ->
                                    server.metrics.value(Count.MESSAGES_DELIVERED)
                                            + server.metrics.value(Count.MESSAGES_DROPPED),
                            done -> done == 1000);
            assertThat(server.metrics.value(Count.MESSAGES_DROPPED)).isPositive();
            // What was not dropped is whole, and then the connection works as before.
            slow.send(PingReq.INSTANCE);
            Packet packet = slow.receive();
            int received = 0;
            while (packet instanceof Publish publish) {
                assertThat(publish.payload()).hasSize(100_000);
                received++;
                packet = slow.receive();
            }
            assertThat(packet).isEqualTo(PingResp.INSTANCE);
            assertThat(received + server.metrics.value(Count.MESSAGES_DROPPED)).isEqualTo(500);
        }
    }

    /// QoS 1 waits in the session instead, and comes once the socket takes more.
    @Test
    void keepsQos1ForASlowReader() throws Exception {
        int count = 200;
        try (TestClient slow = subscriber(V5, "slow", QoS.AT_LEAST_ONCE, Properties.NONE);
                TestClient publisher = TestClient.connected(server, "publisher")) {
            for (int i = 0; i < count; i++) {
                byte[] payload = new byte[100_000];
                payload[0] = (byte) i;
                publisher.send(
                        new Publish(
                                Topic.of("a/b"),
                                payload,
                                QoS.AT_LEAST_ONCE,
                                false,
                                false,
                                i + 1,
                                Properties.NONE));
                publisher.receive();
            }
            for (int i = 0; i < count; i++) {
                Publish message = slow.receive(Publish.class);
                assertThat(message.payload()[0]).isEqualTo((byte) i);
                slow.send(new PubAck(message.packetId(), ReasonCode.SUCCESS, Properties.NONE));
            }
        }
    }

    @Test
    void honoursTheMaximumPacketSize() throws Exception {
        Properties small = Properties.builder().add(Property.MAXIMUM_PACKET_SIZE, 60).build();
        try (TestClient receiver = subscriber(V5, "small", QoS.AT_MOST_ONCE, small);
                TestClient publisher = TestClient.connected(server, "publisher")) {
            publisher.send(
                    publish("a/b", new byte[60]),
                    publish("a/b", new byte[6000]),
                    publish("a/b", new byte[10]));
            assertThat(receiver.receive(Publish.class).payload()).hasSize(10);
        }
    }

    @Test
    void givesTopicAliasesUpToTheMaximum() throws Exception {
        Properties two = Properties.builder().add(Property.TOPIC_ALIAS_MAXIMUM, 2).build();
        try (TestClient receiver = subscriber(V5, "alias", QoS.AT_MOST_ONCE, two);
                TestClient publisher = TestClient.connected(server, "publisher")) {
            List<String> seen = new ArrayList<>();
            for (String topic : List.of("a/1", "a/2", "a/3", "a/1", "a/2", "a/3")) {
                publisher.send(publish(topic, new byte[1]));
                Publish publish = receiver.receive(Publish.class);
                Topic name = publish.topic();
                seen.add(
                        (name == null ? "" : name.name())
                                + "="
                                + publish.properties().number(Property.TOPIC_ALIAS, 0));
            }
            assertThat(seen).containsExactly("a/1=1", "a/2=2", "a/3=0", "=1", "=2", "a/3=0");
        }
    }

    @Test
    void leavesOutProblemInformation() throws Exception {
        Properties none = Properties.builder().add(Property.REQUEST_PROBLEM_INFORMATION, 0).build();
        try (TestClient client = TestClient.open(server, V5)) {
            client.send(connect(V5, "quiet", "good", none));
            client.receive(ConnAck.class);
            client.send(subscribe(1, "$share/g/a", QoS.AT_MOST_ONCE));
            assertThat(client.receive(SubAck.class).properties().has(Property.REASON_STRING))
                    .isFalse();
        }
    }

    /// Not a benchmark, but a run long enough to show that counting, batching and order hold.
    @Test
    void carriesALongRunInOrder() throws Exception {
        int count = 50_000;
        try (TestClient receiver =
                        subscriber(
                                ProtocolVersion.MQTT_3_1_1,
                                "long",
                                QoS.AT_LEAST_ONCE,
                                Properties.NONE);
                TestClient publisher = TestClient.connected(server, "publisher")) {
            Thread writer = Thread.ofVirtual().start(() -> run(publisher, count));
            for (int i = 0; i < count; i++) {
                byte[] payload = receiver.receive(Publish.class).payload();
                assertThat((payload[0] << 16) | ((payload[1] & 0xFF) << 8) | (payload[2] & 0xFF))
                        .isEqualTo(i);
            }
            writer.join();
            await().atMost(Duration.ofSeconds(5))
                    .untilAsserted(
                            () ->
                                    assertThat(server.metrics.value(Count.PACKETS_SENT))
                                            .isGreaterThanOrEqualTo(count + 3));
            assertThat(server.metrics.value(Count.PACKETS_RECEIVED)).isEqualTo(count + 3);
        }
    }

    private static void run(TestClient publisher, int count) {
        try {
            Packet[] batch = new Packet[100];
            for (int i = 0; i < count; i += batch.length) {
                for (int j = 0; j < batch.length; j++) {
                    int number = i + j;
                    byte[] payload =
                            new byte[] {(byte) (number >> 16), (byte) (number >> 8), (byte) number};
                    batch[j] = publish("a/b", payload);
                }
                publisher.send(batch);
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
