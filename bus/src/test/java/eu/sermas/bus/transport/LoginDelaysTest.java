package eu.sermas.bus.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import eu.sermas.bus.metrics.Count;
import eu.sermas.bus.packet.ConnAck;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.ProtocolVersion;
import eu.sermas.bus.packet.ReasonCode;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Clients that come again and again with a token that is refused.
@Timeout(60)
class LoginDelaysTest {

    private static final String HOME = "192.0.2.1";

    private final AtomicLong now = new AtomicLong();
    private final LoginDelays delays = new LoginDelays(LoginDelay.DEFAULT, now::get);

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    private long[] refused(String address, String token, int times) {
        return LongStream.range(0, times).map(_ -> delays.refused(address, token)).toArray();
    }

    @Test
    void eachAnswerComesLaterUpToTheLongest() {
        assertThat(refused(HOME, "dead", 11))
                .containsExactly(0, 100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000, 5_000, 5_000);
        assertThat(refused(HOME, "dead", 100)).containsOnly(5_000);
    }

    @Test
    void nobodyElseIsDelayed() {
        refused(HOME, "dead", 5);
        assertThat(delays.refused(HOME, "another")).isZero();
        assertThat(delays.refused("192.0.2.2", "dead")).isZero();
        assertThat(delays.refused(HOME, "dead")).isEqualTo(1_600);
    }

    @Test
    void withoutATokenThereIsNothingToTryAgain() {
        assertThat(refused(HOME, "", 5)).containsOnly(0);
        assertThat(LongStream.range(0, 5).map(_ -> delays.refused(HOME, null))).containsOnly(0L);
    }

    @Test
    void whoIsAcceptedBeginsAnew() {
        refused(HOME, "dead", 5);
        delays.accepted(HOME, "another");
        assertThat(delays.refused(HOME, "dead")).isEqualTo(1_600);
        delays.accepted(HOME, "dead");
        assertThat(delays.refused(HOME, "dead")).isZero();
        delays.accepted(HOME, null);
    }

    @Test
    void whoStaysAwayBeginsAnew() {
        refused(HOME, "dead", 5);
        pass(Duration.ofSeconds(29));
        assertThat(delays.refused(HOME, "dead")).isEqualTo(1_600);
        pass(Duration.ofSeconds(31));
        assertThat(delays.refused(HOME, "dead")).isZero();
    }

    @Test
    void zeroMeansNever() {
        LoginDelays none = new LoginDelays(new LoginDelay(0, Duration.ofSeconds(10), 10), now::get);
        assertThat(LongStream.range(0, 9).map(_ -> none.refused(HOME, "dead"))).containsOnly(0L);
        assertThatThrownBy(() -> new LoginDelay(-1, Duration.ofSeconds(10), 10))
                .hasMessage("loginDelay: -1 ms, PT10S, 10 (expected: none below 0)");
    }

    @Test
    void onlySoManyWait() {
        LoginDelays two = new LoginDelays(new LoginDelay(1, Duration.ofSeconds(1), 2), now::get);
        assertThat(two.tryWait()).isTrue();
        assertThat(two.tryWait()).isTrue();
        assertThat(two.tryWait()).isFalse();
        assertThat(two.waiting()).isEqualTo(2);
        two.waited();
        assertThat(two.tryWait()).isTrue();
    }

    private static TestServer server(LoginDelay delay) throws Exception {
        TransportLimits some = TransportLimits.DEFAULT;
        return TestServer.start(
                new TransportLimits(
                        some.connectTimeout(),
                        some.loginTimeout(),
                        some.requestTimeout(),
                        some.idleTimeout(),
                        some.connectionsPerSecond(),
                        some.loopbackToo(),
                        some.maxConnections(),
                        delay,
                        some.writeBuffer(),
                        some.input(),
                        some.output()),
                null);
    }

    private static TestClient sent(TestServer server, String token) throws Exception {
        TestClient client = TestClient.open(server, ProtocolVersion.MQTT_5);
        client.send(TestClient.connect(ProtocolVersion.MQTT_5, "c", token, Properties.NONE));
        return client;
    }

    /// @return how many milliseconds it took
    private static long refused(TestServer server, String token) throws Exception {
        long begin = System.nanoTime();
        try (TestClient client = sent(server, token)) {
            assertThat(client.receive(ConnAck.class).reasonCode())
                    .isEqualTo(ReasonCode.NOT_AUTHORIZED);
            assertThat(client.isEnded()).isTrue();
        }
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
    }

    @Test
    void aConnectionWaitsForItsAnswerAndHoldsUpNobody() throws Exception {
        try (TestServer server = server(new LoginDelay(300, Duration.ofSeconds(1), 10))) {
            refused(server, "bad");
            assertThat(refused(server, "bad")).isGreaterThanOrEqualTo(300);
            try (TestClient waiting = sent(server, "bad")) {
                await().until(() -> server.metrics.value(Count.LOGINS_DELAYED) == 2);
                refused(server, "bad too");
                assertThat(server.metrics.scrape()).contains("sermas_bus_logins_waiting 1.0");
                assertThat(waiting.receive(ConnAck.class).reasonCode())
                        .isEqualTo(ReasonCode.NOT_AUTHORIZED);
            }
            await().until(() -> server.metrics.scrape().contains("sermas_bus_logins_waiting 0.0"));
        }
    }

    @Test
    void whatIsTooMuchIsAnsweredAtOnceAndWhoGoesAwayGivesItsPlaceBack() throws Exception {
        try (TestServer server = server(new LoginDelay(20_000, Duration.ofSeconds(20), 1))) {
            refused(server, "bad");
            try (TestClient waiting = sent(server, "bad")) {
                await().until(() -> server.metrics.value(Count.LOGINS_DELAYED) == 1);
                assertThat(refused(server, "bad")).isLessThan(10_000);
                assertThat(waiting).isNotNull();
            }
            await().until(() -> server.metrics.scrape().contains("sermas_bus_logins_waiting 0.0"));
        }
    }
}
