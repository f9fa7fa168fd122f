package eu.sermas.bus.systemtest.hostile;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import eu.sermas.bus.systemtest.Answer;
import eu.sermas.bus.systemtest.BusProcess;
import eu.sermas.bus.systemtest.Rest;
import eu.sermas.bus.systemtest.Tenant;
import eu.sermas.bus.systemtest.raw.Connect;
import eu.sermas.bus.systemtest.raw.RawClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.StreamSupport;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Whose address counts where proxies stand in between: that of the client, if a proxy says it that
/// is believed. Each proxy is an address of this machine.
class RealAddressIT {

    private static final String SPEAKS_PROXY = "127.0.0.2";
    private static final String FORWARDS = "127.0.0.3";
    private static final String STRANGER = "127.0.0.4";
    private static final String LOCAL = "0d0a0d0a000d0a515549540a 20 00 0000";
    private static final int GUESSES = 20;

    /// Some more are allowed while time passes.
    private static final int MANY = 20;

    private static final AtomicInteger NUMBER = new AtomicInteger();

    private static BusProcess bus;
    private static Tenant tenant;

    @BeforeAll
    static void start() {
        bus =
                BusProcess.serve()
                        .flags("--tls-self-signed")
                        .set("proxy-protocol", SPEAKS_PROXY)
                        .set("http.trusted-proxies", FORWARDS)
                        .set("limits.connect-timeout", "2 s")
                        .set("limits.login.per-address", GUESSES)
                        .start();
        var admin = bus.rest().as(bus.rest().login(BusProcess.ADMIN, BusProcess.ADMIN_PASSWORD));
        tenant = Tenant.create(bus, admin, "proxied").client("owner", "*");
        assertThat(tenant.token("owner")).isNotEmpty();
    }

    @AfterAll
    static void stop() {
        bus.close();
    }

    private static Socket from(String address) throws IOException {
        var socket = new Socket();
        socket.bind(new InetSocketAddress(InetAddress.ofLiteral(address), 0));
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), bus.port()));
        socket.setSoTimeout(20_000);
        return socket;
    }

    private static byte[] text(String header) {
        return header.getBytes(ISO_8859_1);
    }

    private static byte[] hex(String header) {
        return HexFormat.of().parseHex(header.replace(" ", ""));
    }

    private static byte[] v2(String address) {
        var bytes = InetAddress.ofLiteral(address).getAddress();
        var address4 = HexFormat.of().formatHex(bytes);
        return hex("0d0a0d0a000d0a515549540a 21 11 000c" + address4 + "7f000001 ddd5 01bb");
    }

    /// A client of the app that does not know its secret, with a name of its own.
    private static String login(String clientId, String... headers) {
        var body =
                """
                {"appId":"%s","clientId":"%s","clientSecret":"wrong"}"""
                        .formatted(tenant.appId(), clientId);
        var lines = new String[headers.length + 2];
        lines[0] = "Content-Type: application/json";
        lines[1] = "Content-Length: " + body.length();
        System.arraycopy(headers, 0, lines, 2, headers.length);
        return RawHttp.head("POST /api/platform/token", lines) + body;
    }

    private static String newClient() {
        var clientId = "guesser" + NUMBER.incrementAndGet();
        tenant.client(clientId, "ui");
        return clientId;
    }

    /// Where the owner of the app reads that the login came from.
    private static void expectDenial(String clientId, String address) {
        await().untilAsserted(
                        () ->
                                assertThat(denialOf(clientId))
                                        .as("denial of %s", clientId)
                                        .isEqualTo(address));
    }

    private static String denialOf(String clientId) {
        var denials =
                new Rest(bus.uri("http", ""))
                        .as(tenant.token("owner"))
                        .get("/api/app/" + tenant.appId() + "/denials")
                        .expect(200)
                        .json()
                        .get("denials");
        return StreamSupport.stream(denials.spliterator(), false)
                .filter(denial -> denial.path("client").asText().equals(clientId))
                .map(denial -> denial.path("address").asText())
                .findFirst()
                .orElse("none");
    }

    private static void expectWrongSecret(RawHttp http) {
        assertThat(http.answer().status()).isEqualTo(401);
    }

    @Test
    void withoutAProxyItIsThatOfTheConnection() throws IOException {
        var client = newClient();
        try (var http = RawHttp.over(from(STRANGER))) {
            expectWrongSecret(http.send(login(client)));
        }
        expectDenial(client, STRANGER);
    }

    @ParameterizedTest
    @CsvSource({
        "PROXY TCP4 192.0.2.7 127.0.0.1 5000 8080, 192.0.2.7",
        "PROXY TCP6 2001:db8::7 2001:db8::1 5000 8080, 2001:db8:0:0:0:0:0:7",
        "PROXY UNKNOWN, 127.0.0.2"
    })
    void aProxySaysIt(String header, String address) throws IOException {
        var client = newClient();
        try (var http = RawHttp.over(from(SPEAKS_PROXY))) {
            expectWrongSecret(http.send(text(header + "\r\n")).send(login(client)));
        }
        expectDenial(client, address);
    }

    @Test
    void aProxySaysItInBinary() throws IOException {
        var client = newClient();
        try (var http = RawHttp.over(from(SPEAKS_PROXY))) {
            for (byte b : v2("192.0.2.8")) {
                http.send(new byte[] {b});
            }
            expectWrongSecret(http.send(login(client)));
        }
        expectDenial(client, "192.0.2.8");
    }

    @Test
    void aProxyMaySpeakForItself() throws IOException {
        var client = newClient();
        try (var http = RawHttp.over(from(SPEAKS_PROXY))) {
            expectWrongSecret(http.send(hex(LOCAL)).send(login(client)));
        }
        expectDenial(client, SPEAKS_PROXY);
    }

    @Test
    void theHeaderStandsBeforeTls() throws Exception {
        var client = newClient();
        var plain = from(SPEAKS_PROXY);
        plain.getOutputStream().write(v2("192.0.2.9"));
        try (var http = RawHttp.over(tls(plain))) {
            expectWrongSecret(http.send(login(client)));
        }
        expectDenial(client, "192.0.2.9");
    }

    private static SSLSocket tls(Socket plain) throws GeneralSecurityException, IOException {
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
        return (SSLSocket)
                context.getSocketFactory().createSocket(plain, "localhost", bus.port(), true);
    }

    /// It is bad input of anybody else, and so is its lack.
    @ParameterizedTest
    @ValueSource(strings = {"v1", "v2", "none", "bad", "two"})
    void whoIsNotTrustedIsNotHeard(String kind) throws IOException {
        boolean isTrusted = kind.equals("none") || kind.equals("bad") || kind.equals("two");
        byte[] header =
                switch (kind) {
                    case "v1" -> text("PROXY TCP4 192.0.2.7 127.0.0.1 5000 8080\r\n");
                    case "v2" -> v2("192.0.2.7");
                    case "bad" -> text("PROXY TCP4 192.0.2.7 127.0.0.1 5000\r\n");
                    case "two" -> text("PROXY UNKNOWN\r\nPROXY TCP4 192.0.2.7 127.0.0.1 1 2\r\n");
                    default -> new byte[0];
                };
        try (var http = RawHttp.over(from(isTrusted ? SPEAKS_PROXY : STRANGER))) {
            http.offer(header).offer(text(RawHttp.head("GET /health/live")));
            assertThat(http.isClosed()).as("closed without an answer").isTrue();
        }
    }

    @Test
    void halfAHeaderHasItsTime() throws IOException {
        try (var http = RawHttp.over(from(SPEAKS_PROXY))) {
            http.send("PROXY TCP4 192.0.2.7 ");
            assertThat(http.isClosed()).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({
        FORWARDS + ", '203.0.113.9, 192.0.2.10', 192.0.2.10",
        FORWARDS + ", nonsense, " + FORWARDS,
        STRANGER + ", 192.0.2.10, " + STRANGER,
    })
    void aHeaderSaysItWhereItsWriterIsTrusted(String peer, String chain, String address)
            throws IOException {
        var client = newClient();
        try (var http = RawHttp.over(from(peer))) {
            expectWrongSecret(http.send(login(client, "X-Forwarded-For: " + chain)));
        }
        expectDenial(client, address);
    }

    /// Who comes by PROXY is no forwarder only because its proxy is one.
    @Test
    void theRealAddressIsTheOneThatHasToBeTrusted() throws IOException {
        var client = newClient();
        try (var http = RawHttp.over(from(SPEAKS_PROXY))) {
            http.send(v2("192.0.2.11"));
            expectWrongSecret(http.send(login(client, "X-Forwarded-For: 203.0.113.9")));
        }
        expectDenial(client, "192.0.2.11");
    }

    /// The log and the audit log know it for MQTT, too.
    @Test
    void aWebSocketComesFromWhereItsUpgradeSays() throws IOException {
        var socket = from(FORWARDS);
        try (var http = RawHttp.over(socket)) {
            http.send(
                    RawHttp.head(
                            "GET /mqtt",
                            "Upgrade: websocket",
                            "Connection: Upgrade",
                            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                            "Sec-WebSocket-Version: 13",
                            "Sec-WebSocket-Protocol: mqtt",
                            "X-Forwarded-For: 192.0.2.12"));
            assertThat(http.answer().status()).isEqualTo(101);
            byte[] connect = Connect.v5("through").userName("no.token").password("").bytes();
            byte[] frame = new byte[6 + connect.length];
            frame[0] = (byte) 0x82;
            frame[1] = (byte) (0x80 | connect.length);
            System.arraycopy(connect, 0, frame, 6, connect.length); // the mask is zero
            http.send(frame);
            assertThat(http.next(1)).isEqualTo(new byte[] {(byte) 0x82});
        }
        await().untilAsserted(
                        () -> {
                            assertThat(bus.printed())
                                    .contains("refused 192.0.2.12 client 'through'");
                            assertThat(audited("through")).isEqualTo("192.0.2.12");
                        });
    }

    @Test
    void mqttComesFromWhereItsProxySays() throws IOException {
        var socket = from(SPEAKS_PROXY);
        socket.getOutputStream().write(v2("192.0.2.13"));
        try (var client = RawClient.over(socket)) {
            client.send(Connect.v5("by proxy").userName("no.token").password(""));
            client.expectRefused(0x87);
        }
        await().untilAsserted(() -> assertThat(audited("by proxy")).isEqualTo("192.0.2.13"));
    }

    private static String audited(String client) throws IOException {
        try (var lines = Files.lines(bus.dataDirectory().resolve("audit.log"))) {
            return lines.map(Answer::toMap)
                    .filter(line -> "denied".equals(line.get("event")))
                    .filter(line -> client.equals(line.get("client")))
                    .map(line -> String.valueOf(line.get("address")))
                    .findFirst()
                    .orElse("none");
        }
    }

    /// One guesser behind a proxy does not lock out the others behind it.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void guessesCountForWhoGuesses(boolean forwarded) throws IOException {
        String guesser = forwarded ? "198.51.100.1" : "198.51.100.2";
        String other = forwarded ? "198.51.100.3" : "198.51.100.4";
        int answer = 401;
        for (int i = 0; answer == 401 && i < MANY * GUESSES; i++) {
            answer = guess(forwarded, guesser, "nobody" + forwarded + i);
        }
        assertThat(answer).as("a guess beyond the limit").isEqualTo(429);
        assertThat(guess(forwarded, other, "somebody" + forwarded)).isEqualTo(401);
    }

    private static int guess(boolean forwarded, String address, String clientId)
            throws IOException {
        try (var http = RawHttp.over(from(forwarded ? FORWARDS : SPEAKS_PROXY))) {
            if (!forwarded) {
                http.send(v2(address));
            }
            String[] headers =
                    forwarded ? new String[] {"X-Forwarded-For: " + address} : new String[0];
            return http.send(login(clientId, headers)).answer().status();
        }
    }
}
