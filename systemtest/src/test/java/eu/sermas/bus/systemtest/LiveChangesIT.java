package eu.sermas.bus.systemtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import eu.sermas.bus.systemtest.client.ClientKind;
import eu.sermas.bus.systemtest.client.Login;
import eu.sermas.bus.systemtest.client.Message;
import eu.sermas.bus.systemtest.client.TestClient;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Changes of identity act on the connections that are open.
@ExtendWith(SharedBus.class)
class LiveChangesIT {

    private final BusProcess bus;
    private final Rest admin;
    private final Tenant tenant;
    private final TestClient newer = ClientKind.HIVEMQ_5_TCP.create();
    private final TestClient older = ClientKind.PAHO_3_WEBSOCKET.create();

    LiveChangesIT(BusProcess bus, Rest admin) {
        this.bus = bus;
        this.admin = admin;
        this.tenant =
                Tenant.create(bus, admin, "live")
                        .client("kiosk", "ui", "dialogue")
                        .client("witness", "ui");
    }

    @BeforeEach
    void connect() throws Exception {
        newer.connect(new Login(bus.uri("tcp", ""), "newer", tenant.token("kiosk")));
        older.connect(new Login(bus.uri("ws", "/mqtt"), "older", tenant.token("kiosk")));
        newer.subscribe(1, tenant.topic("ui/#"), tenant.topic("dialogue/#"));
        older.subscribe(1, tenant.topic("ui/#"), tenant.topic("dialogue/#"));
    }

    @AfterEach
    void close() {
        newer.close();
        older.close();
    }

    @Test
    void aDeletedClientIsDisconnected() {
        admin.delete("/api/platform/app/" + tenant.appId() + "/client/kiosk").expect(200);

        awaitDisconnected();
        assertRefusedFromNowOn();
    }

    @Test
    void aDeletedAppDisconnectsItsClients() {
        admin.delete("/api/app/" + tenant.appId()).expect(200);

        awaitDisconnected();
        assertRefusedFromNowOn();
    }

    @Test
    void aWithdrawnGrantEndsWhatItHadOpened() throws Exception {
        importClients(List.of("ui"));

        try (var witness = Mqtt.connect(bus, tenant.token("witness"))) {
            await().untilAsserted(
                            () ->
                                    assertThat(
                                                    newer.publish(
                                                            Message.of(
                                                                    tenant.topic("dialogue/stop"),
                                                                    "no longer",
                                                                    1)))
                                            .isEqualTo(0x87));
            newer.inbox().drain();
            older.inbox().drain();
            publishAsAdmin("dialogue/messages/s", "unheard");
            witness.publish(Message.of(tenant.topic("ui/content"), "heard", 1));

            assertThat(newer.inbox().next()).returns("heard", Message::text);
            assertThat(older.inbox().next()).returns("heard", Message::text);
            assertThat(newer.isConnected() && older.isConnected()).isTrue();
        }
    }

    @Test
    void aNewGrantOpensItsTopicsAtOnce() {
        assertThat(newer.subscribe(1, tenant.topic("robotics/#"))).containsExactly(0x87);

        importClients(List.of("ui", "dialogue", "robotics"));

        await().untilAsserted(
                        () ->
                                assertThat(newer.subscribe(1, tenant.topic("robotics/#")))
                                        .containsExactly(1));
        publishAsAdmin("robotics/status", "heard");
        assertThat(newer.inbox().next()).returns("\"heard\"", Message::text);
    }

    private void importClients(List<String> permissions) {
        tenant.importApp(
                Map.of(
                        "clients",
                        List.of(
                                Map.of(
                                        "clientId",
                                        "kiosk",
                                        "secret",
                                        tenant.secret("kiosk"),
                                        "permissions",
                                        permissions),
                                Map.of(
                                        "clientId", "witness",
                                        "secret", tenant.secret("witness"),
                                        "permissions", List.of("ui")))));
    }

    /// Publishes the text as a JSON string.
    private void publishAsAdmin(String topic, String text) {
        admin.post("/api/events/app/" + tenant.appId() + "/" + topic, "\"" + text + "\"")
                .expect(201);
    }

    private void awaitDisconnected() {
        await().untilAsserted(
                        () -> {
                            assertThat(newer.isConnected()).isFalse();
                            assertThat(older.isConnected()).isFalse();
                        });
    }

    private void assertRefusedFromNowOn() {
        assertThatExceptionOfType(TestClient.Refused.class)
                .isThrownBy(() -> Mqtt.connect(bus, tenant.token("kiosk")))
                .returns(0x87, TestClient.Refused::code);
    }
}
