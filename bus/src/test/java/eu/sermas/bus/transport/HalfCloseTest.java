package eu.sermas.bus.transport;

import static eu.sermas.bus.transport.TestClient.subscribe;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import eu.sermas.bus.access.Verdict;
import eu.sermas.bus.metrics.Count;
import eu.sermas.bus.packet.ConnAck;
import eu.sermas.bus.packet.Connect;
import eu.sermas.bus.packet.Packet;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.ProtocolVersion;
import eu.sermas.bus.packet.PubAck;
import eu.sermas.bus.packet.PubRec;
import eu.sermas.bus.packet.Publish;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.SubAck;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.Will;
import eu.sermas.bus.tls.Certificates;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Clients that send everything and end their half of the connection behind it.
class HalfCloseTest {

    private static final ProtocolVersion V5 = ProtocolVersion.MQTT_5;
    private static final int MESSAGES = 300;
    private static final String TOPIC = "half/closed";
    private static final String WILL = "half/will";

    /// How a client may reach the bus.
    enum Way {
        EPOLL,
        NIO,
        TLS,
        WEBSOCKET,
        WEBSOCKET_IN_TLS
    }

    @TempDir private Path directory;

    private TestServer start(Way way) throws IOException {
        return switch (way) {
            case EPOLL, WEBSOCKET -> TestServer.start();
            case NIO -> TestServer.startNio();
            case TLS, WEBSOCKET_IN_TLS ->
                    TestServer.start(
                            TransportLimits.DEFAULT,
                            Certificates.selfSigned(
                                    directory.resolve("authority.pem"),
                                    List.of("localhost", "127.0.0.1"),
                                    null));
        };
    }

    private static TestClient open(TestServer server, Way way) throws Exception {
        return switch (way) {
            case EPOLL, NIO -> TestClient.open(server, V5);
            case TLS -> TestClient.over(tls(server), V5);
            case WEBSOCKET -> overWebSocket(new Socket(server.address.getAddress(), server.port()));
            case WEBSOCKET_IN_TLS -> overWebSocket(tls(server));
        };
    }

    private static Socket tls(TestServer server) throws Exception {
        SSLContext any = SSLContext.getInstance("TLS");
        any.init(null, new TrustManager[] {new TrustAll()}, null);
        return TestClient.tls(server, any);
    }

    private static TestClient overWebSocket(Socket socket) throws IOException {
        TestWebSocket webSocket = new TestWebSocket(socket);
        webSocket.open("/mqtt", "mqtt", new byte[0]);
        return webSocket.mqtt(V5);
    }

    private static TestClient subscriber(TestServer server) throws Exception {
        TestClient client = TestClient.connected(server, "subscriber");
        client.send(subscribe(1, "half/#", QoS.AT_MOST_ONCE));
        client.receive(SubAck.class);
        return client;
    }

    private static byte[] everything(TestClient client, String user, QoS qos) {
        List<Packet> all = new ArrayList<>();
        all.add(connect(user));
        for (int i = 1; i <= MESSAGES; i++) {
            all.add(message(i, qos));
        }
        return client.bytes(all.toArray(Packet[]::new));
    }

    private static Connect connect(String user) {
        Will will = new Will(Topic.of(WILL), new byte[0], QoS.AT_MOST_ONCE, false, Properties.NONE);
        return new Connect(V5, "ends", true, 60, will, user, null, Properties.NONE);
    }

    private static Publish message(int number, QoS qos) {
        return new Publish(
                Topic.of(TOPIC),
                String.valueOf(number).getBytes(UTF_8),
                qos,
                false,
                false,
                qos == QoS.AT_MOST_ONCE ? 0 : number,
                Properties.NONE);
    }

    /// Everything arrives, in order, and the will behind it.
    private static void expectEverything(TestClient subscriber) throws Exception {
        for (int i = 1; i <= MESSAGES; i++) {
            Publish got = subscriber.receive(Publish.class);
            assertThat(got.topic()).isEqualTo(Topic.of(TOPIC));
            assertThat(new String(got.payload(), UTF_8)).isEqualTo(String.valueOf(i));
        }
        Publish last = subscriber.receive(Publish.class);
        assertThat(last.topic()).as("an end without DISCONNECT").isEqualTo(Topic.of(WILL));
    }

    private static void expectAnswers(TestClient client, QoS qos) throws Exception {
        client.receive(ConnAck.class);
        for (int i = 1; i <= MESSAGES; i++) {
            switch (qos) {
                case AT_MOST_ONCE -> {}
                case AT_LEAST_ONCE ->
                        assertThat(client.receive(PubAck.class).packetId()).isEqualTo(i);
                case EXACTLY_ONCE ->
                        assertThat(client.receive(PubRec.class).packetId()).isEqualTo(i);
            }
        }
        assertThat(client.isEnded()).isTrue();
    }

    static Stream<Arguments> waysAndQos() {
        return Stream.of(Way.values())
                .flatMap(way -> Stream.of(QoS.values()).map(qos -> Arguments.of(way, qos)));
    }

    @ParameterizedTest
    @MethodSource("waysAndQos")
    void handlesEverythingBeforeTheEnd(Way way, QoS qos) throws Exception {
        try (TestServer server = start(way);
                TestClient subscriber = subscriber(server)) {
            for (int i = 0; i < 4; i++) { // whichever loop accepts and whichever owns
                try (TestClient client = open(server, way)) {
                    client.write(everything(client, "good", qos));
                    client.socket().shutdownOutput();
                    expectAnswers(client, qos);
                    expectEverything(subscriber);
                }
            }
            expectNobodyButTheSubscriber(server);
        }
    }

    private static void expectNobodyButTheSubscriber(TestServer server) {
        await().until(() -> server.openConnections() == 1);
    }

    /// The login is not decided when the end comes, nor may anything be read meanwhile.
    @ParameterizedTest
    @EnumSource(QoS.class)
    void handlesEverythingThatWaitsForTheLogin(QoS qos) throws Exception {
        try (TestServer server = TestServer.start();
                TestClient subscriber = subscriber(server);
                TestClient client = TestClient.open(server, V5)) {
            client.write(everything(client, "later", qos));
            client.socket().shutdownOutput();
            await().until(() -> server.metrics.value(Count.PACKETS_RECEIVED) == 3);
            server.later.complete(TestServer.LOGIN);
            expectAnswers(client, qos);
            expectEverything(subscriber);
            expectNobodyButTheSubscriber(server);
        }
    }

    /// Nothing is read until somebody else has decided about the first message.
    @ParameterizedTest
    @EnumSource(QoS.class)
    void handlesEverythingThatWaitsForAVerdict(QoS qos) throws Exception {
        try (TestServer server = TestServer.start();
                TestClient subscriber = subscriber(server);
                TestClient client = TestClient.open(server, V5)) {
            client.write(everything(client, "asks", qos));
            client.socket().shutdownOutput();
            await().until(() -> server.metrics.value(Count.PACKETS_RECEIVED) == 4);
            server.verdict.complete(Verdict.ALLOWED);
            expectAnswers(client, qos);
            expectEverything(subscriber);
            expectNobodyButTheSubscriber(server);
        }
    }

    /// Also where the peer never goes away by itself.
    @Test
    void doesNotWaitForEver() throws Exception {
        TransportLimits limits = LimitsTest.limits(Duration.ofMillis(200), 1000, 100);
        try (TestServer server = TestServer.start(limits, null);
                TestClient subscriber = subscriber(server);
                TestClient client = TestClient.open(server, V5)) {
            client.write(everything(client, "asks", QoS.AT_LEAST_ONCE));
            client.socket().shutdownOutput();
            client.receive(ConnAck.class);
            assertThat(client.isEnded()).isTrue();
            await().until(() -> server.metrics.value(Count.CONNECTIONS_CLOSED) == 1);
            server.verdict.complete(Verdict.ALLOWED); // too late for what would be sent again
            assertThat(subscriber.receive(Publish.class).topic()).isEqualTo(Topic.of(WILL));
            expectNobodyButTheSubscriber(server);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"10", "1016030100", "16030100"})
    void closesAtOnceWhereNothingIsComplete(String begun) throws Exception {
        try (TestServer server = start(Way.TLS);
                TestClient client = TestClient.open(server, V5)) {
            client.write(HexFormat.of().parseHex(begun));
            client.socket().shutdownOutput();
            assertThat(client.isEnded()).isTrue();
            await().until(() -> server.openConnections() == 0);
            assertThat(server.metrics.value(Count.CONNECTIONS_DROPPED)).isZero();
        }
    }
}
