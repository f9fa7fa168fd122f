package eu.sermas.bus.transport;

import static eu.sermas.bus.transport.TestClient.connect;
import static eu.sermas.bus.transport.TestClient.publish;
import static eu.sermas.bus.transport.TestClient.subscribe;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import eu.sermas.bus.metrics.Count;
import eu.sermas.bus.packet.ConnAck;
import eu.sermas.bus.packet.Connect;
import eu.sermas.bus.packet.Disconnect;
import eu.sermas.bus.packet.PingReq;
import eu.sermas.bus.packet.PingResp;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.Property;
import eu.sermas.bus.packet.ProtocolVersion;
import eu.sermas.bus.packet.Publish;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.packet.SubAck;
import eu.sermas.bus.packet.Subscribe;
import eu.sermas.bus.packet.Subscription;
import eu.sermas.bus.packet.TopicFilter;
import java.io.EOFException;
import java.net.SocketException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// MQTT connections over plain sockets, from the first byte to the last.
class ConnectionTest {

    private TestServer server;

    @BeforeEach
    void start() throws Exception {
        server = TestServer.start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @EnumSource(ProtocolVersion.class)
    void connectsInSingleBytes(ProtocolVersion version) throws Exception {
        try (TestClient client = TestClient.open(server, version)) {
            client.socket().setTcpNoDelay(true);
            for (byte b : client.bytes(connect(version, "single"), PingReq.INSTANCE)) {
                client.write(new byte[] {b});
            }
            assertThat(client.receive(ConnAck.class).reasonCode()).isEqualTo(ReasonCode.SUCCESS);
            assertThat(client.receive()).isEqualTo(PingResp.INSTANCE);
        }
    }

    /// Whichever loop accepts and whichever owns the session.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void keepsWhatComesBehindConnect(boolean nio) throws Exception {
        try (TestServer other = nio ? TestServer.startNio() : TestServer.start()) {
            for (int i = 0; i < 20; i++) {
                pipelines(other, "good", i);
            }
        }
    }

    @Test
    void keepsWhatComesBehindConnectWhileTheTokenIsChecked() throws Exception {
        for (int i = 0; i < 4; i++) {
            try (TestServer other = TestServer.start()) {
                Thread login =
                        Thread.ofVirtual()
                                .start(
                                        () -> {
                                            await().until(
                                                            () ->
                                                                    other.metrics.value(
                                                                                    Count
                                                                                            .PACKETS_RECEIVED)
                                                                            == 1);
                                            other.later.complete(TestServer.LOGIN);
                                        });
                pipelines(other, "later", i);
                login.join();
            }
        }
    }

    private static void pipelines(TestServer server, String user, int i) throws Exception {
        Connect connect = connect(ProtocolVersion.MQTT_3_1_1, "client" + i, user, Properties.NONE);
        String topic = "a/" + i;
        try (TestClient client = TestClient.open(server, ProtocolVersion.MQTT_3_1_1)) {
            client.send(
                    connect,
                    subscribe(1, topic, QoS.AT_MOST_ONCE),
                    publish(topic, "one".getBytes(UTF_8)),
                    publish(topic, new byte[200_000]),
                    publish(topic, "three".getBytes(UTF_8)));
            assertThat(client.receive(ConnAck.class).reasonCode()).isEqualTo(ReasonCode.SUCCESS);
            assertThat(client.receive(SubAck.class).packetId()).isEqualTo(1);
            assertThat(client.receive(Publish.class).payload()).isEqualTo("one".getBytes(UTF_8));
            assertThat(client.receive(Publish.class).payload()).isEqualTo(new byte[200_000]);
            assertThat(client.receive(Publish.class).payload()).isEqualTo("three".getBytes(UTF_8));
        }
    }

    @ParameterizedTest
    @EnumSource(ProtocolVersion.class)
    void refusesABadLoginWithTheReason(ProtocolVersion version) throws Exception {
        try (TestClient client = TestClient.open(server, version)) {
            // What lies unread behind CONNECT must not reset the connection before CONNACK is read.
            client.send(
                    connect(version, "refused", "bad", Properties.NONE),
                    publish("a", new byte[100_000]));
            ConnAck answer = client.receive(ConnAck.class);
            assertThat(answer.reasonCode()).isEqualTo(ReasonCode.NOT_AUTHORIZED);
            assertThat(answer.properties().text(Property.REASON_STRING))
                    .isEqualTo(version.isMqtt5() ? "token: expired" : null);
            assertThat(client.isEnded()).isTrue();
        }
        assertThat(server.metrics.value(Count.CONNECTIONS_REFUSED)).isEqualTo(1);
        assertThat(server.metrics.value(Count.CONNECTIONS_ACCEPTED)).isZero();
    }

    /// Clients take a refusal for final.
    @Test
    void answersNothingWhereTheTroubleIsItsOwn() throws Exception {
        try (TestClient client = TestClient.open(server, ProtocolVersion.MQTT_5)) {
            client.send(connect(ProtocolVersion.MQTT_5, "x", "broken", Properties.NONE));
            assertThat(client.isEnded()).isTrue();
        }
    }

    @Test
    void refusesEnhancedAuthentication() throws Exception {
        Properties method =
                Properties.builder().add(Property.AUTHENTICATION_METHOD, "SCRAM").build();
        try (TestClient client = TestClient.open(server, ProtocolVersion.MQTT_5)) {
            client.send(connect(ProtocolVersion.MQTT_5, "x", "good", method));
            assertThat(client.receive(ConnAck.class).reasonCode())
                    .isEqualTo(ReasonCode.BAD_AUTHENTICATION_METHOD);
            assertThat(client.isEnded()).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "MQTT_3_1_1, true, SUCCESS",
        "MQTT_3_1_1, false, CLIENT_IDENTIFIER_NOT_VALID",
        "MQTT_5, true, SUCCESS",
        "MQTT_5, false, SUCCESS"
    })
    void emptyClientId(ProtocolVersion version, boolean clean, ReasonCode expected)
            throws Exception {
        try (TestClient client = TestClient.open(server, version)) {
            client.send(new Connect(version, "", clean, 60, null, "good", null, Properties.NONE));
            ConnAck answer = client.receive(ConnAck.class);
            assertThat(answer.reasonCode()).isEqualTo(expected);
            assertThat(answer.properties().has(Property.ASSIGNED_CLIENT_IDENTIFIER))
                    .isEqualTo(version.isMqtt5());
        }
    }

    @ParameterizedTest(name = "{2}")
    @CsvSource({
        "c000, '', first packet is PINGREQ",
        "82060001000161 00, '', first packet is SUBSCRIBE",
        "10 0c 0004 4d515454 09 02 003c 0000, 20 03 00 84 00, MQTT 9",
        "10 0c 0004 4d515454 02 02 003c 0000, 20 02 00 01, MQTT 2",
        "10 0c 0004 4d515454 04 03 003c 0000, '', reserved flag in 3.1.1",
        "10 ff ff ff 7f, '', CONNECT of 256 MiB",
        "00, '', no protocol",
        "80, '', no protocol"
    })
    void answersBadBeginnings(String sent, String answer, String name) throws Exception {
        HexFormat hex = HexFormat.of();
        try (TestClient client = TestClient.open(server, ProtocolVersion.MQTT_5)) {
            client.write(hex.parseHex(sent.replace(" ", "")));
            byte[] expected = hex.parseHex(answer.replace(" ", ""));
            byte[] all = client.socket().getInputStream().readAllBytes();
            byte[] start = Arrays.copyOf(all, expected.length);
            // MQTT 5 adds a reason string, so only code and flags are compared there.
            assertThat(start.length > 3 ? new byte[] {start[0], start[2], start[3]} : start)
                    .isEqualTo(
                            expected.length > 3
                                    ? new byte[] {expected[0], expected[2], expected[3]}
                                    : expected);
        }
    }

    /// In MQTT 3.1 the flags of the first byte mean nothing in CONNECT. With those of 0x16 it looks
    /// like TLS.
    @Test
    void mqtt31MayHaveAnyFlagsInTheFirstByteOfConnect() throws Exception {
        for (int first = 0x10; first <= 0x1F; first++) {
            if (first == 0x16) {
                continue;
            }
            try (TestClient client = TestClient.open(server, ProtocolVersion.MQTT_3_1)) {
                byte[] connect = client.bytes(connect(ProtocolVersion.MQTT_3_1, "x"));
                connect[0] = (byte) first;
                client.write(connect);
                assertThat(client.receive(ConnAck.class).reasonCode())
                        .as("0x%02X", first)
                        .isEqualTo(ReasonCode.SUCCESS);
            }
            for (ProtocolVersion later :
                    List.of(ProtocolVersion.MQTT_3_1_1, ProtocolVersion.MQTT_5)) {
                try (TestClient client = TestClient.open(server, later)) {
                    byte[] connect = client.bytes(connect(later, "x"));
                    connect[0] = (byte) first;
                    client.write(connect);
                    byte[] answer = client.socket().getInputStream().readNBytes(1);
                    assertThat(answer).hasSize(first == 0x10 ? 1 : 0);
                }
            }
        }
    }

    /// Both would wait for ever otherwise.
    @Test
    void endsWhatItMayNotAnswer() throws Exception {
        try (TestClient client = TestClient.open(server, ProtocolVersion.MQTT_5)) {
            client.send(connect(ProtocolVersion.MQTT_5, "x", "good", largest(8)));
            assertThat(client.isEnded()).as("without CONNACK").isTrue();
        }
        try (TestClient client = TestClient.open(server, ProtocolVersion.MQTT_5)) {
            client.send(connect(ProtocolVersion.MQTT_5, "x", "good", largest(32)));
            assertThat(client.receive(ConnAck.class).reasonCode()).isEqualTo(ReasonCode.SUCCESS);
            client.send(
                    new Subscribe(
                            1,
                            IntStream.range(0, 50)
                                    .mapToObj(i -> TopicFilter.of("t/" + i))
                                    .map(filter -> Subscription.of(filter, QoS.AT_MOST_ONCE))
                                    .toList(),
                            Properties.NONE));
            assertThat(client.isEnded()).as("without SUBACK").isTrue();
        }
        await().untilAsserted(
                        () ->
                                assertThat(server.metrics.value(Count.CONNECTIONS_CLOSED))
                                        .isEqualTo(2));
    }

    private static Properties largest(int packet) {
        return Properties.builder().add(Property.MAXIMUM_PACKET_SIZE, packet).build();
    }

    @Test
    void tellsAnMqtt5ClientWhatWasMalformed() throws Exception {
        try (TestClient client = TestClient.connected(server, "x")) {
            client.write(HexFormat.of().parseHex("3600"));
            Disconnect answer = client.receive(Disconnect.class);
            assertThat(answer.reasonCode()).isEqualTo(ReasonCode.MALFORMED_PACKET);
            assertThat(answer.properties().text(Property.REASON_STRING)).contains("QoS: 3");
            assertThat(client.isEnded()).isTrue();
        }
        assertThat(server.metrics.value(Count.PROTOCOL_ERRORS)).isEqualTo(1);
    }

    @Test
    void closesAnMqtt3ClientThatSentSomethingMalformed() throws Exception {
        try (TestClient client = TestClient.open(server, ProtocolVersion.MQTT_3_1_1)) {
            client.send(connect(ProtocolVersion.MQTT_3_1_1, "x"));
            client.receive(ConnAck.class);
            client.write(HexFormat.of().parseHex("3600"));
            assertThat(client.isEnded()).isTrue();
        }
    }

    @Test
    void tellsTheBrokerOnceThatAConnectionIsGone() throws Exception {
        for (int i = 0; i < 10; i++) {
            TestClient.connected(server, "gone" + i).close();
        }
        await().untilAsserted(
                        () ->
                                assertThat(server.metrics.value(Count.CONNECTIONS_CLOSED))
                                        .isEqualTo(10));
    }

    @Test
    void takesOver() throws Exception {
        try (TestClient first = TestClient.connected(server, "same");
                TestClient second = TestClient.connected(server, "same")) {
            assertThat(first.receive(Disconnect.class).reasonCode())
                    .isEqualTo(ReasonCode.SESSION_TAKEN_OVER);
            assertThat(first.isEnded()).isTrue();
            second.send(PingReq.INSTANCE);
            assertThat(second.receive()).isEqualTo(PingResp.INSTANCE);
        }
    }

    @Test
    void saysGoodbyeWhenTheServerStops() throws Exception {
        try (TestClient client = TestClient.connected(server, "x")) {
            server.server.stopAccepting();
            server.broker.shutdown().toCompletableFuture().get();
            assertThat(client.receive(Disconnect.class).reasonCode())
                    .isEqualTo(ReasonCode.SERVER_SHUTTING_DOWN);
            assertThat(client.isEnded()).isTrue();
            client.socket().close();
            assertThat(server.server.awaitClosed(5000)).isTrue();
        }
        assertThatThrownBy(() -> TestClient.connected(server, "y"))
                .isInstanceOfAny(SocketException.class, EOFException.class);
    }
}
