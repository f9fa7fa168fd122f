package eu.sermas.bus.systemtest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.client.ClientKind;
import eu.sermas.bus.systemtest.client.Login;
import eu.sermas.bus.systemtest.client.Message;
import eu.sermas.bus.systemtest.client.TestClient;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// `inspect` of a running bus: a session that is absent, with messages that wait, and a retained
/// message.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class InspectIT {

    private final BusProcess bus = BusProcess.open().start();

    @BeforeAll
    void leaveMessages() throws Exception {
        try (var reader = ClientKind.HIVEMQ_5_TCP.create()) {
            reader.connect(login("reader").persistent());
            reader.subscribe(1, "queue/#");
            reader.disconnect();
        }
        try (var writer = ClientKind.HIVEMQ_5_TCP.create()) {
            writer.connect(login("writer"));
            publish(writer, "queue/a", "first", false);
            publish(writer, "queue/b", "second", false);
            publish(writer, "kept/c", "third", true);
            writer.disconnect();
        }
    }

    @AfterAll
    void stop() {
        bus.close();
    }

    @Test
    void theSummaryCountsEveryKindOfRecord() {
        assertThat(inspect())
                .containsPattern("SESSION +1 records")
                .containsPattern("SUBSCRIPTION +1 records")
                .containsPattern("QUEUE +2 records")
                .containsPattern("RETAINED +[1-9]\\d* records");
    }

    @Test
    void sessionsAreShownWithWhatWaitsForThem() {
        assertThat(inspect("sessions"))
                .containsPattern("client reader of .*, absent since .*, expires .*, 2 messages of")
                .contains("queue/# QoS 1");
        assertThat(inspect("sessions", "--json", "--session", "reader"))
                .contains("\"clientId\":\"reader\"")
                .contains("\"subscriptions\":[{\"filter\":\"queue/#\",\"qos\":1}],\"queued\":2");
        assertThat(inspect("sessions", "--session", "nobody")).isEmpty();
    }

    @Test
    void queuesAreShownInTheirOrder() {
        var lines = inspect("queues", "--payload").lines().toList();

        assertThat(lines).hasSize(2);
        assertThat(lines.getFirst()).contains("queue/a QoS 1, queued, 5 bytes").endsWith(": first");
        assertThat(lines.getLast()).contains("queue/b QoS 1").endsWith(": second");
        assertThat(inspect("queues", "--limit", "1"))
                .contains("queue/a")
                .doesNotContain("first")
                .doesNotContain("queue/b")
                .contains("there are more: --limit 1");
    }

    @Test
    void retainedMessagesAreShown() {
        assertThat(inspect("retained", "--filter", "kept/+"))
                .contains("kept/c QoS 1, 5 bytes")
                .doesNotContain("third");
        assertThat(inspect("retained", "--filter", "other/#")).isEmpty();
    }

    @Test
    void wrongArgumentsAreUsageErrors() {
        assertThat(run("everything").expect(2).output()).contains("everything");
        assertThat(run("queues", "--limit", "0").expect(2).output())
                .contains("--limit: 0 (expected: 1 or more)");
        assertThat(run("retained", "--filter", "a/#/b").expect(2).output()).contains("--filter: ");
    }

    private String inspect(String... arguments) {
        return run(arguments).expect(0).output().strip();
    }

    private Launcher.Finished run(String... arguments) {
        List<String> all = new ArrayList<>(List.of("inspect"));
        all.addAll(List.of(arguments));
        all.addAll(List.of("--data-dir", bus.dataDirectory().toString()));
        return Launcher.run(all.toArray(String[]::new));
    }

    private Login login(String clientId) {
        return new Login(
                bus.uri(ClientKind.HIVEMQ_5_TCP.scheme(), ClientKind.HIVEMQ_5_TCP.path()),
                clientId,
                "anybody");
    }

    private static void publish(TestClient writer, String topic, String text, boolean retain) {
        var message = new Message(topic, text.getBytes(UTF_8), 1, retain);
        assertThat(writer.publish(message)).isLessThan(0x80);
    }
}
