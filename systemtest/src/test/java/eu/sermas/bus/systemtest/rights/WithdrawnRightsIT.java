package eu.sermas.bus.systemtest.rights;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.raw.Bytes;
import eu.sermas.bus.systemtest.raw.Connect;
import eu.sermas.bus.systemtest.raw.Packet.ConnAck;
import eu.sermas.bus.systemtest.raw.Property;
import eu.sermas.bus.systemtest.raw.Publish;
import eu.sermas.bus.systemtest.raw.RawClient;
import eu.sermas.bus.systemtest.raw.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A client has been sent what it might read then, and has not answered; when it comes back with
/// fewer rights, it is not sent again what it may not read now.
class WithdrawnRightsIT {

    private static RightsBus bus;

    @BeforeAll
    static void start() {
        var builder = RightsBus.builder();
        var file = builder.file("bus.yaml", ForeignTokens.CONFIGURATION);
        bus = RightsBus.of(builder.option("--config", file));
    }

    @AfterAll
    static void stop() {
        bus.close();
    }

    private static String appOfKiosk(String... permissions) {
        return bus.app(clients(permissions));
    }

    private static Map<String, Object> clients(String... kiosk) {
        return Map.of(
                "clients",
                List.of(RightsBus.client("kiosk", kiosk), RightsBus.client("writer", "*")));
    }

    private static void changeKiosk(String appId, String... permissions) {
        var app =
                Map.of(
                        "appId",
                        appId,
                        "name",
                        appId,
                        "clients",
                        clients(permissions).get("clients"));
        bus.admin.post("/api/app/admin/import", List.of(app)).expect(201);
    }

    private static ConnAck connect(RawClient client, String token) {
        return client.connect(
                Connect.v5("screen")
                        .unclean()
                        .with(Property.SESSION_EXPIRY_INTERVAL, 3_600L)
                        .userName(token)
                        .password("any"));
    }

    /// Lets the client be sent a message of two topics each, which it does not acknowledge.
    private static void leavesInFlight(RawClient client, String token, String appId, int qos) {
        connect(client, token);
        client.subscribe("app/" + appId + "/ui/#", qos);
        client.subscribe("app/" + appId + "/dialogue/#", qos);
        var writer = bus.connect(bus.token(appId, "writer"));
        writer.publish(Publish.to("app/" + appId + "/dialogue/stop", "hidden").qos(qos));
        writer.publish(Publish.to("app/" + appId + "/ui/content", "shown").qos(qos));
        client.expectPublish("hidden");
        client.expectPublish("shown");
    }

    /// The payloads of all that comes before the answer to a ping.
    private static List<String> sentAgain(RawClient client) {
        var payloads = new ArrayList<String>();
        client.send(Bytes.hex("c000"));
        for (var packet = client.next(); packet.type() != Type.PINGRESP; packet = client.next()) {
            if (packet instanceof Publish message) {
                payloads.add(message.text());
            }
        }
        return payloads;
    }

    private static String foreign(String appId, String... permissions) {
        return ForeignTokens.of(
                "ada of " + appId, Map.of("appId", appId, "permissions", List.of(permissions)));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void whoIsTakenOverByALoginWithAnotherClaimLeavesItNothingBeyondThatClaim(int qos) {
        var appId = appOfKiosk("ui");
        try (var wide = RawClient.open(bus.bus.port());
                var narrow = RawClient.open(bus.bus.port())) {
            leavesInFlight(wide, foreign(appId, "ui", "dialogue"), appId, qos);

            assertThat(connect(narrow, foreign(appId, "ui")).sessionPresent()).isTrue();
            assertThat(sentAgain(narrow)).containsExactly("shown");
        }
    }

    @ParameterizedTest
    @CsvSource({"1, false", "2, false", "1, true", "2, true"})
    void whatAGrantHadOpenedIsNotSentAgainWhenItIsRemoved(int qos, boolean killed) {
        var appId = appOfKiosk("ui", "dialogue");
        try (var before = RawClient.open(bus.bus.port())) {
            leavesInFlight(before, bus.token(appId, "kiosk"), appId, qos);
        }
        changeKiosk(appId, "ui");
        if (killed) {
            bus.bus.kill();
            bus.bus.start();
        }
        try (var after = RawClient.open(bus.bus.port())) {
            assertThat(connect(after, bus.token(appId, "kiosk")).sessionPresent()).isTrue();
            assertThat(sentAgain(after)).containsExactly("shown");
        }
    }
}
