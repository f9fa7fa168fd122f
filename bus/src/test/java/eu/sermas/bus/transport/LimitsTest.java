package eu.sermas.bus.transport;

import static eu.sermas.bus.transport.TestClient.connect;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import eu.sermas.bus.metrics.Count;
import eu.sermas.bus.packet.ConnAck;
import eu.sermas.bus.packet.PingReq;
import eu.sermas.bus.packet.PingResp;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.ProtocolVersion;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.peer.Networks;
import eu.sermas.bus.tls.Certificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What the network side does not put up with.
class LimitsTest {

    @TempDir private Path directory;

    private static final Duration SHORT = Duration.ofMillis(200);

    static TransportLimits limits(Duration timeout, int connectionsPerSecond, int maxConnections) {
        return new TransportLimits(
                timeout,
                timeout,
                timeout,
                timeout,
                connectionsPerSecond,
                true,
                maxConnections,
                LoginDelay.DEFAULT,
                65_536,
                InputLimits.DEFAULT,
                OutputLimits.DEFAULT);
    }

    private static Socket socket(TestServer server) throws Exception {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        socket.setSoTimeout(10_000);
        return socket;
    }

    /// Nothing; a part of CONNECT, of a TLS hello, of a request header, and of a request body.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\u0010 \u0000",
                "\u0016\u0003\u0001",
                "GET / HTTP/1.1\r\nHost:",
                "POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nabc"
            })
    void closesWhoTakesTooLong(String start) throws Exception {
        Certificates tls =
                Certificates.selfSigned(directory.resolve("ca.pem"), List.of("localhost"), null);
        try (TestServer server = TestServer.start(limits(SHORT, 100, 100), tls);
                Socket socket = socket(server)) {
            socket.getOutputStream().write(start.getBytes(ISO_8859_1));
            assertThat(socket.getInputStream().readAllBytes()).hasSizeLessThan(50);
        }
    }

    @Test
    void closesAnIdleWebSocketThatNeverConnects() throws Exception {
        try (TestServer server = TestServer.start(limits(SHORT, 100, 100), null);
                Socket socket = socket(server)) {
            TestWebSocket webSocket = new TestWebSocket(socket);
            webSocket.open("/mqtt", "mqtt", new byte[0]);
            assertThat(webSocket.isEnded()).isTrue();
            assertThat(server.metrics.value(Count.CONNECTIONS_DROPPED)).isEqualTo(1);
        }
    }

    @Test
    void closesWithoutConnackWhereTheLoginTakesTooLong() throws Exception {
        try (TestServer server = TestServer.start(limits(SHORT, 100, 100), null);
                TestClient client = TestClient.open(server, ProtocolVersion.MQTT_5)) {
            client.send(connect(ProtocolVersion.MQTT_5, "x", "later", Properties.NONE));
            assertThat(client.isEnded()).isTrue();
            server.later.complete(TestServer.LOGIN);
            assertThat(server.metrics.value(Count.CONNECTIONS_ACCEPTED)).isZero();
        }
    }

    /// The deadlines end with CONNECT, and with a complete request.
    @Test
    void leavesAConnectedClientAlone() throws Exception {
        try (TestServer server = TestServer.start(limits(SHORT, 100, 100), null);
                TestClient client = TestClient.connected(server, "x")) {
            try (Socket idle = socket(server)) { // closed by the same deadline, so that has passed
                assertThat(idle.getInputStream().read()).isEqualTo(-1);
            }
            client.send(PingReq.INSTANCE);
            assertThat(client.receive()).isEqualTo(PingResp.INSTANCE);
        }
    }

    /// What a proxy brings counts for whom it is.
    @Test
    void closesWhatComesTooFastFromOneAddressBehindAProxy() throws Exception {
        try (TestServer server =
                TestServer.start(
                        limits(Duration.ofSeconds(10), 5, 1000),
                        null,
                        Networks.read("127.0.0.1").orElseThrow())) {
            List<TestClient> clients = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                clients.add(proxied(server, "192.0.2." + i));
            }
            for (TestClient client : clients) {
                assertThat(client.receive(ConnAck.class).reasonCode())
                        .isEqualTo(ReasonCode.SUCCESS);
            }
            assertThat(server.metrics.value(Count.CONNECTIONS_DROPPED)).isZero();
            while (server.metrics.value(Count.CONNECTIONS_DROPPED) == 0 && clients.size() < 900) {
                clients.add(proxied(server, "198.51.100.1"));
            }
            await().untilAsserted(
                            () ->
                                    assertThat(server.metrics.value(Count.CONNECTIONS_DROPPED))
                                            .isPositive());
            for (TestClient client : clients) {
                client.close();
            }
        }
    }

    private static TestClient proxied(TestServer server, String address) throws Exception {
        TestClient client = TestClient.open(server, ProtocolVersion.MQTT_5);
        byte[] header = "PROXY TCP4 %s 127.0.0.1 1 2\r\n".formatted(address).getBytes(ISO_8859_1);
        byte[] connect = client.bytes(connect(ProtocolVersion.MQTT_5, address));
        ByteBuffer both = ByteBuffer.allocate(header.length + connect.length);
        client.write(both.put(header).put(connect).array());
        return client;
    }

    @Test
    void closesWhatComesTooFastFromOneAddress() throws Exception {
        try (TestServer server = TestServer.start(limits(Duration.ofSeconds(10), 5, 1000), null)) {
            List<Socket> sockets = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                sockets.add(socket(server));
            }
            // At most two windows of a second.
            await().untilAsserted(
                            () ->
                                    assertThat(server.metrics.value(Count.CONNECTIONS_DROPPED))
                                            .isBetween(20L, 25L));
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    @Test
    void closesWhatIsOneTooMany() throws Exception {
        try (TestServer server = TestServer.start(limits(Duration.ofSeconds(10), 1000, 2), null);
                TestClient first = TestClient.connected(server, "1");
                TestClient second = TestClient.connected(server, "2")) {
            try (Socket third = socket(server)) {
                assertThat(third.getInputStream().read()).isEqualTo(-1);
            }
            first.socket().close();
            await().ignoreExceptions()
                    .untilAsserted(() -> TestClient.connected(server, "3").close());
            second.send(PingReq.INSTANCE);
            assertThat(second.receive()).isEqualTo(PingResp.INSTANCE);
        }
    }

    /// A client that does not read its answers is not read either: its own packets pile up at its
    /// own end.
    @Test
    void stopsReadingFromWhoDoesNotReadItsAnswers() throws Exception {
        try (TestServer server = TestServer.start(limits(Duration.ofSeconds(10), 1000, 100), null);
                TestClient client = TestClient.connected(server, "x")) {
            PingReq[] pings = new PingReq[100_000];
            Arrays.fill(pings, PingReq.INSTANCE);
            byte[] bytes = client.bytes(pings);
            Thread writer = Thread.ofVirtual().start(() -> flood(client, bytes));
            await().during(Duration.ofMillis(500))
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> isSteady(server));
            assertThat(writer.isAlive()).isTrue();
            for (int i = 0; i < 100_000; i++) {
                assertThat(client.receive()).isEqualTo(PingResp.INSTANCE);
            }
            client.socket().close();
            writer.join();
        }
    }

    private long seen;

    private boolean isSteady(TestServer server) {
        long before = seen;
        seen = server.metrics.value(Count.PACKETS_RECEIVED);
        return seen > 1 && seen == before;
    }

    private static void flood(TestClient client, byte[] bytes) {
        assertThatThrownBy(
                        () -> {
                            while (true) {
                                client.write(bytes);
                            }
                        })
                .isInstanceOf(IOException.class);
    }
}
