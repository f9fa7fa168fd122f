package eu.sermas.bus.systemtest;

import static eu.sermas.bus.systemtest.raw.Property.REASON_STRING;
import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.raw.Connect;
import eu.sermas.bus.systemtest.raw.Packet.ConnAck;
import eu.sermas.bus.systemtest.raw.Packet.SubAck;
import eu.sermas.bus.systemtest.raw.Publish;
import eu.sermas.bus.systemtest.raw.RawClient;
import eu.sermas.bus.systemtest.raw.Subscribe;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Certificates of clients in the place of tokens, and beside them. One bus asks for them, another
/// one requires them.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MutualTlsIT {

    private static final int NOT_AUTHORIZED = 0x87;
    private final Instant tomorrow = Instant.now().plus(Duration.ofDays(1));

    private BusProcess bus;
    private Rest admin;
    private Tenant tenant;
    private Tenant neighbour;
    private ClientAuthority authority;
    private ClientAuthority stranger;
    private SSLContext kiosk;

    @BeforeAll
    void start() {
        var builder = BusProcess.serve();
        authority = ClientAuthority.create(builder.directory(), "authority");
        stranger = ClientAuthority.create(builder.directory(), "stranger");
        bus = start(builder, "optional");
        admin = bus.rest().as(bus.rest().login(BusProcess.ADMIN, BusProcess.ADMIN_PASSWORD));
        tenant = Tenant.create(bus, admin, "mutual").client("kiosk", "ui").client("other", "ui");
        neighbour = Tenant.create(bus, admin, "neighbour").client("kiosk", "ui");
        kiosk = authority.issue(tenant.appId() + "-kiosk", tomorrow);
    }

    private BusProcess start(BusProcess.Builder builder, String clientAuth) {
        var file =
                builder.file(
                        "bus.yaml",
                        """
                        tls:
                          self-signed: true
                          client-auth: %s
                          client-ca: %s
                        identity:
                          certificates:
                            apps: ["*"]
                            registry: true
                        """
                                .formatted(clientAuth, authority.certificate()));
        return builder.option("--config", file).start();
    }

    @AfterAll
    void stop() {
        bus.close();
    }

    private static RawClient open(BusProcess where, SSLContext tls) {
        try {
            var socket = (SSLSocket) tls.getSocketFactory().createSocket("127.0.0.1", where.port());
            socket.startHandshake();
            return RawClient.over(socket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Connect connect(String clientId) {
        return Connect.v5(clientId);
    }

    @Test
    void aCertificateIsALogin() {
        try (var client = open(bus, kiosk);
                var witness = RawClient.open(bus.port())) {
            witness.connect(connect("w").userName(tenant.token("other")).password("any"));
            witness.subscribe(tenant.topic("ui/#"), 1);
            client.connect(connect("c"));
            client.publish(Publish.to(tenant.topic("ui/content"), "hello").qos(1, 1));
            witness.expectPublish("hello");
        }
    }

    @Test
    void itReachesNoTopicOfAnotherApp() {
        try (var client = open(bus, kiosk)) {
            client.connect(connect("c"));
            var answer =
                    client.send(
                                    Subscribe.subscribe(1)
                                            .filter(neighbour.topic("ui/#"), 0)
                                            .filter(tenant.topic("dialogue/#"), 0)
                                            .filter(tenant.topic("ui/#"), 0))
                            .expect(SubAck.class);
            assertThat(answer.reasons()).containsExactly(NOT_AUTHORIZED, NOT_AUTHORIZED, 0);
        }
    }

    @Test
    void withoutOneATokenIsNeededAndGoodEnough() {
        var none = ClientAuthority.withoutCertificate();
        try (var client = open(bus, none)) {
            client.send(connect("c")).expectRefused(NOT_AUTHORIZED);
        }
        try (var client = open(bus, none)) {
            client.connect(connect("c").userName(tenant.token("kiosk")).password("any"));
        }
    }

    @Test
    void itDoesNotMakeUpForABadToken() {
        try (var client = open(bus, kiosk)) {
            client.send(connect("c").userName("no token").password("any"))
                    .expectRefused(NOT_AUTHORIZED);
        }
    }

    @Test
    void ofNobodyItIsRefusedWithTheReason() {
        try (var client = open(bus, authority.issue("nobody", tomorrow))) {
            var refusal = client.send(connect("c")).expectRefused(NOT_AUTHORIZED);
            assertThat(refusal.properties().text(REASON_STRING))
                    .isEqualTo("certificate: of nobody who is known here");
        }
    }

    @Test
    void ofAnotherAuthorityItDoesNotGetThroughTheHandshake() {
        assertNoWayIn(bus, stranger.issue(tenant.appId() + "-kiosk", tomorrow));
    }

    @Test
    void expiredItDoesNotGetThroughTheHandshake() {
        var expired = Instant.now().minus(Duration.ofHours(1));
        assertNoWayIn(bus, authority.issue(tenant.appId() + "-kiosk", expired));
    }

    /// A browser shows the certificate of its user to whoever makes it connect.
    @Test
    void aForeignPageDoesNotUseTheCertificateOfItsVisitor() throws IOException {
        var none = ClientAuthority.withoutCertificate();
        assertThat(upgradeFrom("https://evil.example", kiosk)).contains(" 403 ", "Origin");
        assertThat(upgradeFrom("https://127.0.0.1:" + bus.port(), kiosk)).contains(" 101 ");
        assertThat(upgradeFrom("https://evil.example", none)).contains(" 101 ");
    }

    /// The beginning of the answer to an upgrade.
    private String upgradeFrom(String origin, SSLContext tls) throws IOException {
        try (var socket =
                (SSLSocket) tls.getSocketFactory().createSocket("127.0.0.1", bus.port())) {
            socket.getOutputStream()
                    .write(
                            """
                            GET /mqtt HTTP/1.1
                            Host: 127.0.0.1:%d
                            Upgrade: websocket
                            Connection: Upgrade
                            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
                            Sec-WebSocket-Version: 13
                            Origin: %s

                            """
                                    .formatted(bus.port(), origin)
                                    .replace("\n", "\r\n")
                                    .getBytes(StandardCharsets.US_ASCII));
            var answer = new byte[1_024];
            return new String(
                    answer, 0, socket.getInputStream().read(answer), StandardCharsets.US_ASCII);
        }
    }

    @Test
    void theSessionEndsWithIt() {
        var soon = Instant.now().plusSeconds(8);
        try (var client = open(bus, authority.issue(tenant.appId() + "-kiosk", soon))) {
            client.connect(connect("short"));
            client.expectDisconnect(NOT_AUTHORIZED);
        }
    }

    @Test
    void whereItIsRequiredThereIsNoWayInWithoutOne() {
        try (var strict = start(BusProcess.serve(), "required")) {
            assertNoWayIn(strict, ClientAuthority.withoutCertificate());
            try (var plain = RawClient.open(strict.port())) {
                plain.send(connect("c")).expectEnd();
            }
            strict.rest().get("/mqtt").expect(426);
            var strictAdmin =
                    strict.rest()
                            .as(strict.rest().login(BusProcess.ADMIN, BusProcess.ADMIN_PASSWORD));
            var app = Tenant.create(strict, strictAdmin, "strict").client("kiosk", "ui");
            try (var client = open(strict, authority.issue(app.appId() + "-kiosk", tomorrow))) {
                client.connect(connect("c"));
            }
        }
    }

    /// In TLS 1.3 the client learns with its first read what the server thinks of its certificate.
    private static void assertNoWayIn(BusProcess where, SSLContext tls) {
        try (var client = open(where, tls)) {
            var answer = client.send(connect("c")).expectClosed();
            assertThat(answer).isNotInstanceOf(ConnAck.class);
        } catch (UncheckedIOException e) {
            assertThat(e).hasRootCauseInstanceOf(IOException.class);
        }
    }
}
