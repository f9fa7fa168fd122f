package eu.sermas.bus.systemtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import eu.sermas.bus.systemtest.DecisionStub.Asked;
import eu.sermas.bus.systemtest.client.ClientKind;
import eu.sermas.bus.systemtest.client.Message;
import eu.sermas.bus.systemtest.client.TestClient;
import eu.sermas.bus.systemtest.raw.Connect;
import eu.sermas.bus.systemtest.raw.Publish;
import eu.sermas.bus.systemtest.raw.RawClient;
import eu.sermas.bus.systemtest.raw.Reasons;
import eu.sermas.bus.systemtest.raw.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A bus in the place of a Mosquitto with go-auth: somebody else decides, and may be slow or dead.
class RemoteModeIT {

    private static final DecisionStub PLATFORM = new DecisionStub();
    private static final BusProcess BUS = bus("1 h");

    /// Asks again after a second.
    private static final BusProcess FORGETFUL = bus("1 s");

    private static BusProcess bus(String cache) {
        return BusProcess.serve()
                .set("identity.remote.url", PLATFORM.url())
                .set("identity.remote.cache", cache)
                .set("identity.remote.stale", "1 h")
                .start();
    }

    @AfterAll
    static void stop() {
        BUS.close();
        FORGETFUL.close();
        PLATFORM.close();
    }

    @AfterEach
    void heal() {
        PLATFORM.open();
        PLATFORM.broken(false);
    }

    private static Message message(String topic, String text) {
        return Message.of(topic, text, 1);
    }

    private static List<Asked> asked(String token) {
        return PLATFORM.asked().stream().filter(asked -> asked.token().equals(token)).toList();
    }

    @Test
    void itAsksInTheWordsOfGoAuth() throws Exception {
        try (var robot = Mqtt.connect(BUS, "words", "robot 1")) {
            assertThat(robot.subscribe(1, "$share/g/app/a/ui/+")).containsExactly(1);
            assertThat(robot.publish(message("app/a/x&y/é", "m"))).isLessThan(0x80);
        }
        var form = "application/x-www-form-urlencoded";
        assertThat(asked("words"))
                .containsExactly(
                        new Asked("POST", "/auth", "Bearer words", form, ""),
                        new Asked("POST", "/auth/su", "Bearer words", form, ""),
                        new Asked(
                                "POST",
                                "/acl",
                                "Bearer words",
                                form,
                                "acc=4&clientid=robot+1&topic=app%2Fa%2Fui%2F%2B"),
                        new Asked(
                                "POST",
                                "/acl",
                                "Bearer words",
                                form,
                                "acc=2&clientid=robot+1&topic=app%2Fa%2Fx%26y%2F%C3%A9"));
    }

    @Test
    void whatItSaysIsDone() throws Exception {
        try (var robot = Mqtt.connect(BUS, "obedient")) {
            assertThat(robot.subscribe(1, "app/a/ui/#", "app/a/secret/#"))
                    .containsExactly(1, Reasons.NOT_AUTHORIZED);
            assertThat(robot.publish(message("app/a/ui/x", "m"))).isZero();
            assertThat(robot.publish(message("app/a/secret/x", "m")))
                    .isEqualTo(Reasons.NOT_AUTHORIZED);
            assertThat(robot.isConnected()).isTrue();
        }
        assertThatThrownBy(() -> Mqtt.connect(BUS, "bad"))
                .isInstanceOfSatisfying(
                        TestClient.Refused.class,
                        e -> assertThat(e.code()).isEqualTo(Reasons.NOT_AUTHORIZED));
        assertThatThrownBy(() -> Mqtt.connect(ClientKind.PAHO_3_TCP, BUS, "bad", "c"))
                .isInstanceOfSatisfying(
                        TestClient.Refused.class, e -> assertThat(e.code()).isEqualTo(5));
    }

    @Test
    void whatThePlatformSaysItCannotAllowAnybodyElse() throws Exception {
        try (var robot = Mqtt.connect(BUS, "forger");
                var module = Mqtt.connect(BUS, "super platform")) {
            assertThat(robot.subscribe(1, "app/a/auth/#")).containsExactly(1);
            assertThat(robot.publish(message("app/a/auth/login", "forged")))
                    .isEqualTo(Reasons.NOT_AUTHORIZED);
            assertThat(robot.publish(message("app/a/platform/app/changed/a", "forged")))
                    .isEqualTo(Reasons.NOT_AUTHORIZED);
            assertThat(module.publish(message("app/a/auth/login", "true"))).isZero();
            assertThat(robot.inbox().next().text()).isEqualTo("true");
        }
    }

    @Test
    void nobodyAsksAboutTheTopicsOfASuperuser() throws Exception {
        try (var module = Mqtt.connect(BUS, "super module");
                var robot = Mqtt.connect(BUS, "subject")) {
            assertThat(module.subscribe(1, "app/+/orders/secret")).containsExactly(1);
            assertThat(module.publish(message("app/b/orders/secret", "m"))).isZero();
            assertThat(module.inbox().next().text()).isEqualTo("m");
            assertThat(robot.isConnected()).isTrue();
        }
        assertThat(PLATFORM.count("/acl", "super module")).isZero();
    }

    @Test
    void aDeliveryIsNoQuestion() throws Exception {
        var receivers = new ArrayList<TestClient>();
        try (var sender = Mqtt.connect(BUS, "sender")) {
            for (int i = 0; i < 10; i++) {
                var receiver = Mqtt.connect(BUS, "receiver " + i);
                receivers.add(receiver);
                assertThat(receiver.subscribe(1, "app/a/many/#")).containsExactly(1);
            }
            for (int i = 0; i < 50; i++) {
                sender.publish(message("app/a/many/one", "" + i));
                sender.publish(message("app/a/many/two", "" + i));
            }
            for (var receiver : receivers) {
                IntStream.range(0, 100).forEach(_ -> receiver.inbox().next());
            }
        } finally {
            receivers.forEach(TestClient::close);
        }
        assertThat(PLATFORM.count("/acl", "sender")).isEqualTo(2);
        assertThat(PLATFORM.count("/acl", "receiver 7")).isEqualTo(1);

        try (var again = Mqtt.connect(BUS, "sender")) {
            assertThat(again.isConnected()).isTrue();
        }
        assertThat(PLATFORM.count("/auth", "sender")).isEqualTo(1);
        assertThat(PLATFORM.count("/auth/su", "sender")).isEqualTo(1);
    }

    @Test
    void whoWaitsForAnAnswerKeepsItsOrderAndHoldsUpNobody() throws Exception {
        try (var slow = RawClient.open(BUS.port());
                var other = Mqtt.connect(BUS, "other");
                var receiver = Mqtt.connect(BUS, "listener")) {
            receiver.subscribe(1, "app/a/order/#");
            slow.connect(Connect.v5("slow").userName("slow").password("any"));
            PLATFORM.holdBack(question -> question.topic().endsWith("/first"));

            slow.send(Publish.to("app/a/order/first", "1").qos(1, 1));
            slow.send(Publish.to("app/a/order/second", "2").qos(1, 2));
            slow.send(Publish.to("app/a/order/first", "3").qos(1, 3));
            await().until(() -> PLATFORM.count("/acl", "slow") == 1);

            assertThat(other.publish(message("app/a/order/other", "other"))).isZero();
            assertThat(receiver.inbox().next().text()).isEqualTo("other");
            PLATFORM.open();

            for (var text : List.of("1", "2", "3")) {
                assertThat(receiver.inbox().next().text()).isEqualTo(text);
            }
            assertThat(slow.expectAck(Type.PUBACK, 1).reason()).isZero();
        }
    }

    @Test
    void itGoesOnWithTheLastAnswersWhileNobodyAnswers() throws Exception {
        try (var robot = Mqtt.connect(FORGETFUL, "loyal");
                var receiver = Mqtt.connect(FORGETFUL, "loyal too")) {
            receiver.subscribe(1, "app/a/steady");
            assertThat(robot.publish(message("app/a/steady", "before"))).isZero();
            assertThat(robot.publish(message("app/a/secret", "x")))
                    .isEqualTo(Reasons.NOT_AUTHORIZED);

            PLATFORM.die();
            await().until(() -> failing(robot));
            assertThat(robot.publish(message("app/a/steady", "while"))).isZero();
            assertThat(robot.publish(message("app/a/secret", "x")))
                    .isEqualTo(Reasons.NOT_AUTHORIZED);
            assertThat(robot.publish(message("app/a/unknown", "x")))
                    .isEqualTo(Reasons.NOT_AUTHORIZED);
            assertThat(robot.isConnected()).isTrue();
            try (var known = Mqtt.connect(FORGETFUL, "loyal", "another")) {
                assertThat(known.isConnected()).isTrue();
            }
            try (var stranger = RawClient.open(FORGETFUL.port())) {
                stranger.send(Connect.v5("s").userName("stranger").password("any")).expectEnd();
            }

            PLATFORM.revive();
            await().until(() -> robot.publish(message("app/a/unknown", "x")) < 0x80);
            try (var stranger = Mqtt.connect(FORGETFUL, "stranger")) {
                assertThat(stranger.isConnected()).isTrue();
            }
            assertThat(gauge()).isEqualTo("0.0");
            assertThat(receiver.inbox().next().text()).isEqualTo("before");
        } finally {
            PLATFORM.die();
            PLATFORM.revive();
        }
    }

    /// Whether the bus has noticed: it asks when its last answer is too old.
    private static boolean failing(TestClient robot) {
        assertThat(robot.publish(message("app/a/steady", "asking"))).isZero();
        return gauge().equals("1.0");
    }

    private static String gauge() {
        return FORGETFUL
                .rest()
                .get("/metrics")
                .expect(200)
                .body()
                .lines()
                .filter(line -> line.startsWith("sermas_bus_identity_remote_failing"))
                .map(line -> line.substring(line.lastIndexOf(' ') + 1))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aServerThatFailsHasNotRefused() throws Exception {
        PLATFORM.broken(true);
        try (var stranger = RawClient.open(FORGETFUL.port())) {
            stranger.send(Connect.v5("s").userName("newcomer").password("any")).expectEnd();
        }
        PLATFORM.broken(false);
        await().ignoreExceptions()
                .until(
                        () -> {
                            try (var robot = Mqtt.connect(FORGETFUL, "newcomer")) {
                                return robot.isConnected();
                            }
                        });
    }
}
