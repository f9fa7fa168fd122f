package eu.sermas.bus.systemtest;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.RawMqtt.Packet;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/// One port for all transports, and how the bytes of MQTT travel through each.
@ExtendWith(SharedBus.class)
class OnePortIT {

    private final BusProcess bus;
    private final Tenant tenant;

    OnePortIT(BusProcess bus, Rest admin) {
        this.bus = bus;
        this.tenant = Tenant.create(bus, admin, "port").client("kiosk", "ui");
    }

    /// Paho for Python sends CONNECT, SUBSCRIBE and PUBLISH without waiting for anything.
    @Test
    void packetsBehindConnectAreHandledInOrder() throws Exception {
        try (var mqtt = RawMqtt.open(bus.port())) {
            mqtt.send(pipelined("hello"));

            assertThat(mqtt.receive()).returns(RawMqtt.CONNACK, Packet::type);
            assertThat(mqtt.receive()).returns(RawMqtt.SUBACK, Packet::type);
            assertThat(mqtt.receive()).returns(RawMqtt.PUBLISH, Packet::type);
            assertThat(mqtt.receive()).returns(RawMqtt.PINGRESP, Packet::type);
        }
    }

    @Test
    void packetsMayArriveByteByByte() throws Exception {
        try (var mqtt = RawMqtt.open(bus.port())) {
            for (byte b : pipelined("slowly")) {
                mqtt.send(new byte[] {b});
            }

            assertThat(mqtt.receive()).returns(RawMqtt.CONNACK, Packet::type);
            assertThat(mqtt.receive()).returns(RawMqtt.SUBACK, Packet::type);
            assertThat(mqtt.receive()).returns(RawMqtt.PUBLISH, Packet::type);
            assertThat(mqtt.receive()).returns(RawMqtt.PINGRESP, Packet::type);
        }
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"mqtt", "mqttv3.1"})
    void aWebSocketNeedsNoParticularSubprotocol(@Nullable String subprotocol) throws Exception {
        try (var socket = WebSocketMqtt.open(bus.uri("ws", "/mqtt"), subprotocol)) {
            socket.send(pipelined("x"));

            assertThat(socket.subprotocol()).isEqualTo(subprotocol == null ? "" : subprotocol);
            assertThat(socket.receive(RawMqtt.PINGRESP)).contains((byte) RawMqtt.CONNACK);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/mqtt/", "/mqtt/any/path", "/mqtt?token=x", "/mqttx"})
    void everyPathThatBeginsWithMqttIsAWebSocket(String path) throws Exception {
        try (var socket = WebSocketMqtt.open(bus.uri("ws", path), "mqtt")) {
            socket.send(pipelined("x"));
            assertThat(socket.receive(RawMqtt.PINGRESP)).contains((byte) RawMqtt.CONNACK);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 100})
    void packetsMaySpanFrames(int frameSize) throws Exception {
        try (var socket = WebSocketMqtt.open(bus.uri("ws", "/mqtt"), "mqtt")) {
            var bytes = pipelined("x".repeat(300));
            for (int i = 0; i < bytes.length; i += frameSize) {
                socket.send(Arrays.copyOfRange(bytes, i, Math.min(bytes.length, i + frameSize)));
            }
            assertThat(new String(socket.receive(RawMqtt.PINGRESP), ISO_8859_1))
                    .contains("x".repeat(300));
        }
    }

    @Test
    void aMessageMayComeInContinuationFrames() throws Exception {
        try (var socket = WebSocketMqtt.open(bus.uri("ws", "/mqtt"), "mqtt")) {
            socket.sendInFragments(pipelined("x".repeat(300)), 50);
            assertThat(new String(socket.receive(RawMqtt.PINGRESP), ISO_8859_1))
                    .contains("x".repeat(300));
        }
    }

    /// Paho for Python gives up where a header other than the upgrade itself says "connection".
    @Test
    void theUpgradeSuitsPaho() throws IOException {
        var headers =
                upgrade("Sec-WebSocket-Protocol: mqtt\r\nOrigin: http://kiosk.example\r\n")
                        .toLowerCase(Locale.ROOT);

        assertThat(headers).startsWith("http/1.1 101 ");
        assertThat(headers.lines())
                .contains("sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo=")
                .filteredOn(line -> line.contains("connection"))
                .hasSize(1)
                .allMatch(line -> line.contains("upgrade"));
    }

    @Test
    void aFrameOfTextEndsTheWebSocket() throws Exception {
        try (var socket = WebSocketMqtt.open(bus.uri("ws", "/mqtt"), "mqtt")) {
            socket.sendText("CONNECT");
            assertThat(socket.closed()).isTrue();
        }
    }

    private byte[] pipelined(String text) {
        var bytes = new ByteArrayOutputStream();
        var topic = tenant.topic("ui/content");
        bytes.writeBytes(RawMqtt.connect(4, "", tenant.token("kiosk"), "sermas"));
        bytes.writeBytes(RawMqtt.subscribe(topic));
        bytes.writeBytes(RawMqtt.publish(topic, text));
        bytes.writeBytes(RawMqtt.ping());
        return bytes.toByteArray();
    }

    private String upgrade(String headers) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), bus.port())) {
            socket.setSoTimeout(10_000);
            var request =
                    "GET /mqtt HTTP/1.1\r\nHost: bus\r\nUpgrade: websocket\r\n"
                            + "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                            + headers
                            + "\r\n";
            socket.getOutputStream().write(request.getBytes(ISO_8859_1));
            var answer = new StringBuilder();
            while (answer.indexOf("\r\n\r\n") < 0) {
                answer.append((char) socket.getInputStream().read());
            }
            return answer.toString();
        }
    }

    /// MQTT by hand in a WebSocket.
    private static final class WebSocketMqtt implements WebSocket.Listener, AutoCloseable {

        private static final byte[] END = {};

        private final BlockingQueue<byte[]> frames = new LinkedBlockingQueue<>();
        private final HttpClient http = HttpClient.newHttpClient();
        private final WebSocket socket;

        private WebSocketMqtt(URI uri, @Nullable String subprotocol) throws Exception {
            var builder = http.newWebSocketBuilder();
            if (subprotocol != null) {
                builder.subprotocols(subprotocol);
            }
            socket = builder.buildAsync(uri, this).get(10, SECONDS);
        }

        static WebSocketMqtt open(URI uri, @Nullable String subprotocol) throws Exception {
            return new WebSocketMqtt(uri, subprotocol);
        }

        String subprotocol() {
            return socket.getSubprotocol();
        }

        void send(byte[] bytes) throws Exception {
            socket.sendBinary(ByteBuffer.wrap(bytes), true).get(10, SECONDS);
        }

        void sendInFragments(byte[] bytes, int size) throws Exception {
            for (int i = 0; i < bytes.length; i += size) {
                int end = Math.min(bytes.length, i + size);
                socket.sendBinary(ByteBuffer.wrap(bytes, i, end - i), end == bytes.length)
                        .get(10, SECONDS);
            }
        }

        void sendText(String text) throws Exception {
            socket.sendText(text, true).get(10, SECONDS);
        }

        /// All bytes until a frame begins the packet that is waited for, or ends with it.
        byte[] receive(int packetType) throws InterruptedException {
            var received = new ByteArrayOutputStream();
            while (true) {
                byte[] frame = frames.poll(10, SECONDS);
                assertThat(frame).as("after %s", received).isNotNull().isNotEqualTo(END);
                received.writeBytes(frame);
                if (frame.length >= 2 && (frame[frame.length - 2] & 0xFF) == packetType) {
                    return received.toByteArray();
                }
            }
        }

        boolean closed() throws InterruptedException {
            return Arrays.equals(frames.poll(10, SECONDS), END);
        }

        @Override
        public @Nullable CompletionStage<?> onBinary(
                WebSocket webSocket, ByteBuffer data, boolean last) {
            var bytes = new byte[data.remaining()];
            data.get(bytes);
            frames.add(bytes);
            webSocket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(
                WebSocket webSocket, int statusCode, String reason) {
            frames.add(END);
            return null;
        }

        @Override
        public void onError(WebSocket webSocket, Throwable error) {
            frames.add(END);
        }

        @Override
        public void close() {
            socket.abort();
            http.close();
        }
    }
}
