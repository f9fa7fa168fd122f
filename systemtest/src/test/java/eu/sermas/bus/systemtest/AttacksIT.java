package eu.sermas.bus.systemtest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Attacks on the one port where three protocols meet, and on whoever reads the log. Those that
/// have a test elsewhere are listed in docs/security.md.
@ExtendWith(SharedBus.class)
class AttacksIT {

    private static final String KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    private static final String UPGRADE =
            "Host: bus\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                    + "Sec-WebSocket-Version: 13\r\n"
                    + KEY;

    private final BusProcess bus;
    private final Tenant tenant;

    AttacksIT(BusProcess bus, Rest admin) {
        this.bus = bus;
        this.tenant = Tenant.create(bus, admin, "attacks").client("kiosk", "ui");
    }

    /// A line that somebody wrote into a client id, a user name or a path is never a line of the
    /// log.
    @Test
    void logInjection() throws IOException {
        var line = "2026-01-01T00:00:00Z INFO  Bus forged by a client";
        for (var id :
                new String[] {"a\r\n" + line, "a\n" + line, "a\u0085" + line, "a\u2028" + line}) {
            try (var mqtt = RawMqtt.open(bus.port())) {
                mqtt.send(RawMqtt.connect(4, id, "a.b\n" + line, "sermas"));
                var _ = mqtt.lastBeforeClose();
            }
        }
        var path = "/api/app/x%0d%0a" + line.replace(" ", "%20");
        assertThat(bus.rest().as(tenant.token("kiosk")).get(path).status()).isBetween(400, 404);
        assertThat(bus.printed().split("\\R|\u0085|\u2028"))
                .noneMatch(printed -> printed.startsWith(line));
    }

    /// What stands behind the head of an upgrade is WebSocket, whatever its length claims, and
    /// never a second request that no proxy has seen.
    @ParameterizedTest
    @ValueSource(strings = {"", "Content-Length: 68\r\n", "Transfer-Encoding: chunked\r\n"})
    void aRequestSmuggledBehindAnUpgrade(String header) throws IOException {
        var smuggled = "GET /api/auth/whoami HTTP/1.1\r\nHost: bus\r\nX-Smuggled: yes\r\n\r\n";
        var answer = ask("GET /mqtt HTTP/1.1\r\n" + UPGRADE + header + "\r\n" + smuggled);
        assertThat(answer.split("HTTP/1\\.1 ", -1)).as(answer).hasSizeLessThanOrEqualTo(2);
        assertThat(answer).doesNotContain("statusCode\":401");
    }

    /// A path that is no WebSocket does not become one, and one that is does not answer REST.
    @Test
    void anUpgradeOfARestPathStaysRest() throws IOException {
        var rest = ask("GET /api/auth/whoami HTTP/1.1\r\n" + UPGRADE + "\r\n");
        assertThat(rest).doesNotContain(" 101 ").contains(" 401 ");
        var halfway =
                ask(
                        "GET /api/../mqtt HTTP/1.1\r\nHost: bus\r\nUpgrade: websocket\r\n"
                                + KEY
                                + "\r\n");
        assertThat(halfway).doesNotContain(" 101 ");
    }

    @Test
    void twoLengthsOfOneBody() throws IOException {
        var head = "POST /api/platform/token HTTP/1.1\r\nHost: bus\r\n";
        var smuggled = "GET /api HTTP/1.1\r\nHost: bus\r\n\r\n";
        for (var lengths :
                new String[] {
                    "Content-Length: 4\r\nContent-Length: 40\r\n",
                    "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
                    "Transfer-Encoding: identity, chunked\r\nContent-Length: 4\r\n"
                }) {
            var answer = ask(head + lengths + "\r\n0\r\n\r\n" + smuggled);
            assertThat(answer).as(lengths).doesNotContain("Hello");
        }
    }

    /// Nothing is unpacked, so a small body never becomes a large one.
    @Test
    void aCompressedBodyIsNotUnpacked() throws IOException {
        var packed = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(packed)) {
            gzip.write('"');
            for (int i = 0; i < 64; i++) {
                gzip.write(new byte[1 << 20]);
            }
        }
        var before = bus.residentMebibytes();
        var answer =
                bus.rest()
                        .send(
                                "POST",
                                "/api/platform/token",
                                Map.of(
                                        "Content-Type", "application/json",
                                        "Content-Encoding", "gzip"),
                                BodyPublishers.ofByteArray(packed.toByteArray()));
        assertThat(answer.status()).as(answer.body()).isIn(400, 415);
        assertThat(bus.residentMebibytes() - before).isLessThan(60);
    }

    /// Sends the bytes as they are and reads until the bus has nothing more to say.
    private String ask(String request) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), bus.port())) {
            socket.setSoTimeout(1_000);
            socket.getOutputStream().write(request.getBytes(UTF_8));
            var answer = new ByteArrayOutputStream();
            try {
                socket.getInputStream().transferTo(answer);
            } catch (SocketTimeoutException quiet) {
                assertThat(quiet).isNotNull();
            } catch (IOException closed) {
                assertThat(closed).hasMessageContaining("reset");
            }
            return answer.toString(UTF_8);
        }
    }
}
