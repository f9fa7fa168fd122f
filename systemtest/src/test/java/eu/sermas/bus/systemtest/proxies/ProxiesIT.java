package eu.sermas.bus.systemtest.proxies;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import eu.sermas.bus.systemtest.Answer;
import eu.sermas.bus.systemtest.BusProcess;
import eu.sermas.bus.systemtest.Tenant;
import eu.sermas.bus.systemtest.hostile.RawHttp;
import eu.sermas.bus.systemtest.raw.Connect;
import eu.sermas.bus.systemtest.raw.RawClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The bus behind nginx, HAProxy and Caddy: everything works, and comes from where its client is.
class ProxiesIT {

    private static final String CLIENT = "127.0.0.5";
    private static final String UPGRADE = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";

    @TempDir private static Path directory;

    private static final Map<String, RealProxy> PROXIES = new HashMap<>();
    private static BusProcess bus;
    private static Tenant tenant;

    @BeforeAll
    static void start() {
        var builder = BusProcess.serve().flags("--tls-self-signed");
        var file = builder.file("bus.yaml", RealProxy.documented("yaml"));
        bus = builder.option("--config", file).start();
        for (var name : new String[] {"nginx", "haproxy", "caddy"}) {
            PROXIES.put(name, RealProxy.start(name, bus, directory.resolve(name)));
        }
        var admin = bus.rest().as(bus.rest().login(BusProcess.ADMIN, BusProcess.ADMIN_PASSWORD));
        tenant = Tenant.create(bus, admin, "proxied").client("all", "*");
    }

    @AfterAll
    static void stop() {
        PROXIES.values().forEach(RealProxy::close);
        PROXIES.clear();
        bus.close();
    }

    private static RealProxy proxy(String name) {
        return Objects.requireNonNull(PROXIES.get(name));
    }

    /// A connection from an address that is neither a proxy's nor the bus's.
    private static Socket connect(int port) throws IOException {
        var socket = new Socket();
        socket.bind(new InetSocketAddress(InetAddress.ofLiteral(CLIENT), 0));
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return socket;
    }

    private static String request(String first, String body, String... headers) {
        var lines = new String[headers.length + 2];
        lines[0] = "Content-Length: " + body.length();
        lines[1] = "Authorization: Bearer " + tenant.token("all");
        System.arraycopy(headers, 0, lines, 2, headers.length);
        return RawHttp.head(first, lines) + body;
    }

    /// What the audit log says of who was refused as this client.
    private static void expectRefusedFrom(String client) {
        await().untilAsserted(() -> assertThat(addressOf(client)).isEqualTo(CLIENT));
    }

    private static String addressOf(String client) throws IOException {
        try (var lines = Files.lines(bus.dataDirectory().resolve("audit.log"))) {
            return lines.map(Answer::toMap)
                    .filter(line -> "denied".equals(line.get("event")))
                    .filter(line -> client.equals(line.get("client")))
                    .map(line -> String.valueOf(line.get("address")))
                    .findFirst()
                    .orElse("none");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nginx", "haproxy", "caddy"})
    void restWorks(String name) throws IOException {
        tenant.client("guesser-" + name, "ui");
        var body =
                """
                {"appId":"%s","clientId":"guesser-%s","clientSecret":"wrong"}"""
                        .formatted(tenant.appId(), name);
        try (var http = RawHttp.over(connect(proxy(name).http()))) {
            http.send(request("GET /health/ready", ""));
            assertThat(http.answer().status()).isEqualTo(200);
            http.send(
                    request(
                            "POST /api/platform/token",
                            body,
                            "Content-Type: application/json",
                            "X-Forwarded-For: 192.0.2.7",
                            "Forwarded: for=192.0.2.7"));
            assertThat(http.answer().status()).isEqualTo(401);
        }
        expectRefusedFrom("guesser-" + name);
    }

    /// The stream is open and silent: what is published then must not wait for more.
    @ParameterizedTest
    @ValueSource(strings = {"nginx", "haproxy", "caddy"})
    void serverSentEventsComeAtOnce(String name) throws IOException {
        var path = "/api/events/" + tenant.topic("ui/" + name);
        var socket = connect(proxy(name).http());
        try (var http = RawHttp.over(socket)) {
            http.send(request("GET " + path, "", "Accept: text/event-stream"));
            var answer = http.answer();
            assertThat(answer.head()).contains("text/event-stream");
            tenant.rest("all").post(path, Map.of("text", "at once")).expect(201);
            var seen = new StringBuilder();
            while (seen.indexOf("at once") < 0) { // or the time of the socket is over
                seen.append((char) http.next(1)[0]);
                assertThat(seen).doesNotContain("still here"); // the sign of life after 15 s
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nginx", "haproxy", "caddy"})
    void webSocketsWork(String name) throws IOException {
        try (var http = upgraded(name)) {
            http.send(frame(Connect.v5("ws").userName(tenant.token("all")).password("")));
            assertThat(http.next(4)[2]).as("CONNACK").isEqualTo((byte) 0x20);
        }
        try (var http = upgraded(name)) {
            http.send(frame(Connect.v5("ws-" + name).userName("no.token").password("")));
            assertThat(http.next(4)[2]).as("CONNACK").isEqualTo((byte) 0x20);
        }
        expectRefusedFrom("ws-" + name);
    }

    private static RawHttp upgraded(String name) throws IOException {
        var http = RawHttp.over(connect(proxy(name).http()));
        http.send(
                RawHttp.head(
                        "GET /mqtt",
                        "Upgrade: websocket",
                        "Connection: Upgrade",
                        UPGRADE,
                        "Sec-WebSocket-Version: 13",
                        "Sec-WebSocket-Protocol: mqtt"));
        assertThat(http.answer().status()).isEqualTo(101);
        return http;
    }

    /// One frame of a client, whose mask is zero.
    private static byte[] frame(Connect connect) {
        byte[] packet = connect.bytes();
        boolean isShort = packet.length < 126;
        byte[] frame = new byte[packet.length + (isShort ? 6 : 8)];
        frame[0] = (byte) 0x82;
        frame[1] = (byte) (0x80 | (isShort ? packet.length : 126));
        if (!isShort) {
            frame[2] = (byte) (packet.length >> 8);
            frame[3] = (byte) packet.length;
        }
        System.arraycopy(packet, 0, frame, frame.length - packet.length, packet.length);
        return frame;
    }

    /// The bus itself ends the TLS of its clients.
    @ParameterizedTest
    @ValueSource(strings = {"nginx", "haproxy"})
    void tlsPassesThrough(String name) throws Exception {
        try (var client = RawClient.over(tls(connect(proxy(name).bytes())))) {
            client.connect(Connect.v5("tls").userName(tenant.token("all")).password(""));
            client.disconnect();
        }
        try (var client = RawClient.over(tls(connect(proxy(name).bytes())))) {
            client.send(Connect.v5("tls-" + name).userName("no.token").password(""));
            client.expectRefused(0x87);
        }
        expectRefusedFrom("tls-" + name);
    }

    private static Socket tls(Socket plain) throws GeneralSecurityException, IOException {
        var store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (var in = Files.newInputStream(bus.dataDirectory().resolve("tls-authority.pem"))) {
            var authority = CertificateFactory.getInstance("X.509").generateCertificate(in);
            store.setCertificateEntry("authority", authority);
        }
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        var context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context.getSocketFactory().createSocket(plain, "localhost", plain.getPort(), true);
    }
}
