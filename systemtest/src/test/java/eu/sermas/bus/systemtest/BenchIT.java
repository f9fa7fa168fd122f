package eu.sermas.bus.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `sermas-bus bench` against the demo application: each scenario for a second. What it measures on
/// a machine that is busy with tests is not looked at, only that nothing is lost and all is told.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BenchIT {

    private static final String SECRET = "secret-password";

    private final BusProcess bus = BusProcess.dev().start();

    @AfterAll
    void stop() {
        bus.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "fanout --qos 0 --subscribers 10",
                "fanout --qos 1 --subscribers 10 --size 16384 --threads 2",
                "fanin --qos 1 --publishers 20",
                "fanin --qos 0 --publishers 20 --mqtt 5",
                "pairs --qos 0 --publishers 20 --subscribers 20 --ws",
                "pairs --qos 1 --publishers 20 --subscribers 20 --mqtt 5 --persistent",
                "pairs --qos 2 --publishers 20 --subscribers 20 --threads 2",
                "pairs --qos 1 --publishers 5 --subscribers 5 --rate 1000",
                "shared --qos 1 --publishers 20"
            })
    void trafficArrives(String scenario) throws Exception {
        var report = bench(scenario + " --warmup 0.5 --duration 1", 0);

        assertThat(report.get("received_per_s").asDouble()).isPositive();
        assertThat(report.get("received").asLong()).isEqualTo(report.get("expected").asLong());
        for (String zero :
                List.of("loss", "duplicates", "misordered", "corrupt", "disconnected", "refused")) {
            assertThat(report.get(zero).asLong(-1)).as(zero).isZero();
        }
        for (String positive : List.of("p50_us", "p99_us", "p999_us", "max_us", "seconds")) {
            assertThat(report.get(positive).asDouble()).as(positive).isPositive();
        }
        assertThat(report.get("client_cpu_share").asDouble()).isPositive();
        assertThat(report.get("server_us_per_message").asDouble()).isPositive();
    }

    @Test
    void soManyMessagesAndNoMore() throws Exception {
        var report = bench("fanin --qos 1 --publishers 10 --messages 5000", 0);
        assertThat(report.get("received").asLong()).isEqualTo(5000);
        assertThat(report.get("acknowledged").asLong()).isEqualTo(5000);
    }

    @Test
    void idleShowsMemory() throws Exception {
        var report = bench("idle --subscribers 200 --duration 1", 0);
        assertThat(report.get("connections").asLong()).isEqualTo(200);
        assertThat(report.get("connections_per_s").asDouble()).isPositive();
        assertThat(report.get("server_rss_mb").asDouble()).isPositive();
    }

    @Test
    void connectCountsConnections() throws Exception {
        var report = bench("connect --subscribers 10 --warmup 0.5 --duration 1", 0);
        assertThat(report.get("connections_per_s").asDouble()).isPositive();
        assertThat(report.get("server_us_per_connection").asDouble()).isPositive();
        assertThat(report.get("failed").asLong(-1)).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--mqtt 3.1.1 --subscribers 1", "--mqtt 5 --subscribers 10"})
    void durableStoresAndDrains(String options) throws Exception {
        var report = bench("durable --messages 2000 " + options, 0);
        assertThat(report.get("stored_per_s").asDouble()).isPositive();
        assertThat(report.get("drained_per_s").asDouble()).isPositive();
        assertThat(report.get("received").asLong()).isEqualTo(report.get("expected").asLong());
        assertThat(report.get("loss").asLong(-1)).isZero();
    }

    @Test
    void aPersonReadsATable() {
        var finished = run("pairs --publishers 5 --subscribers 5 --warmup 0 --duration 1.5");
        assertThat(finished.expect(0).output())
                .containsPattern("received_per_s +[\\d,.]+")
                .containsPattern("\\d s +measure +10 clients")
                .doesNotContain("eyJ"); // as every token begins
    }

    @Test
    void aTopicWithoutGrantIsRefusedWithTheReason() {
        var finished = run("pairs --topic app/myapp/robotics/bench");
        assertThat(finished.expect(1).output()).contains("robotics").doesNotContain("\tat ");
    }

    @Test
    void nobodyThere() {
        var finished =
                Launcher.run("bench", "pairs", "--port", Integer.toString(BusProcess.freePort()));
        assertThat(finished.expect(1).output()).contains("refused").doesNotContain("\tat ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nonsense",
                "pairs --qos 3",
                "pairs --size 5",
                "pairs --publishers 3",
                "pairs --mqtt 4",
                "pairs --url http://localhost",
                "durable --qos 0"
            })
    void wrongUsage(String arguments) {
        var finished = run(arguments);
        assertThat(finished.expect(2).output()).contains("expected:").doesNotContain("\tat ");
    }

    private JsonNode bench(String arguments, int status) throws JsonProcessingException {
        var finished = run(arguments + " --json --server-pid " + bus.pid()).expect(status);
        var json = finished.output().lines().filter(line -> line.startsWith("{")).toList();
        assertThat(json).as(finished.output()).hasSize(1);
        return new JsonMapper().readTree(json.getFirst());
    }

    private Launcher.Finished run(String arguments) {
        var command = new ArrayList<>(List.of("bench"));
        command.addAll(List.of(arguments.split(" ")));
        command.addAll(List.of("--app", "myapp", "--client", "my-app-client"));
        command.addAll(List.of("--secret", SECRET));
        if (!arguments.contains("--url")) {
            command.addAll(List.of("--port", Integer.toString(bus.port())));
        }
        return Launcher.run(command.toArray(String[]::new));
    }
}
