package eu.sermas.bus.systemtest.hostile;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.BusProcess;
import eu.sermas.bus.systemtest.raw.Connect;
import eu.sermas.bus.systemtest.raw.Packet.Ack;
import eu.sermas.bus.systemtest.raw.Publish;
import eu.sermas.bus.systemtest.raw.RawClient;
import eu.sermas.bus.systemtest.raw.Type;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Peers that want more memory than they are due. The bus has a heap of 128 MiB here, lets 32 MiB
/// wait for all sessions together, and ends itself where it runs out of memory.
@TestInstance(Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // JUnit calls start() first
class GreedyPeersIT {

    private static final int MIB = 1024 * 1024;
    private static final int MESSAGES_OF_A_MIB = 100;

    /// The heap, as much outside of it, and the virtual machine itself.
    private static final long RESIDENT_MEBIBYTES = 450;

    private BusProcess bus;
    private HealthyClients healthy;

    @BeforeAll
    void start() {
        bus =
                BusProcess.open()
                        .java("-Xmx128m -XX:MaxDirectMemorySize=128m")
                        .set("limits.queue.total-bytes", "32MiB")
                        .set("limits.connections-per-second", 100_000)
                        .start();
        healthy = HealthyClients.connect(bus.port(), "greedy");
    }

    @AfterEach
    void nobodyElseHasNoticed() {
        healthy.exchange();
        bus.expectAlive();
        assertThat(bus.residentMebibytes()).isLessThan(RESIDENT_MEBIBYTES);
    }

    @AfterAll
    void stop() throws IOException {
        healthy.close();
        bus.close();
    }

    @Test
    void whoNeverReadsIsNotServedFromMemoryWithoutEnd() {
        var payload = new byte[MIB];
        try (var qos0 = RawClient.open(bus.port());
                var qos1 = RawClient.open(bus.port());
                var old = RawClient.open(bus.port());
                var publisher = RawClient.open(bus.port());
                var reader = RawClient.open(bus.port())) {
            neverReads(qos0, Connect.v5("qos0"), 0);
            neverReads(qos1, Connect.v5("qos1"), 1);
            neverReads(old, Connect.v311("old"), 2);
            reader.connect(Connect.v5("reader"));
            reader.subscribe("big", 1);
            publisher.connect(Connect.v5("publisher"));

            for (int i = 1; i <= MESSAGES_OF_A_MIB; i++) {
                Arrays.fill(payload, (byte) i);
                publisher.send(Publish.to("big", payload).qos(1, i));
                // Refused in the name of those who are full, and yet delivered to all others.
                assertThat(publisher.expect(Ack.class).packetId()).isEqualTo(i);
                var message = reader.expectPublish();
                assertThat(message.payload()).isEqualTo(payload);
                reader.send(Type.PUBACK, message.packetId());
                healthy.exchange();
            }
        }
    }

    private static void neverReads(RawClient client, Connect connect, int qos) {
        client.connect(connect.keepAlive(0));
        client.subscribe("big", qos);
    }

    /// Pings are answered, and the answers wait in memory where the client does not take them: at
    /// some point the bus has to stop reading.
    @Test
    void whoNeverReadsTheAnswersIsNotReadOnEither() throws IOException {
        var pings = ByteBuffer.allocate(MIB);
        while (pings.hasRemaining()) {
            pings.put((byte) 0xC0).put((byte) 0);
        }
        try (var channel = SocketChannel.open();
                var selector = Selector.open()) {
            channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), bus.port()));
            channel.write(ByteBuffer.wrap(Connect.v5("pings").keepAlive(0).bytes()));
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_WRITE);
            long sent = 0;
            while (selector.select(1000) > 0) {
                selector.selectedKeys().clear();
                sent += channel.write(pings.rewind());
                assertThat(sent).as("bytes taken without an end").isLessThan(100L * MIB);
                healthy.exchange();
            }
            assertThat(sent).isPositive();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "Authorization: Bearer , a token of 1 MB",
        "X-Filler: , any header of 1 MB",
        "'Cookie: a=', a cookie of 1 MB"
    })
    void aHugeHeaderIsRefused(String header, String what) throws IOException {
        assertThat(answerTo("GET /health HTTP/1.1\r\nHost: localhost\r\n" + header, MIB))
                .as(what)
                .containsPattern("^(HTTP/1.1 (400|431) .*)?$");
    }

    @Test
    void aHugeRequestLineIsRefused() throws IOException {
        assertThat(answerTo("GET /", MIB)).containsPattern("^(HTTP/1.1 (400|414) .*)?$");
    }

    @Test
    void aHugeNumberOfHeadersIsRefused() throws IOException {
        assertThat(answerTo("GET /health HTTP/1.1\r\n" + "X: y\r\n".repeat(100_000), 1))
                .containsPattern("^(HTTP/1.1 (400|431) .*)?$");
    }

    @Test
    void aHugeBodyIsRefusedBeforeItIsSent() throws IOException {
        var head = "POST /api/platform/token HTTP/1.1\r\nContent-Length: 1000000000000\r\n";

        assertThat(answerTo(head + "Host: localhost\r\n\r\n", 1)).startsWith("HTTP/1.1 413 ");
    }

    /// Sends the text and behind it so many letters.
    ///
    /// @return the first line, empty where the bus has closed without an answer or has reset the
    ///   connection before the answer was read
    private String answerTo(String text, int letters) throws IOException {
        var filler = new byte[letters];
        Arrays.fill(filler, (byte) 'a');
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), bus.port())) {
            socket.setSoTimeout(8_000);
            for (var bytes : List.of(text.getBytes(US_ASCII), filler)) {
                try {
                    socket.getOutputStream().write(bytes);
                } catch (IOException _) {
                    break; // refused already
                }
            }
            try {
                var answer = new String(socket.getInputStream().readAllBytes(), US_ASCII);
                return answer.lines().findFirst().orElse("");
            } catch (SocketException _) {
                return "";
            }
        }
    }

    @Test
    void aTokenAsLargeAsMqttAllowsIsJustAUserName() {
        try (var client = RawClient.open(bus.port())) {
            client.connect(Connect.v5("token").userName("t".repeat(65_535)));
            client.expectNothing();
        }
    }

    @Test
    void announcedPacketsCostNothingBeforeTheyCome() {
        var clients = IntStream.range(0, 500).mapToObj(_ -> RawClient.open(bus.port())).toList();
        for (int i = 0; i < clients.size(); i++) {
            clients.get(i).connect(Connect.v5("announcer" + i));
            clients.get(i).send(Notation.parse("30 f0ffff07 'announced' [] \"and begun\""));
        }
        healthy.exchange();
        assertThat(bus.residentMebibytes()).isLessThan(RESIDENT_MEBIBYTES);
        clients.forEach(RawClient::close);
    }
}
