package eu.sermas.bus.systemtest.hostile;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.BusProcess;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Requests of one connection that lie behind each other, or could be read in two ways.
@TestInstance(Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // JUnit calls start() first
class HttpOrderIT {

    private static final String[] UPGRADE = {
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Protocol: mqtt"
    };

    private BusProcess bus;

    @BeforeAll
    void start() {
        bus = BusProcess.open().start();
    }

    @AfterAll
    void stop() {
        bus.close();
    }

    @Test
    void anUpgradeWaitsForTheAnswersToWhatWasAskedBefore() {
        try (var http = RawHttp.open(bus.port())) {
            // CONNECT of MQTT 3.1.1 in a masked frame, behind the upgrade without waiting for it
            var connect = Notation.parse("82 8f 00000000 10 0d 'MQTT' 04 02 003c 'c'");
            http.send(
                    RawHttp.head("GET /api")
                            + RawHttp.head("GET /health/live")
                            + RawHttp.head("GET /mqtt", UPGRADE));
            http.send(connect);
            assertThat(http.answer().body()).isEqualTo("Hello Sermas!");
            assertThat(http.answer().status()).isEqualTo(200);
            assertThat(http.answer().status()).isEqualTo(101);
            assertThat(http.next(6)).isEqualTo(Notation.parse("82 04 20 02 00 00"));
        }
    }

    /// A client need not wait for the answer, and one on a busy machine is not always faster than
    /// what it sends next.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "82 8f 00000000 10 0d 'MQTT' 04 02 003c 'c'",
                "82 82 00000000 10 0d 82 8d 00000000 'MQTT' 04 02 003c 'c' 89 80 00000000",
                "82 81 00000000 10 82 81 00000000 0d 82 8d 00000000 'MQTT' 04 02 003c 'c'"
            })
    void whatComesBehindAnUpgradeIsInTheFrames(String behind) {
        try (var http = RawHttp.open(bus.port())) {
            var head = RawHttp.head("GET /mqtt", UPGRADE).getBytes(US_ASCII);
            var frames = Notation.parse(behind);
            var both = Arrays.copyOf(head, head.length + frames.length);
            System.arraycopy(frames, 0, both, head.length, frames.length);
            http.send(both);
            assertThat(http.answer().status()).isEqualTo(101);
            var answer = http.next(2);
            if (answer[0] == (byte) 0x8a) { // the pong may come first
                answer = http.next(2);
            }
            assertThat(answer).isEqualTo(Notation.parse("82 04"));
            assertThat(http.next(4)).isEqualTo(Notation.parse("20 02 00 00"));
        }
    }

    @Test
    void anUpgradeHasNoBody() {
        var lines = Arrays.copyOf(UPGRADE, UPGRADE.length + 1);
        lines[UPGRADE.length] = "Content-Length: 1000000000";
        try (var http = RawHttp.open(bus.port())) {
            http.send(RawHttp.head("GET /mqtt", lines));
            assertThat(http.answer().status()).isEqualTo(400);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {" folded", "\tfolded: too", " "})
    void aHeaderFieldThatGoesOnInTheNextLineIsRefused(String line) {
        try (var http = RawHttp.open(bus.port())) {
            http.send(RawHttp.head("GET /api", "X-Field: value", line));
            var answer = http.answer();
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.body()).contains("goes on in the next line");
        }
    }

    @Test
    void aBodyWithTwoLengthsIsRefused() {
        try (var http = RawHttp.open(bus.port())) {
            http.send(
                    RawHttp.head(
                                    "POST /api/platform/token",
                                    "Content-Length: 5",
                                    "Transfer-Encoding: chunked")
                            + "0\r\n\r\n");
            assertThat(http.answer().status()).isEqualTo(400);
            assertThat(http.isClosed()).isTrue();
        }
    }
}
