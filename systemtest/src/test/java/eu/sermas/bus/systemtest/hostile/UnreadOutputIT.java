package eu.sermas.bus.systemtest.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.BusProcess;
import eu.sermas.bus.systemtest.raw.Connect;
import eu.sermas.bus.systemtest.raw.Packet.Ack;
import eu.sermas.bus.systemtest.raw.Publish;
import eu.sermas.bus.systemtest.raw.RawClient;
import eu.sermas.bus.systemtest.raw.Subscribe;
import eu.sermas.bus.systemtest.raw.Version;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Subscribers that never read, so many that what waits to be written to each of them, though
/// within the limit of one connection, would be more than the process has outside of its heap.
///
/// Nobody has to log in here, so that all of them and those who read have one share.
@TestInstance(Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // JUnit calls start() first
class UnreadOutputIT {

    private static final int DEAF = 600;
    private static final int BATCH = 100;

    /// The heap, as much outside of it, and the virtual machine itself.
    private static final long RESIDENT_MEBIBYTES = 700;

    private BusProcess bus;
    private HealthyClients healthy;

    @BeforeAll
    void start() {
        bus =
                BusProcess.open()
                        .java("-Xmx256m")
                        .set("limits.connections-per-second", 100_000)
                        .start();
        healthy = HealthyClients.connect(bus.port(), "unread");
    }

    @AfterEach
    void nobodyElseHasNoticed() {
        healthy.exchange();
        bus.expectAlive();
        bus.expectCleanOutput();
        assertThat(bus.residentMebibytes()).isLessThan(RESIDENT_MEBIBYTES);
    }

    @AfterAll
    void stop() {
        healthy.close();
        bus.close();
    }

    /// Who reads gets every message all the same, at QoS 0 too, though most others of the same
    /// share are far behind.
    @ParameterizedTest
    @CsvSource({"0, 900, 2000", "1, 500, 4000"})
    void whatWaitsForThoseWhoNeverReadIsBounded(int qos, int messages, int size) {
        var topic = "unread/" + qos + "/" + size;
        var deaf = deafSubscribers(topic, qos);
        try (var reader = RawClient.open(bus.port());
                var publisher = RawClient.open(bus.port())) {
            reader.connect(Connect.v5("reader of " + size));
            reader.subscribe(topic, 0);
            publisher.connect(Connect.v5("publisher of " + size));
            for (int sent = 0; sent < messages; sent += BATCH) {
                publish(publisher, topic, qos, size, sent);
                for (int i = 1; i <= BATCH; i++) {
                    assertThat(reader.expectPublish().payload()[0]).isEqualTo((byte) i);
                }
                healthy.exchange();
            }
        }
        deaf.forEach(UnreadOutputIT::close);
    }

    private static void publish(RawClient publisher, String topic, int qos, int size, int before) {
        var payload = new byte[size];
        for (int i = 1; i <= BATCH; i++) {
            payload[0] = (byte) i;
            var message = Publish.to(topic, payload);
            publisher.send(qos == 0 ? message : message.qos(qos, before + i));
        }
        for (int i = 1; i <= BATCH && qos > 0; i++) {
            assertThat(publisher.expect(Ack.class).packetId()).isEqualTo(before + i);
        }
    }

    private List<SocketChannel> deafSubscribers(String topic, int qos) {
        var deaf = new ArrayList<SocketChannel>();
        for (int i = 0; i < DEAF; i++) {
            deaf.add(deafSubscriber(topic, qos));
        }
        return deaf;
    }

    /// Waits for SUBACK, the last that it ever reads.
    private SocketChannel deafSubscriber(String topic, int qos) {
        try {
            var channel = SocketChannel.open();
            channel.setOption(StandardSocketOptions.SO_RCVBUF, 4096);
            channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), bus.port()));
            var connect = Connect.v311("").keepAlive(0).bytes();
            var subscribe = Subscribe.subscribe(1).filter(topic, qos).bytes(Version.V311);
            channel.write(ByteBuffer.wrap(connect));
            channel.write(ByteBuffer.wrap(subscribe));
            var answers = ByteBuffer.allocate(4 + 5);
            while (answers.hasRemaining() && channel.read(answers) >= 0) {}
            assertThat(Arrays.copyOfRange(answers.array(), 4, 9))
                    .as("SUBACK")
                    .containsExactly(0x90, 3, 0, 1, qos);
            return channel;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
