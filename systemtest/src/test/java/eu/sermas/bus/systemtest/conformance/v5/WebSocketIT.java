package eu.sermas.bus.systemtest.conformance.v5;

import static eu.sermas.bus.systemtest.raw.RawWebSocket.BINARY;
import static eu.sermas.bus.systemtest.raw.RawWebSocket.CONTINUATION;
import static eu.sermas.bus.systemtest.raw.RawWebSocket.PING;
import static eu.sermas.bus.systemtest.raw.RawWebSocket.PONG;
import static eu.sermas.bus.systemtest.raw.RawWebSocket.TEXT;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.conformance.ConformanceBus.Kind;
import eu.sermas.bus.systemtest.conformance.Mqtt5;
import eu.sermas.bus.systemtest.conformance.Section;
import eu.sermas.bus.systemtest.raw.Bytes;
import eu.sermas.bus.systemtest.raw.Connect;
import eu.sermas.bus.systemtest.raw.Packet.ConnAck;
import eu.sermas.bus.systemtest.raw.Packet.PingResp;
import eu.sermas.bus.systemtest.raw.Packet.SubAck;
import eu.sermas.bus.systemtest.raw.Publish;
import eu.sermas.bus.systemtest.raw.RawWebSocket;
import eu.sermas.bus.systemtest.raw.Subscribe;
import eu.sermas.bus.systemtest.raw.Version;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Chapter 6: WebSocket as the transport.
class WebSocketIT extends Section {

    private static final byte[] PINGREQ = Bytes.hex("c000");

    private final List<RawWebSocket> sockets = new ArrayList<>();

    private RawWebSocket socket() {
        var socket = RawWebSocket.open(BUS.port(Kind.OPEN));
        sockets.add(socket);
        return socket;
    }

    private RawWebSocket upgraded() {
        var socket = socket();
        assertThat(socket.upgrade("mqtt")).startsWith("HTTP/1.1 101 ");
        return socket;
    }

    private RawWebSocket connected() {
        var socket = upgraded();
        socket.send(BINARY, Connect.v5(name("w")).bytes());
        assertThat(socket.next()).isInstanceOf(ConnAck.class);
        return socket;
    }

    @AfterEach
    void closeSockets() {
        sockets.forEach(RawWebSocket::close);
    }

    @Test
    @Mqtt5("MQTT-6.0.0-1")
    void aTextFrameInsteadOfConnectEndsTheConnection() {
        upgraded().send(TEXT, Connect.v5(name("w")).bytes()).expectClosed();
    }

    @Test
    @Mqtt5("MQTT-6.0.0-1")
    void aTextFrameEndsTheConnectionAndIsNotReadAsMqtt() {
        var topic = topic();
        var watcher = connectV5();
        watcher.subscribe(topic, 0);
        var socket = upgraded();
        var connect = Connect.v5(name("w")).will(Publish.to(topic, "gone without DISCONNECT"));
        socket.send(BINARY, connect.bytes());
        assertThat(socket.next()).isInstanceOf(ConnAck.class);

        socket.send(TEXT, Publish.to(topic, "in a text frame").bytes(Version.V5)).expectClosed();

        watcher.expectPublish("gone without DISCONNECT");
        watcher.expectNothing();
    }

    @Test
    @Mqtt5("MQTT-6.0.0-1")
    void theFirstPartOfATextMessageEndsTheConnection() {
        connected().sendPart(TEXT, PINGREQ).expectClosed();
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 7, 11, 15})
    @Mqtt5("MQTT-6.0.0-1")
    void aFrameOfAnUnknownKindEndsTheConnection(int opcode) {
        connected().send(opcode, PINGREQ).expectClosed();
    }

    @Test
    @Mqtt5("MQTT-6.0.0-1")
    void theBusWritesBinaryFrames() {
        var topic = topic();
        var socket = connected();
        socket.send(BINARY, subscribe(topic));
        assertThat(socket.next()).isInstanceOf(SubAck.class);

        // A text as the payload makes no text frame.
        socket.send(BINARY, Publish.to(topic, "{\"text\":1}").bytes(Version.V5));

        var frame = socket.nextFrame();
        assertThat(frame.opcode()).isEqualTo(BINARY);
        assertThat(frame.payload()).endsWith("{\"text\":1}".getBytes(UTF_8));
    }

    private static byte[] subscribe(String topic) {
        return Subscribe.subscribe(1).filter(topic).bytes(Version.V5);
    }

    @Test
    @Mqtt5("MQTT-6.0.0-2")
    void manyPacketsInOneFrameAreReadOneByOne() {
        var topic = topic();
        var socket = upgraded();

        socket.send(
                BINARY,
                Bytes.bytes()
                        .raw(Connect.v5(name("w")).bytes())
                        .raw(subscribe(topic))
                        .raw(Publish.to(topic, "x").bytes(Version.V5))
                        .raw(PINGREQ)
                        .toArray());

        assertThat(socket.next()).isInstanceOf(ConnAck.class);
        assertThat(socket.next()).isInstanceOf(SubAck.class);
        assertThat(socket.next())
                .isInstanceOfSatisfying(Publish.class, p -> assertThat(p.text()).isEqualTo("x"));
        assertThat(socket.next()).isInstanceOf(PingResp.class);
    }

    @Test
    @Mqtt5("MQTT-6.0.0-2")
    void aPacketInManyFramesIsReadAsOne() {
        var socket = upgraded();
        for (var part : Connect.v5(name("w")).bytes()) {
            socket.send(BINARY, new byte[] {part});
        }
        assertThat(socket.next()).isInstanceOf(ConnAck.class);
        assertEcho(socket, topic(), "x".getBytes(UTF_8), 3, false);
    }

    @ParameterizedTest
    @CsvSource({"1, 10", "7, 1000", "1000, 300000", "65000, 300000"})
    @Mqtt5("MQTT-6.0.0-2")
    void packetsNeedNotAlignWithFrames(int frameSize, int payloadSize) {
        var payload = new byte[payloadSize];
        new Random(42).nextBytes(payload);

        assertEcho(connected(), topic(), payload, frameSize, false);
    }

    @ParameterizedTest
    @CsvSource({"1, 10", "1000, 300000"})
    @Mqtt5("MQTT-6.0.0-2")
    void packetsNeedNotAlignWithThePartsOfAMessage(int frameSize, int payloadSize) {
        assertEcho(connected(), topic(), new byte[payloadSize], frameSize, true);
    }

    /// Subscribes, publishes and pings in frames of a size, which cut packets anywhere.
    ///
    /// @param oneMessage whether the frames are parts of one WebSocket message
    private static void assertEcho(
            RawWebSocket socket, String topic, byte[] payload, int frameSize, boolean oneMessage) {
        var bytes =
                Bytes.bytes()
                        .raw(subscribe(topic))
                        .raw(Publish.to(topic, payload).bytes(Version.V5))
                        .raw(PINGREQ)
                        .toArray();
        for (int from = 0; from < bytes.length; from += frameSize) {
            int to = Math.min(bytes.length, from + frameSize);
            var part = Arrays.copyOfRange(bytes, from, to);
            if (!oneMessage) {
                socket.send(BINARY, part);
            } else if (to < bytes.length) {
                socket.sendPart(from == 0 ? BINARY : CONTINUATION, part);
            } else {
                socket.send(CONTINUATION, part);
            }
        }
        assertThat(socket.next()).isInstanceOf(SubAck.class);
        assertThat(socket.next())
                .isInstanceOfSatisfying(
                        Publish.class, p -> assertThat(p.payload()).isEqualTo(payload));
        assertThat(socket.next()).isInstanceOf(PingResp.class);
    }

    @Test
    @Mqtt5("MQTT-6.0.0-2")
    void framesOfWebSocketItselfMayStandAnywhere() {
        var socket = connected();

        socket.sendPart(BINARY, Bytes.hex("c0")).send(PING, Bytes.hex("0102"));
        var pong = socket.nextFrame();
        assertThat(pong.opcode()).isEqualTo(PONG);
        assertThat(pong.payload()).containsExactly(1, 2);

        socket.send(CONTINUATION, Bytes.hex("00"));
        assertThat(socket.next()).isInstanceOf(PingResp.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"mqtt", "mqttv3.1, mqtt", "mqtt, mqttv3.1", "other,mqtt", "mqtt, other"})
    @Mqtt5("MQTT-6.0.0-4")
    void theBusSelectsTheSubprotocolOfMqtt(String offered) {
        var answer = socket().upgrade(offered);

        assertThat(answer).startsWith("HTTP/1.1 101 ");
        assertThat(answer.lines())
                .filteredOn(line -> line.startsWith("Sec-WebSocket-Protocol:"))
                .containsExactly("Sec-WebSocket-Protocol: mqtt");
    }

    @ParameterizedTest
    @ValueSource(strings = {"other", "MQTT", "mqtt5, amqp"})
    @Mqtt5("MQTT-6.0.0-4")
    void theBusOpensNoWebSocketForAnotherSubprotocol(String offered) {
        assertThat(socket().upgrade(offered)).startsWith("HTTP/1.1 400 ");
    }
}
