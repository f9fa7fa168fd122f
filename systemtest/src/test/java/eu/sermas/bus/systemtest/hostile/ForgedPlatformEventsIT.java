package eu.sermas.bus.systemtest.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.BusProcess;
import eu.sermas.bus.systemtest.Mqtt;
import eu.sermas.bus.systemtest.Rest;
import eu.sermas.bus.systemtest.SharedBus;
import eu.sermas.bus.systemtest.Tenant;
import eu.sermas.bus.systemtest.client.Message;
import eu.sermas.bus.systemtest.raw.Connect;
import eu.sermas.bus.systemtest.raw.Publish;
import eu.sermas.bus.systemtest.raw.RawClient;
import eu.sermas.bus.systemtest.raw.Reasons;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What the platform says about an app nobody else says, whatever the grant and through whatever
/// door.
@ExtendWith(SharedBus.class)
class ForgedPlatformEventsIT {

    private final BusProcess bus;
    private final Tenant tenant;

    ForgedPlatformEventsIT(BusProcess bus, Rest admin) {
        this.bus = bus;
        this.tenant =
                Tenant.create(bus, admin, "forged")
                        .client("all", "*")
                        .client("named", "auth", "access", "platform", "session")
                        .client("witness", "*");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "auth/login",
                "auth/anything/below",
                "auth",
                "access/denied",
                "platform/client/changed/kiosk",
                "platform/monitoring",
                "session/session/changed/s"
            })
    void isRefusedAtEveryDoor(String end) throws Exception {
        var topic = tenant.topic(end);
        for (var name : new String[] {"all", "named"}) {
            try (var client = Mqtt.connect(bus, tenant.token(name))) {
                for (int qos = 1; qos <= 2; qos++) {
                    assertThat(client.publish(Message.of(topic, "{}", qos)))
                            .isEqualTo(Reasons.NOT_AUTHORIZED);
                }
                // An empty retained message would delete what the platform has said.
                assertThat(client.publish(Message.of(topic, "", 1).retained()))
                        .isEqualTo(Reasons.NOT_AUTHORIZED);
                assertThat(client.isConnected()).isTrue();
            }
            var rest = tenant.rest(name);
            rest.post("/api/events/" + topic, Map.of()).expect(403);
            rest.post("/api/events/" + topic + "?timeout=1", Map.of()).expect(403);
            var write = Map.of("acc", 2, "clientid", "c", "topic", topic);
            rest.post("/api/mqtt/acl", write).expect(403);
            var asked = Map.of("action", "publish", "topic", topic);
            var explained = rest.post("/api/access/explain", asked).expect(201).json();
            assertThat(explained.path("allowed").asBoolean(true)).as("%s", explained).isFalse();
            assertThat(explained.path("rule").asText()).isEqualTo("platform-topic");
        }
    }

    @Test
    void isNotAWillEither() {
        try (var witness = connect("witness", "witness")) {
            witness.subscribe(tenant.topic("auth/#"), 0);
            try (var dying = RawClient.open(bus.port())) {
                var will = Publish.to(tenant.topic("auth/login"), "forged");
                dying.connect(login(Connect.v5("dying"), "all").will(will));
                dying.drop();
            }
            // A login through the front door is what the witness hears next.
            bus.rest()
                    .post(
                            "/api/auth/login",
                            Map.of(
                                    "username", BusProcess.ADMIN,
                                    "password", BusProcess.ADMIN_PASSWORD,
                                    "appId", tenant.appId()))
                    .expect(201);
            assertThat(witness.expectPublish().text()).contains("\"userId\"");
        }
    }

    private RawClient connect(String clientId, String name) {
        var client = RawClient.open(bus.port());
        client.connect(login(Connect.v5(clientId), name));
        return client;
    }

    private Connect login(Connect connect, String name) {
        return connect.userName(tenant.token(name)).password("sermas");
    }
}
