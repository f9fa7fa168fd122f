package eu.sermas.bus.systemtest.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.BusProcess;
import eu.sermas.bus.systemtest.raw.Connect;
import eu.sermas.bus.systemtest.raw.Packet.Ack;
import eu.sermas.bus.systemtest.raw.Properties;
import eu.sermas.bus.systemtest.raw.Property;
import eu.sermas.bus.systemtest.raw.Publish;
import eu.sermas.bus.systemtest.raw.RawClient;
import eu.sermas.bus.systemtest.raw.Subscribe;
import eu.sermas.bus.systemtest.raw.Type;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/// Clients that let the bus hold as much for them as it will, in each kind of content. The bus has
/// a heap of 512 MiB and no limit but those that it has by itself, and ends itself where it runs
/// out of memory.
@TestInstance(Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // JUnit calls start() first
class HeldBytesIT {

    private static final int MIB = 1024 * 1024;
    private static final int WEEK = 7 * 24 * 3600;
    private static final int LONGEST_TEXT = 62_000;
    private static final String LONG_TOPIC = ("/" + "l".repeat(399)).repeat(150);
    private static final int QUOTA_EXCEEDED = 0x97;

    private BusProcess bus;
    private HealthyClients healthy;

    @BeforeAll
    void start() {
        bus =
                BusProcess.open()
                        .java("-Xmx512m")
                        .set("limits.connections-per-second", 100_000)
                        .start();
        healthy = HealthyClients.connect(bus.port(), "held");
    }

    @AfterEach
    void nobodyElseHasNoticed() {
        healthy.exchange();
        bus.expectAlive();
    }

    @AfterAll
    void stop() throws IOException {
        healthy.close();
        bus.close();
    }

    private RawClient connect(Connect connect) {
        var client = RawClient.open(bus.port());
        client.connect(connect);
        return client;
    }

    private static Connect persistent(String clientId) {
        return Connect.v5(clientId).with(Property.SESSION_EXPIRY_INTERVAL, WEEK);
    }

    /// Ends a session that waits for its client.
    private void end(String clientId) {
        try (var client = connect(Connect.v5(clientId))) {
            client.disconnect();
        }
    }

    /// @return the reason code of the answer
    private static int publish(RawClient publisher, Publish message, int packetId) {
        var answer = publisher.send(message.qos(1, packetId)).expect(Ack.class);
        assertThat(answer.packetId()).isEqualTo(packetId);
        return answer.reason();
    }

    @Test
    void propertiesThatWaitForAnAbsentSession() {
        try (var away = connect(persistent("away"));
                var publisher = connect(Connect.v5("properties"))) {
            away.subscribe("away/properties", 1);
            away.disconnect();
            var properties = Properties.NONE;
            var value = "v".repeat(LONGEST_TEXT);
            for (int i = 0; i < 7.8 * MIB / 2 / LONGEST_TEXT; i++) {
                properties = properties.user(value, value);
            }
            int refused = 0;
            for (int i = 1; i <= 75; i++) {
                var message = Publish.to("away/properties", "").with(properties);
                refused += publish(publisher, message, i) == QUOTA_EXCEEDED ? 1 : 0;
            }
            assertThat(refused).as("refused of 75").isGreaterThan(50);
        }
        end("away");
    }

    @Test
    void messagesThatAreReadAndNeverAcknowledged() throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), bus.port());
                var publisher = connect(Connect.v5("flood"))) {
            var reader = RawClient.over(socket);
            reader.connect(Connect.v5("never-acknowledges").keepAlive(0));
            reader.subscribe("in/flight", 1);
            socket.setSoTimeout(0);
            Thread.ofVirtual().start(() -> drain(socket));

            int refused = 0;
            for (int i = 1; i <= 300; i++) {
                var message = Publish.to("in/flight", new byte[MIB]);
                refused += publish(publisher, message, i) == QUOTA_EXCEEDED ? 1 : 0;
            }
            assertThat(refused).as("refused of 300").isGreaterThan(150);
        }
    }

    private static void drain(Socket socket) {
        try {
            socket.getInputStream().transferTo(OutputStream.nullOutputStream());
        } catch (IOException _) {
            // closed by the test
        }
    }

    @Test
    void sessionsThatEndedBeforeTheirTime() {
        for (int i = 0; i < 55; i++) {
            try (var client = connect(persistent("comes-back").keepAlive(0))) {
                var request = Subscribe.subscribe(1);
                for (int filter = 0; filter < 100; filter++) {
                    request.filter("f/" + filter + "f".repeat(LONGEST_TEXT), 0);
                }
                assertThat(client.send(request).next().type()).isEqualTo(Type.SUBACK);
                client.drop();
            }
        }
        end("comes-back");
    }

    @Test
    void retainedMessages() {
        try (var publisher = connect(Connect.v5("retains"))) {
            var payload = new byte[15 * MIB];
            int refused = 0;
            for (int i = 1; i <= 40; i++) {
                var message = Publish.to("retained/" + i, payload).retained();
                refused += publish(publisher, message, i) == QUOTA_EXCEEDED ? 1 : 0;
            }
            assertThat(refused).as("refused of 40").isGreaterThan(30);
            for (int i = 1; i <= 40; i++) {
                publish(publisher, Publish.to("retained/" + i, "").retained(), 100 + i);
            }
            assertThat(publish(publisher, Publish.to("retained/x", "x").retained(), 200))
                    .isLessThan(0x80);
        }
    }

    /// Nobody subscribes to them, and yet there is something to remember of each.
    @Test
    void longTopicsThatLeadNowhere() {
        try (var publisher = connect(Connect.v5("nowhere"))) {
            for (int i = 0; i < 4_000; i++) {
                publisher.send(Publish.to("nowhere/" + i + LONG_TOPIC, ""));
            }
            publisher.expectNothing();
        }
    }

    @Test
    void aliasesOfSuchTopics() {
        var clients =
                IntStream.range(0, 60).mapToObj(i -> connect(Connect.v5("aliases" + i))).toList();
        for (int i = 0; i < clients.size(); i++) {
            setAliases(clients.get(i), "nowhere/" + i);
        }
        healthy.exchange();
        clients.forEach(RawClient::close);
    }

    private static void setAliases(RawClient client, String topic) {
        try {
            for (int alias = 1; alias <= 64; alias++) {
                client.send(
                        Publish.to(topic + "/" + alias + LONG_TOPIC, "")
                                .with(Property.TOPIC_ALIAS, alias));
            }
        } catch (UncheckedIOException _) {
            // refused, and closed by the bus
        }
    }

    /// The same kinds in sizes and numbers by chance; `-Dhostile.seed` repeats one run of it,
    /// `-Dhostile.rounds` makes it longer.
    @Test
    void contentOfAnySizeAndKind() {
        long seed = Long.getLong("hostile.seed", System.nanoTime());
        System.out.println("HeldBytesIT: repeat with -Dhostile.seed=" + seed);
        var random = new Random(seed);
        for (int round = 0; round < Integer.getInteger("hostile.rounds", 3); round++) {
            var id = "any" + round;
            try (var away = connect(persistent(id));
                    var publisher = connect(Connect.v5(id + "-publisher"))) {
                away.subscribe("any/" + round + "/#", 1 + random.nextInt(2));
                if (random.nextBoolean()) {
                    away.disconnect();
                }
                int size = 1 << random.nextInt(24);
                for (int i = 1; i <= Math.min(2_000, 128 * MIB / size); i++) {
                    publish(publisher, anyMessage(random, "any/" + round, size), i);
                }
            }
            end(id);
            healthy.exchange();
        }
    }

    private static Publish anyMessage(Random random, String topic, int size) {
        var text = "x".repeat(Math.min(LONGEST_TEXT, size));
        return switch (random.nextInt(4)) {
            case 0 -> Publish.to(topic + "/payload", new byte[size]);
            case 1 -> Publish.to(topic + "/properties", "").user(text, text).user("n", text);
            case 2 -> Publish.to(topic + "/b".repeat(Math.min(150, size)), "");
            default -> Publish.to(topic + "/" + random.nextInt(50), text).retained();
        };
    }
}
