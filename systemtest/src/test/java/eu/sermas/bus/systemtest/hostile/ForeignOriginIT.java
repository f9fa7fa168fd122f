package eu.sermas.bus.systemtest.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.BusProcess;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Pages of somebody else, opened by a browser that can reach the bus: one bus that asks for no
/// login, and one that names the pages it wants. With certificates: `MutualTlsIT`.
@TestInstance(Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // JUnit calls start() first
class ForeignOriginIT {

    private BusProcess open;
    private BusProcess named;

    @BeforeAll
    void start() {
        open = BusProcess.open().start();
        named = BusProcess.serve().set("http.allowed-origins", "https://kiosk.example").start();
    }

    @AfterAll
    void stop() {
        open.close();
        named.close();
    }

    private static RawHttp.Answer upgrade(BusProcess bus, String host, String origin) {
        try (var http = RawHttp.open(bus.port())) {
            return http.send(
                            "GET /mqtt HTTP/1.1\r\nHost: "
                                    + host
                                    + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                    + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                                    + "Sec-WebSocket-Version: 13\r\n"
                                    + "Sec-WebSocket-Protocol: mqtt\r\n"
                                    + (origin.isEmpty() ? "" : "Origin: " + origin + "\r\n")
                                    + "\r\n")
                    .answer();
        }
    }

    private static RawHttp.Answer call(BusProcess bus, String origin) {
        try (var http = RawHttp.open(bus.port())) {
            return http.send(RawHttp.head("GET /api", "Origin: " + origin)).answer();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "localhost:PORT, '', 101",
        "localhost:PORT, http://localhost:PORT, 101",
        "127.0.0.1:PORT, https://127.0.0.1:PORT, 101",
        "localhost:PORT, https://evil.example, 403",
        "localhost:PORT, null, 403",
        "localhost:PORT, http://localhost:1, 403",
        "evil.example:PORT, http://evil.example:PORT, 403"
    })
    void whereNoLoginIsAskedForAForeignPageOpensNoWebSocket(
            String host, String origin, int status) {
        var port = Integer.toString(open.port());
        var answer = upgrade(open, host.replace("PORT", port), origin.replace("PORT", port));
        assertThat(answer.status()).as("%s", answer).isEqualTo(status);
        if (status == 403) {
            assertThat(answer.body())
                    .isEqualTo(
                            "{\"message\":\"Origin: a page of somebody else (expected: one of"
                                    + " http.allowed-origins)\",\"error\":\"Forbidden\","
                                    + "\"statusCode\":403}");
        }
    }

    @Test
    void whoIsNamedMayComeAndReadAndNobodyElse() {
        assertThat(upgrade(named, "bus", "https://kiosk.example").status()).isEqualTo(101);
        assertThat(upgrade(named, "bus", "https://evil.example").status()).isEqualTo(403);
        var kiosk = call(named, "https://kiosk.example");
        assertThat(kiosk.status()).isEqualTo(200);
        assertThat(kiosk.head())
                .contains("access-control-allow-origin: https://kiosk.example\r\n")
                .contains("vary: origin\r\n");
        var evil = call(named, "https://evil.example");
        assertThat(evil.status()).isEqualTo(403);
        assertThat(evil.head()).doesNotContain("access-control-allow-origin");
    }

    @Test
    void withTokensEveryPageMayCome() {
        var answer = call(open, "https://any.example");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.head()).contains("access-control-allow-origin: *\r\n");
    }
}
