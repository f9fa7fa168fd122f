package eu.sermas.bus.systemtest.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.BusProcess;
import eu.sermas.bus.systemtest.Mqtt;
import eu.sermas.bus.systemtest.Rest;
import eu.sermas.bus.systemtest.SharedBus;
import eu.sermas.bus.systemtest.Tenant;
import eu.sermas.bus.systemtest.raw.Connect;
import eu.sermas.bus.systemtest.raw.Packet;
import eu.sermas.bus.systemtest.raw.Property;
import eu.sermas.bus.systemtest.raw.Publish;
import eu.sermas.bus.systemtest.raw.RawClient;
import eu.sermas.bus.systemtest.raw.Type;
import eu.sermas.bus.systemtest.raw.Version;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Clients that send what they have and end their half of the connection at once, as `nc -N`, load
/// balancers and shell scripts do.
@ExtendWith(SharedBus.class)
class HalfCloseIT {

    private static final int MESSAGES = 300;

    private final BusProcess bus;
    private final Tenant tenant;

    HalfCloseIT(BusProcess bus, Rest admin) {
        this.bus = bus;
        this.tenant = Tenant.create(bus, admin, "half").client("all", "*");
    }

    private Socket socket() throws IOException {
        var socket = new Socket();
        socket.setReceiveBufferSize(64 * 1024); // so that a large answer has to wait for us
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), bus.port()));
        return socket;
    }

    @Test
    void aRequestIsAnswered() throws IOException {
        for (int i = 0; i < 20; i++) { // it depended on which came first
            var socket = socket();
            try (var http = RawHttp.over(socket)) {
                http.send(RawHttp.head("GET /metrics"));
                socket.shutdownOutput();
                var answer = http.answer();
                assertThat(answer.status()).isEqualTo(200);
                assertThat(answer.body()).contains("sermas_bus_connections_open").endsWith("\n");
                assertThat(http.isClosed()).isTrue();
            }
        }
    }

    /// Ten megabytes, which no socket holds.
    @Test
    void everyRequestThatWasSentAheadIsAnswered() throws IOException {
        var socket = socket();
        try (var http = RawHttp.over(socket)) {
            var one = bus.rest().get("/api/swagger-json").expect(200).body();
            int requests = 1 + 10_000_000 / one.length();
            http.send(RawHttp.head("GET /api/swagger-json").repeat(requests));
            socket.shutdownOutput();
            for (int i = 0; i < requests; i++) {
                assertThat(http.answer().body()).hasSameSizeAs(one);
            }
            assertThat(http.isClosed()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST /api/platform/token HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{",
                "POST /api/platform/token HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + "5\r\n{",
                "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
                "GET / HTTP/1.1\r\nA: 1\r\n B: folded\r\n\r\n"
            })
    void aBadRequestIsToldSo(String request) throws IOException {
        var socket = socket();
        try (var http = RawHttp.over(socket)) {
            http.send(request);
            socket.shutdownOutput();
            assertThat(http.answer().status()).isEqualTo(400);
            assertThat(http.isClosed()).isTrue();
        }
    }

    @Test
    void halfAHeadIsNoRequest() throws IOException {
        var socket = socket();
        try (var http = RawHttp.over(socket)) {
            http.send("GET / HTTP/1.1\r\nHost:");
            socket.shutdownOutput();
            assertThat(http.isClosed()).isTrue();
        }
    }

    /// Nobody knows whether its reader is there, and nobody else could have its place meanwhile.
    @Test
    void aStreamEnds() throws IOException {
        var socket = socket();
        try (var http = RawHttp.over(socket)) {
            http.send(
                    RawHttp.head(
                            "GET /api/events/" + tenant.topic("ui/content"),
                            "Authorization: Bearer " + tenant.token("all"),
                            "Accept: text/event-stream"));
            assertThat(http.answer().head()).contains("text/event-stream");
            socket.shutdownOutput();
            socket.getInputStream().transferTo(new ByteArrayOutputStream());
        }
    }

    /// Written to the disk before they are acknowledged, since a subscriber is away.
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void everyMessageIsDelivered(int qos) throws Exception {
        var topic = tenant.topic("ui/content");
        var token = tenant.token("all");
        try (var away = RawClient.open(bus.port())) {
            away.connect(
                    Connect.v5("away" + qos)
                            .userName(token)
                            .password("")
                            .with(Property.SESSION_EXPIRY_INTERVAL, 300));
            away.subscribe(topic, 2);
            away.disconnect();
        }
        try (var watcher = Mqtt.connect(bus, token, "watcher" + qos)) {
            watcher.subscribe(0, topic);
            var socket = socket();
            try (var client = RawClient.over(socket)) {
                var all = new ByteArrayOutputStream();
                all.writeBytes(Connect.v5("ends" + qos).userName(token).password("").bytes());
                for (int i = 1; i <= MESSAGES; i++) {
                    all.writeBytes(
                            Publish.to(topic, "m" + i)
                                    .qos(qos, qos == 0 ? 0 : i)
                                    .bytes(Version.V5));
                }
                client.reading(Version.V5).send(all.toByteArray());
                socket.shutdownOutput();
                client.expect(Packet.ConnAck.class);
                for (int i = 1; qos > 0 && i <= MESSAGES; i++) {
                    client.expectAck(qos == 1 ? Type.PUBACK : Type.PUBREC, i);
                }
                client.expectEnd();
            }
            for (int i = 1; i <= MESSAGES; i++) {
                assertThat(watcher.inbox().next().text()).isEqualTo("m" + i);
            }
        }
    }
}
