package eu.sermas.bus.systemtest.conformance.v311;

import static eu.sermas.bus.systemtest.raw.RawWebSocket.BINARY;
import static eu.sermas.bus.systemtest.raw.RawWebSocket.CONTINUATION;
import static eu.sermas.bus.systemtest.raw.RawWebSocket.TEXT;
import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.conformance.ConformanceBus.Kind;
import eu.sermas.bus.systemtest.conformance.Mqtt311;
import eu.sermas.bus.systemtest.conformance.Section;
import eu.sermas.bus.systemtest.raw.Bytes;
import eu.sermas.bus.systemtest.raw.Connect;
import eu.sermas.bus.systemtest.raw.Publish;
import eu.sermas.bus.systemtest.raw.RawWebSocket;
import eu.sermas.bus.systemtest.raw.Subscribe;
import eu.sermas.bus.systemtest.raw.Version;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Chapter 6: WebSocket as the transport.
class WebSocketIT extends Section {

    private static final byte[] PINGREQ = Bytes.hex("c000");
    private static final String CONNACK = "20020000";
    private static final String SUBACK = "9003000100";
    private static final String PINGRESP = "d000";

    private final List<RawWebSocket> sockets = new ArrayList<>();

    @AfterEach
    void closeSockets() {
        sockets.forEach(RawWebSocket::close);
    }

    @Test
    @Mqtt311("MQTT-6.0.0-1")
    void aTextFrameInsteadOfConnectClosesTheConnection() {
        upgraded().send(TEXT, Connect.v311(name("w")).bytes()).expectClosed();
    }

    @Test
    @Mqtt311("MQTT-6.0.0-1")
    void aTextFrameClosesTheConnectionAndIsNotReadAsMqtt() {
        var topic = topic();
        var watcher = connectV311();
        watcher.subscribe(topic, 0);
        var socket = upgraded();
        var connect = Connect.v311(name("w")).will(Publish.to(topic, "gone without DISCONNECT"));
        expect(socket.send(BINARY, connect.bytes()), CONNACK);

        socket.send(TEXT, Publish.to(topic, "in a text frame").bytes(Version.V311)).expectClosed();

        watcher.expectPublish("gone without DISCONNECT");
        watcher.expectNothing();
    }

    /// The reader of these tests fails on what is no binary frame.
    @Test
    @Mqtt311("MQTT-6.0.0-1")
    void theBusWritesBinaryFrames() {
        var topic = topic();
        var socket = connected();
        expect(socket.send(BINARY, subscribe(topic)), SUBACK);
        var message = Publish.to(topic, "text").bytes(Version.V311);

        expect(socket.send(BINARY, message), message);
    }

    @Test
    @Mqtt311("MQTT-6.0.0-2")
    void manyPacketsMayComeInOneFrame() {
        var topic = topic();
        var message = Publish.to(topic, "x").bytes(Version.V311);
        var all =
                Bytes.bytes()
                        .raw(Connect.v311(name("w")).bytes())
                        .raw(subscribe(topic))
                        .raw(message)
                        .raw(PINGREQ)
                        .toArray();

        var socket = upgraded().send(BINARY, all);

        expect(socket, CONNACK);
        expect(socket, SUBACK);
        expect(socket, message);
        expect(socket, PINGRESP);
    }

    /// Frames that cut packets anywhere, each a message or all of them parts of one.
    @ParameterizedTest
    @CsvSource({"1, true", "1, false", "3, true", "3, false", "7, true", "7, false", "50, true"})
    @Mqtt311("MQTT-6.0.0-2")
    void aPacketMayComeInManyFrames(int frameSize, boolean oneMessage) {
        var topic = topic();
        var message = Publish.to(topic, "a message of some length").bytes(Version.V311);
        var all =
                Bytes.bytes()
                        .raw(Connect.v311(name("w")).bytes())
                        .raw(subscribe(topic))
                        .raw(message)
                        .toArray();
        var socket = upgraded();

        for (int from = 0; from < all.length; from += frameSize) {
            int to = Math.min(all.length, from + frameSize);
            var part = Arrays.copyOfRange(all, from, to);
            int opcode = oneMessage && from > 0 ? CONTINUATION : BINARY;
            if (oneMessage && to < all.length) {
                socket.sendPart(opcode, part);
            } else {
                socket.send(opcode, part);
            }
        }

        expect(socket, CONNACK);
        expect(socket, SUBACK);
        expect(socket, message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"mqtt", "mqtt, other", "other, mqtt", "other,mqtt"})
    @Mqtt311("MQTT-6.0.0-4")
    void theBusSelectsTheSubprotocolOfMqtt(String offered) {
        assertThat(socket().upgrade(offered).lines())
                .startsWith("HTTP/1.1 101 Switching Protocols")
                .filteredOn(line -> line.startsWith("Sec-WebSocket-Protocol:"))
                .containsExactly("Sec-WebSocket-Protocol: mqtt");
    }

    /// MQTT 3.1 has a name of its own.
    @Test
    void theBusKnowsTheSubprotocolOfMqtt31() {
        var socket = socket();

        assertThat(socket.upgrade("mqttv3.1").lines()).contains("Sec-WebSocket-Protocol: mqttv3.1");

        expect(socket.send(BINARY, Connect.v31(name("w")).bytes()), CONNACK);
    }

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
        var socket = upgraded().send(BINARY, Connect.v311(name("w")).bytes());
        expect(socket, CONNACK);
        return socket;
    }

    private static byte[] subscribe(String topic) {
        return Subscribe.subscribe(1).filter(topic).bytes(Version.V311);
    }

    private static void expect(RawWebSocket socket, String hex) {
        expect(socket, Bytes.hex(hex));
    }

    private static void expect(RawWebSocket socket, byte[] packet) {
        assertThat(socket.mqttBytes(packet.length)).isEqualTo(packet);
    }
}
