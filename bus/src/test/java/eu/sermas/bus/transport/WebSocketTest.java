package eu.sermas.bus.transport;

import static eu.sermas.bus.transport.TestClient.connect;
import static eu.sermas.bus.transport.TestClient.publish;
import static eu.sermas.bus.transport.TestClient.subscribe;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.packet.ConnAck;
import eu.sermas.bus.packet.Packet;
import eu.sermas.bus.packet.PingReq;
import eu.sermas.bus.packet.PingResp;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.ProtocolVersion;
import eu.sermas.bus.packet.Publish;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.packet.SubAck;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// MQTT over WebSocket, frame by frame.
class WebSocketTest {

    private static final ProtocolVersion V3 = ProtocolVersion.MQTT_3_1_1;

    private TestServer server;

    @BeforeEach
    void start() throws Exception {
        server = TestServer.start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Socket socket() throws Exception {
        return new Socket(InetAddress.getLoopbackAddress(), server.port());
    }

    private TestWebSocket open() throws Exception {
        TestWebSocket socket = new TestWebSocket(socket());
        assertThat(socket.open("/mqtt", "mqtt", new byte[0])).startsWith("HTTP/1.1 101 ");
        return socket;
    }

    @ParameterizedTest
    @CsvSource({
        "/mqtt, mqtt, mqtt",
        "/mqtt/, mqttv3.1, mqttv3.1",
        "/mqtt?token=x, 'other, mqtt', mqtt",
        "/mqttanything/at/all?q, 'mqttv3.1, mqtt', mqtt",
        "/mqtt, ,"
    })
    void upgrades(String path, @Nullable String offered, @Nullable String chosen) throws Exception {
        try (Socket socket = socket()) {
            String answer = new TestWebSocket(socket).open(path, offered, new byte[0]);
            assertThat(answer).startsWith("HTTP/1.1 101 Switching Protocols\r\n");
            assertThat(answer)
                    .contains("\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n");
            assertThat(answer).contains("\r\nConnection: Upgrade\r\n");
            assertThat(answer).contains("\r\nUpgrade: websocket\r\n");
            assertThat(
                            answer.lines()
                                    .filter(
                                            line ->
                                                    line.toLowerCase(Locale.ROOT)
                                                            .contains("connection")))
                    .hasSize(1);
            assertThat(answer).doesNotContain("Extensions");
            if (chosen == null) {
                assertThat(answer).doesNotContain("Sec-WebSocket-Protocol");
            } else {
                assertThat(answer).contains("\r\nSec-WebSocket-Protocol: " + chosen + "\r\n");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'GET /mqtt HTTP/1.1\r\nHost: x\r\n\r\n', 426",
        "'POST /mqtt HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc', 426",
        "'GET /mqtt HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n', 400",
        "'GET /mqtt HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 8\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n', 426",
        "'GET /mqtt HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: chat\r\n\r\n', 400"
    })
    void refusesWhatIsNoUpgrade(String request, int status) throws Exception {
        try (Socket socket = socket()) {
            socket.getOutputStream().write(request.getBytes(ISO_8859_1));
            String answer = new String(socket.getInputStream().readAllBytes(), UTF_8);
            assertThat(answer).startsWith("HTTP/1.1 " + status + " ");
            assertThat(answer).contains("\"statusCode\":" + status + "}");
        }
    }

    @Test
    void letsOtherRequestsPass() throws Exception {
        try (Socket socket = socket()) {
            socket.getOutputStream()
                    .write("GET /api/mqtt HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(ISO_8859_1));
            byte[] answer = new byte[1000];
            int count = socket.getInputStream().read(answer);
            assertThat(new String(answer, 0, count, UTF_8)).endsWith("GET /api/mqtt");
            // And a WebSocket on the same connection.
            assertThat(new TestWebSocket(socket).open("/mqtt", null, new byte[0]))
                    .startsWith("HTTP/1.1 101 ");
        }
    }

    private static byte[] opening(TestClient client) {
        return client.bytes(
                connect(V3, "ws"),
                subscribe(1, "a", QoS.AT_MOST_ONCE),
                publish("a", "hello".getBytes(UTF_8)));
    }

    private static void expectOpening(TestClient client) throws Exception {
        assertThat(client.receive(ConnAck.class).reasonCode()).isEqualTo(ReasonCode.SUCCESS);
        assertThat(client.receive()).isInstanceOf(SubAck.class);
        assertThat(client.receive(Publish.class).payload()).isEqualTo("hello".getBytes(UTF_8));
    }

    /// The frames are cut every so many bytes.
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 1000})
    void takesPacketsAcrossFrames(int size) throws Exception {
        TestWebSocket socket = open();
        try (TestClient client = socket.mqtt(V3)) {
            byte[] bytes = opening(client);
            for (int i = 0; i < bytes.length; i += size) {
                byte[] part = Arrays.copyOfRange(bytes, i, Math.min(bytes.length, i + size));
                socket.send(true, TestWebSocket.BINARY, part);
            }
            expectOpening(client);
        }
    }

    @Test
    void takesFragmentsWithAPingBetween() throws Exception {
        TestWebSocket socket = open();
        try (TestClient client = socket.mqtt(V3)) {
            byte[] bytes = opening(client);
            socket.send(false, TestWebSocket.BINARY, Arrays.copyOfRange(bytes, 0, 5));
            socket.send(true, TestWebSocket.PING, "still there?".getBytes(UTF_8));
            socket.send(false, TestWebSocket.CONTINUATION, Arrays.copyOfRange(bytes, 5, 9));
            TestWebSocket.Frame pong = socket.receive();
            assertThat(pong.opcode()).isEqualTo(TestWebSocket.PONG);
            assertThat(pong.payload()).isEqualTo("still there?".getBytes(UTF_8));
            socket.send(
                    true, TestWebSocket.CONTINUATION, Arrays.copyOfRange(bytes, 9, bytes.length));
            expectOpening(client);
        }
    }

    @Test
    void takesFramesBehindTheRequest() throws Exception {
        TestWebSocket socket = new TestWebSocket(socket());
        try (TestClient client = socket.mqtt(V3)) {
            byte[] frame = TestWebSocket.frame(true, TestWebSocket.BINARY, opening(client));
            socket.open("/mqtt", "mqtt", frame);
            expectOpening(client);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 125, 126, 4096, 4097, 65_535, 65_536, 1_000_000})
    void framesPayloadsOfEverySize(int size) throws Exception {
        byte[] payload = new byte[size];
        Arrays.fill(payload, (byte) 'x');
        try (TestClient client = open().mqtt(V3)) {
            client.send(connect(V3, "sizes"), subscribe(1, "a", QoS.AT_MOST_ONCE));
            client.receive(ConnAck.class);
            client.receive(SubAck.class);
            client.send(publish("a", payload), PingReq.INSTANCE);
            assertThat(client.receive(Publish.class).payload()).isEqualTo(payload);
            assertThat(client.receive()).isEqualTo(PingResp.INSTANCE);
        }
    }

    @Test
    void putsARunOfPacketsInOneFrame() throws Exception {
        TestWebSocket socket = open();
        try (TestClient client = socket.mqtt(V3)) {
            client.send(connect(V3, "run"));
            client.receive(ConnAck.class);
            Packet[] pings = new Packet[50];
            Arrays.fill(pings, PingReq.INSTANCE);
            client.send(pings);
            assertThat(socket.receive().payload()).hasSize(100);
        }
    }

    /// The refusal is there to be read, though the client goes on sending.
    @Test
    void refusesText() throws Exception {
        TestWebSocket socket = open();
        byte[] frame = TestWebSocket.frame(true, TestWebSocket.TEXT, new byte[1000]);
        for (int i = 0; i < 100; i++) {
            socket.write(frame);
        }
        TestWebSocket.Frame answer = socket.receive();
        assertThat(answer.opcode()).isEqualTo(TestWebSocket.CLOSE);
        assertThat(answer.closeCode()).isEqualTo(1003);
        assertThat(socket.isEnded()).isTrue();
    }

    @Test
    void refusesUnmaskedFrames() throws Exception {
        TestWebSocket socket = open();
        socket.write(new byte[] {(byte) 0x82, 2, (byte) 0xc0, 0});
        TestWebSocket.Frame answer = socket.receive();
        assertThat(answer.opcode()).isEqualTo(TestWebSocket.CLOSE);
        assertThat(answer.closeCode()).isEqualTo(1002);
    }

    @Test
    void answersClose() throws Exception {
        TestWebSocket socket = open();
        socket.send(true, TestWebSocket.CLOSE, new byte[] {0x03, (byte) 0xe8});
        assertThat(socket.receive().closeCode()).isEqualTo(1000);
        assertThat(socket.isEnded()).isTrue();
    }

    @Test
    void refusesABadLoginInAFrame() throws Exception {
        TestWebSocket socket = open();
        try (TestClient client = socket.mqtt(V3)) {
            client.send(connect(V3, "x", "bad", Properties.NONE));
            assertThat(client.receive(ConnAck.class).reasonCode())
                    .isEqualTo(ReasonCode.NOT_AUTHORIZED);
            assertThat(socket.receive().closeCode()).isEqualTo(1000);
            assertThat(socket.isEnded()).isTrue();
        }
    }
}
