package eu.sermas.bus.systemtest;

import static eu.sermas.bus.systemtest.raw.Property.REASON_STRING;
import static eu.sermas.bus.systemtest.raw.Property.SESSION_EXPIRY_INTERVAL;
import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.raw.Connect;
import eu.sermas.bus.systemtest.raw.Publish;
import eu.sermas.bus.systemtest.raw.RawClient;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// What clients hear of changed rights; how soon is printed. Their filters are dropped with a
/// notice, what waited for them is purged, or their connection ends with its reason and their will
/// is published.
@ExtendWith(SharedBus.class)
class LiveRightsIT {

    private static final int NOT_AUTHORIZED = 0x87;

    private final BusProcess bus;
    private final Rest admin;
    private Tenant tenant;

    LiveRightsIT(BusProcess bus, Rest admin) {
        this.bus = bus;
        this.admin = admin;
    }

    @BeforeEach
    void makeApp() {
        tenant =
                Tenant.create(bus, admin, "rights")
                        .client("kiosk", "ui", "dialogue")
                        .client("witness", "*");
    }

    private static void took(long begin) {
        System.out.printf("acted after %d ms%n", (System.nanoTime() - begin) / 1_000_000);
    }

    private RawClient connect(String clientId, String token, Publish will) {
        var client = RawClient.open(bus.port());
        client.connect(Connect.v5(clientId).userName(token).password("any").will(will));
        return client;
    }

    private RawClient witness() {
        var client = RawClient.open(bus.port());
        client.connect(Connect.v5("witness").userName(tenant.token("witness")).password("any"));
        client.subscribe(tenant.topic("ui/#"), 1);
        return client;
    }

    private Publish will() {
        return Publish.to(tenant.topic("ui/content"), "the will").qos(1, 0);
    }

    @Test
    void aDroppedFilterIsToldWithTheMissingGrant() {
        try (var client = connect("told", tenant.token("kiosk"), will())) {
            client.subscribe("$session/#", 0);
            client.subscribe(tenant.topic("dialogue/#"), 1);
            client.subscribe(tenant.topic("ui/#"), 1);

            long begin = System.nanoTime();
            withdrawDialogue();
            var notice = client.expectPublish();

            took(begin);
            assertThat(notice.topic()).isEqualTo("$session/subscription/dropped");
            var said = Answer.toTree(notice.text());
            assertThat(said.get("filter").asText()).isEqualTo(tenant.topic("dialogue/#"));
            assertThat(said.get("reason").asText()).isEqualTo("missing grant: dialogue");
            client.expectNothing();
        }
    }

    @Test
    void whatWaitedForADroppedFilterIsPurged() {
        var away =
                Connect.v5("away")
                        .userName(tenant.token("kiosk"))
                        .password("any")
                        .with(SESSION_EXPIRY_INTERVAL, 600);
        try (var client = RawClient.open(bus.port())) {
            client.connect(away);
            client.subscribe(tenant.topic("dialogue/#"), 1);
            client.subscribe(tenant.topic("ui/#"), 1);
            client.drop();
        }
        try (var publisher = witness()) {
            publisher.unsubscribe(tenant.topic("ui/#"));
            publisher.publish(Publish.to(tenant.topic("dialogue/messages/s"), "gone").qos(1, 1));
            publisher.publish(Publish.to(tenant.topic("ui/content"), "kept").qos(1, 2));
        }

        withdrawDialogue();

        try (var client = RawClient.open(bus.port())) {
            assertThat(client.connect(away.unclean()).sessionPresent()).isTrue();
            assertThat(client.expectPublishes()).extracting(Publish::text).containsExactly("kept");
        }
    }

    @Test
    void aDeletedClientIsToldAndItsWillIsPublished() {
        try (var witness = witness();
                var client = connect("deleted", tenant.token("kiosk"), will())) {
            long begin = System.nanoTime();
            admin.delete("/api/platform/app/" + tenant.appId() + "/client/kiosk").expect(200);
            var end = client.expectDisconnect(NOT_AUTHORIZED);
            witness.expectPublish("the will");

            took(begin);
            assertThat(end.properties().text(REASON_STRING))
                    .isEqualTo("client deleted: " + tenant.appId() + "-kiosk");
        }
    }

    @Test
    void anExpiredTokenEndsWithTheReasonAndTheWillIsPublished() {
        var until = Instant.now().plusSeconds(3);
        var token =
                Jwt.signed(
                        tenant.token("kiosk"),
                        SigningKey.of(bus),
                        claims -> claims.put("exp", until.getEpochSecond()));
        try (var witness = witness();
                var client = connect("expired", token, will())) {
            var end = client.expectDisconnect(NOT_AUTHORIZED);
            witness.expectPublish("the will");

            assertThat(Instant.now()).isAfterOrEqualTo(until.truncatedTo(ChronoUnit.SECONDS));
            assertThat(end.properties().text(REASON_STRING)).isEqualTo("token expired");
        }
    }

    private void withdrawDialogue() {
        tenant.importApp(
                Map.of(
                        "clients",
                        List.of(
                                Map.of(
                                        "clientId", "kiosk",
                                        "secret", tenant.secret("kiosk"),
                                        "permissions", List.of("ui")),
                                Map.of(
                                        "clientId", "witness",
                                        "secret", tenant.secret("witness"),
                                        "permissions", List.of("*")))));
    }
}
