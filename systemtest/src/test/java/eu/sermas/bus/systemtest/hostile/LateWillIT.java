package eu.sermas.bus.systemtest.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.BusProcess;
import eu.sermas.bus.systemtest.DecisionStub;
import eu.sermas.bus.systemtest.raw.Connect;
import eu.sermas.bus.systemtest.raw.Packet.Ack;
import eu.sermas.bus.systemtest.raw.Property;
import eu.sermas.bus.systemtest.raw.Publish;
import eu.sermas.bus.systemtest.raw.RawClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/// A will that is due after a restart, when nobody can ask any more what its client may do.
///
/// Each test leaves two wills to a bus that is killed: one that may go out, and one that may not,
/// with the shorter delay. Both are retained, so whoever looks later sees which of them did.
class LateWillIT {

    private static final Duration DUE = Duration.ofSeconds(60);

    @Test
    void aWillThatTheDecisionServerRefusesIsNotPublishedByTheNextProcess() {
        try (var platform = new DecisionStub();
                var bus = BusProcess.serve().set("identity.remote.url", platform.url()).start()) {
            leave(bus, "forger", "forger", "app/other/platform/secret", 1);
            leave(bus, "robot", "robot", "app/other/ui/status", 2);
            bus.kill();
            bus.start();
            assertThat(wills(bus, "super watcher", "app/other/#", "app/other/ui/status"))
                    .containsExactly("app/other/ui/status");
        }
    }

    @Test
    void aWillForTheConversationOfAnotherLoginIsNotPublishedByTheNextProcess() {
        try (var bus = BusProcess.serve().start()) {
            var apps = Apps.of(bus);
            apps.make("wills", "nobody", Map.of("kiosk", List.of("dialogue.messages/{sid}")));
            var token = apps.token("wills", "kiosk");
            var own = "app/wills/dialogue/messages/" + Apps.claim(token, "sid");
            leave(bus, token, "forger", "app/wills/dialogue/messages/somebody-else", 1);
            leave(bus, token, "kiosk", own, 2);
            bus.kill();
            bus.start();
            assertThat(wills(bus, Apps.adminToken(bus), "app/wills/dialogue/messages/#", own))
                    .containsExactly(own);
        }
    }

    /// Leaves the client connected: its session counts as left when the process dies. A decision
    /// server may answer behind CONNACK, so its verdict on the topic is waited for, and then the
    /// disk.
    private static void leave(
            BusProcess bus, String token, String clientId, String topic, int delay) {
        var client = RawClient.open(bus.port());
        client.connect(
                Connect.v5(clientId)
                        .unclean()
                        .userName(token)
                        .password("x")
                        .with(Property.SESSION_EXPIRY_INTERVAL, 3_600L)
                        .will(
                                Publish.to(topic, "farewell")
                                        .qos(1)
                                        .retained()
                                        .with(Property.WILL_DELAY_INTERVAL, (long) delay)));
        client.send(Publish.to(topic, "not retained").qos(1, 1)).expect(Ack.class);
        client.unsubscribe("nothing");
    }

    /// The topics of the wills that are retained, once the expected one is.
    private static List<String> wills(
            BusProcess bus, String token, String filter, String expected) {
        var topics = new ArrayList<String>();
        Awaitility.await("will on " + expected)
                .atMost(DUE)
                .until(
                        () -> {
                            topics.clear();
                            topics.addAll(retained(bus, token, filter));
                            return topics.contains(expected);
                        });
        return topics;
    }

    private static List<String> retained(BusProcess bus, String token, String filter) {
        try (var watcher = RawClient.open(bus.port())) {
            watcher.connect(Connect.v5("watcher").userName(token).password("x"));
            watcher.subscribe(filter, 0);
            return watcher.expectPublishes().stream().map(Publish::topic).toList();
        }
    }
}
