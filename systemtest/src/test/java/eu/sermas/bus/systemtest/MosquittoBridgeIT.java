package eu.sermas.bus.systemtest;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import eu.sermas.bus.systemtest.client.ClientKind;
import eu.sermas.bus.systemtest.client.Login;
import eu.sermas.bus.systemtest.client.Message;
import eu.sermas.bus.systemtest.client.TestClient;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// A real Mosquitto, bridged to the bus by the configuration that the documentation shows.
@ExtendWith(SharedBus.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MosquittoBridgeIT {

    private static final String MOSQUITTO = "/usr/sbin/mosquitto";

    private final BusProcess bus;
    private final Tenant tenant;
    private final int robotPort = BusProcess.freePort();

    private Process mosquitto;
    private TestClient robot;
    private TestClient app;

    @SuppressWarnings("NullAway.Init") // set before each test
    MosquittoBridgeIT(BusProcess bus, Rest admin) {
        this.bus = bus;
        this.tenant =
                Tenant.create(bus, admin, "bridge")
                        .client("robot", "robotics", "dialogue")
                        .client("app", "robotics", "dialogue");
    }

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        var log = directory.resolve("mosquitto.log");
        var file = Files.writeString(directory.resolve("mosquitto.conf"), configuration());
        mosquitto =
                new ProcessBuilder(MOSQUITTO, "-v", "-c", file.toString())
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        // One SUBACK for each topic that the bridge takes from the bus.
        await().atMost(60, SECONDS)
                .untilAsserted(
                        () ->
                                assertThat(Files.readString(log))
                                        .containsPattern("(?s)(Received SUBACK.*){2}"));
    }

    @BeforeEach
    void connect() throws Exception {
        robot = connect(URI.create("tcp://127.0.0.1:" + robotPort), "robot-arm", "nobody");
        app = connect(bus.uri("tcp", ""), "app", tenant.token("app"));
    }

    @AfterEach
    void disconnect() {
        robot.close();
        app.close();
    }

    @AfterAll
    void stop() throws Exception {
        mosquitto.destroy();
        assertThat(mosquitto.waitFor(20, SECONDS)).isTrue();
    }

    @Test
    void whatTheRobotReportsIsOnTheBusAndRetainedThere() throws Exception {
        app.subscribe(1, tenant.topic("robotics/#"));
        robot.publish(Message.of("robotics/status", "charging", 1).retained());

        assertThat(app.inbox().next())
                .hasToString(tenant.topic("robotics/status") + " qos 1: charging");
        try (var late = connect(bus.uri("tcp", ""), "late", tenant.token("app"))) {
            late.subscribe(1, tenant.topic("robotics/#"));
            assertThat(late.inbox().next())
                    .hasToString(tenant.topic("robotics/status") + " qos 1 retained: charging");
        }
    }

    @Test
    void whatTheAppOrdersReachesTheRobot() {
        robot.subscribe(1, "robotics/move");
        app.publish(Message.of(tenant.topic("robotics/move"), "kitchen", 1));

        assertThat(robot.inbox().next()).hasToString("robotics/move qos 1: kitchen");
    }

    /// An echo would come before what is published after it, and again and again.
    @Test
    void whatGoesBothWaysGoesOnce() {
        robot.subscribe(1, "dialogue/#");
        app.subscribe(1, tenant.topic("dialogue/#"));

        for (var round = 0; round < 3; round++) {
            robot.publish(Message.of("dialogue/messages", "robot " + round, 1));
            expect("robot " + round);
            app.publish(Message.of(tenant.topic("dialogue/messages"), "app " + round, 1));
            expect("app " + round);
        }
    }

    private void expect(String text) {
        for (var client : List.of(robot, app)) {
            assertThat(client.inbox().next().text()).isEqualTo(text);
        }
    }

    private static TestClient connect(URI uri, String clientId, String token) throws Exception {
        var client = ClientKind.HIVEMQ_3_TCP.create();
        client.connect(new Login(uri, clientId, token));
        return client;
    }

    /// The one of the documentation, with the addresses and names of this test.
    private String configuration() throws Exception {
        var page = Files.readString(Launcher.ROOT.resolve("docs/mosquitto.md"));
        var text =
                Stream.of(page.split("```"))
                        .filter(block -> block.contains("\nconnection bus\n"))
                        .findFirst()
                        .orElseThrow();
        assertThat(text).contains("listener 1883 ", "bus.example.org:8080", "<token>", "myapp/");
        return text.replace("listener 1883 ", "listener " + robotPort + " ")
                .replace("bus.example.org:8080", "127.0.0.1:" + bus.port())
                .replace("<token>", tenant.token("robot"))
                .replace("myapp/", tenant.appId() + "/");
    }
}
