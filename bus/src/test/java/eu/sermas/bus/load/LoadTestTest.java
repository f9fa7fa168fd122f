package eu.sermas.bus.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.sermas.bus.load.FaultyBroker.Fault;
import eu.sermas.bus.packet.ProtocolVersion;
import eu.sermas.bus.packet.QoS;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// That the checks pass where all is well, and fail where it is not.
class LoadTestTest {

    private static final int MESSAGES = 100;
    private static final List<String> USERS = List.of("the-token");
    private static final PrintWriter NOWHERE = new PrintWriter(Writer.nullWriter());

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void aFaultlessBrokerPasses(int threads) throws Exception {
        try (FaultyBroker broker = new FaultyBroker(Fault.NONE)) {
            Report report = run(plan(broker.target(), MESSAGES, threads));

            assertThat(report.failures()).isEmpty();
            assertThat(report.figures())
                    .containsEntry("received", (long) MESSAGES)
                    .containsEntry("expected", (long) MESSAGES)
                    .containsEntry("loss", 0L)
                    .containsEntry("duplicates", 0L);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "DROP, loss: 2 (expected: 0)",
        "SWAP, misordered: 1 (expected: 0)", // the second of two is never followed
        "TRUNCATE, corrupt: 2 (expected: 0)",
        "HANG_UP, disconnected: 1 (expected: 0)"
    })
    void aFaultyBrokerFails(Fault fault, String failure) throws Exception {
        try (FaultyBroker broker = new FaultyBroker(fault)) {
            assertThat(run(plan(broker.target(), MESSAGES, 1)).failures()).contains(failure);
        }
    }

    /// QoS 1 allows them, so they are counted and do not fail.
    @Test
    void duplicatesAreCounted() throws Exception {
        try (FaultyBroker broker = new FaultyBroker(Fault.DOUBLE)) {
            Report report = run(plan(broker.target(), MESSAGES, 1));
            assertThat(report.figures()).containsEntry("duplicates", 2L);
            assertThat(report.failures()).isEmpty();
        }
    }

    @Test
    void aBrokerThatIsNotThereIsSaidPlainly() throws IOException {
        FaultyBroker broker = new FaultyBroker(Fault.NONE);
        Target target = broker.target();
        broker.close();
        assertThatThrownBy(() -> run(plan(target, MESSAGES, 1)))
                .isInstanceOf(LoadFailed.class)
                .hasMessageContaining("0 of 1 clients")
                .hasMessageContaining("refused");
    }

    @ParameterizedTest
    @EnumSource(names = {"PAIRS", "DURABLE"})
    void aPlanThatCannotBeIsRefused(Scenario scenario) {
        Target target = new Target("localhost", 1883, null);
        assertThatThrownBy(() -> plan(scenario, target, 0, 1, QoS.AT_MOST_ONCE, 2, USERS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected:");
    }

    /// As long as there are enough of them, no token is used twice.
    @Test
    void eachVisitTakesTheNextUser() throws Exception {
        List<String> users = IntStream.range(0, 100_000).mapToObj(i -> "user-" + i).toList();
        try (FaultyBroker broker = new FaultyBroker(Fault.NONE)) {
            run(plan(Scenario.CONNECT, broker.target(), 0, 1, QoS.AT_MOST_ONCE, 2, users));
            List<String> seen = List.copyOf(broker.users);
            assertThat(seen).hasSizeGreaterThan(2).doesNotHaveDuplicates();
            assertThat(users).containsAll(seen);
        }
    }

    @Test
    void aPlanDoesNotShowItsTokens() {
        assertThat(plan(new Target("localhost", 1883, null), 1, 1).toString())
                .doesNotContain("the-token");
    }

    private static Report run(Plan plan) throws LoadFailed {
        try (LoadTest test = new LoadTest(plan, NOWHERE)) {
            return test.run();
        }
    }

    private static Plan plan(Target target, long messages, int threads) {
        return plan(Scenario.PAIRS, target, messages, threads, QoS.AT_LEAST_ONCE, 1, USERS);
    }

    private static Plan plan(
            Scenario scenario,
            Target target,
            long messages,
            int threads,
            QoS qos,
            int subscribers,
            List<String> users) {
        return new Plan(
                scenario,
                target,
                ProtocolVersion.MQTT_3_1_1,
                "test",
                qos,
                64,
                1,
                subscribers,
                20,
                20,
                0,
                messages,
                Duration.ZERO,
                Duration.ofSeconds(1),
                false,
                users,
                null,
                threads,
                1,
                OptionalLong.empty());
    }
}
