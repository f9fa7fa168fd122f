package eu.sermas.bus.systemtest.hostile;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.BusProcess;
import eu.sermas.bus.systemtest.raw.Connect;
import eu.sermas.bus.systemtest.raw.RawClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Peers that take their time, all of them at once: each is closed when its time is over, and not
/// before.
@TestInstance(Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // JUnit calls start() first
class SlowPeersIT {

    private static final Duration DEADLINE = Duration.ofSeconds(2);

    /// A timer may run a little early, a busy machine is late.
    private static final Duration EARLIEST = DEADLINE.minusMillis(200);

    private static final Duration LATEST = DEADLINE.plusSeconds(6);

    private static final int KEEP_ALIVE_TIMEOUT = 0x8D;

    // In the notation of malformed.txt.
    private static final String LONG = "300*(61)";
    private static final String CONNECT_FOR_TOKEN = "'MQTT' 05 02 003c [15 'JWT'] 'c'";
    private static final String REQUEST_LINE = "\"GET /health HTTP/1.1\" 0d0a";
    private static final String UPGRADE =
            """
            "GET /mqtt HTTP/1.1" 0d0a
            "Host: localhost" 0d0a
            "Upgrade: websocket" 0d0a
            "Connection: Upgrade" 0d0a
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==" 0d0a
            "Sec-WebSocket-Version: 13" 0d0a
            "Sec-WebSocket-Protocol: mqtt" 0d0a
            0d0a
            """;

    /// Masked with zeros: the fixed header of a CONNECT of 384 bytes, and the bytes behind it.
    private static final String CONNECT_IN_FRAMES =
            "82 81 00000000 10 82 81 00000000 80 82 81 00000000 03 300*(82 81 00000000 00)";

    private BusProcess bus;
    private HealthyClients healthy;
    private Map<String, CompletableFuture<Duration>> lasting;

    @BeforeAll
    void start() {
        bus =
                BusProcess.open()
                        .set("limits.connect-timeout", DEADLINE.toSeconds() + "s")
                        .set("tls.self-signed", true)
                        .start();
        healthy = HealthyClients.connect(bus.port(), "slow");
        var threads = Executors.newVirtualThreadPerTaskExecutor();
        lasting =
                peers().stream()
                        .collect(
                                Collectors.toMap(
                                        SlowPeer::name,
                                        peer ->
                                                CompletableFuture.supplyAsync(
                                                        () -> peer.lastsOn(bus.port()), threads)));
        while (!lasting.values().stream().allMatch(CompletableFuture::isDone)) {
            healthy.exchange();
        }
    }

    @AfterAll
    void stop() throws IOException {
        healthy.close();
        bus.close();
    }

    static List<SlowPeer> peers() {
        return List.of(
                silent("nothing", ""),
                silent("one byte of CONNECT", "10"),
                silent("CONNECT without its end", "10 8008 'MQTT' 05 02 003c [] 0200"),
                silent("CONNECT without its token", "10 [" + CONNECT_FOR_TOKEN + "]"),
                silent("one letter", "\"G\""),
                silent("half a request", REQUEST_LINE + "\"Host: localhost\" 0d0a"),
                silent("TLS record without its end", "16 0301 0200 01 0001fc 0303"),
                silent("WebSocket without CONNECT", UPGRADE),
                slow("length of CONNECT", "10", 1, "ffff0f 0004 \"MQTT\" 05 02 003c 00 1000"),
                slow("client identifier", "10 8020 'MQTT' 05 02 003c [] 1000", 1, LONG),
                slow("AUTH", "10 [" + CONNECT_FOR_TOKEN + "] f0 ff01 18 80", 1, LONG),
                slow("HTTP request line", "\"GET /\"", 1, LONG),
                slow("HTTP header", REQUEST_LINE + "\"X: \"", 1, LONG),
                slow("HTTP headers line by line", REQUEST_LINE, 5, "300*(\"X:y\" 0d0a)"),
                slow("ClientHello", "16 0301 0200 01 0001fc 0303", 1, LONG),
                slow("WebSocket pings", UPGRADE, 6, "300*(89 80 00000000)"),
                slow("CONNECT in frames", UPGRADE, 7, CONNECT_IN_FRAMES));
    }

    private static SlowPeer silent(String what, String atOnce) {
        return new SlowPeer(what + ", then silence", Notation.parse(atOnce), List.of());
    }

    private static SlowPeer slow(String what, String atOnce, int step, String slowly) {
        var bytes = Notation.parse(slowly);
        var pieces =
                IntStream.iterate(0, i -> i < bytes.length, i -> i + step)
                        .mapToObj(i -> Arrays.copyOfRange(bytes, i, i + step))
                        .toList();
        return new SlowPeer(what + ", slowly", Notation.parse(atOnce), pieces);
    }

    @ParameterizedTest
    @MethodSource("peers")
    void isClosedAtTheDeadline(SlowPeer peer) {
        assertThat(requireNonNull(lasting.get(peer.name())).join()).isBetween(EARLIEST, LATEST);
    }

    @Test
    void whoEndsItsOwnHalfBeforeConnectIsClosedAtOnce() throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), bus.port())) {
            socket.setSoTimeout((int) LATEST.toMillis());
            socket.getOutputStream().write(Notation.parse("10 8008 'MQTT' 05 02 003c"));
            long start = System.nanoTime();
            socket.shutdownOutput();
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(EARLIEST);
        }
        healthy.exchange();
    }

    /// The refused one neither reads the end nor ends its own half, and goes on to send.
    @Test
    void whoDoesNotLeaveWhenRefusedIsCutOff() {
        var stubborn = slow("", "10 ['MQTT' 05 03 003c [] 'c']", 1, LONG).afterTheEnd();

        assertThat(stubborn.lastsOn(bus.port())).isLessThan(Duration.ofSeconds(12));
        healthy.exchange();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "30 ff7f 'topic' [] \"begun and never ended\""})
    void whoFallsSilentBehindConnectIsClosedByKeepAlive(String last) {
        try (var client = RawClient.open(bus.port())) {
            client.connect(Connect.v5("vanished").keepAlive(1));
            client.send(Notation.parse(last));
            client.expectDisconnect(KEEP_ALIVE_TIMEOUT);
        }
        healthy.exchange();
    }

    /// A PUBLISH that never comes to its end is no sign of life, however long it trickles.
    @Test
    void whoTricklesBehindConnectIsClosedByKeepAlive() {
        var trickling =
                slow(
                        "PUBLISH",
                        "10 ['MQTT' 05 02 0001 [] 'trickling'] 30 ff7f 'topic' []",
                        1,
                        LONG);

        assertThat(trickling.lastsOn(bus.port()))
                .isBetween(Duration.ofMillis(1400), Duration.ofSeconds(8));
        healthy.exchange();
    }
}
