package eu.sermas.bus.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.client.ClientKind;
import eu.sermas.bus.systemtest.client.Message;
import eu.sermas.bus.systemtest.client.TestClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A client with short tokens renews them for as long as it lives.
@ExtendWith(SharedBus.class)
class RenewalIT {

    private static final int RENEWALS = 100;
    private static final String RENEWED = "$session/token/renewed";

    private final BusProcess bus;
    private final Tenant tenant;

    RenewalIT(BusProcess bus, Rest admin) {
        this.bus = bus;
        this.tenant = Tenant.create(bus, admin, "renewal").client("kiosk", "ui");
    }

    @ParameterizedTest
    @EnumSource(names = {"HIVEMQ_5_TCP", "PAHO_3_WEBSOCKET"})
    void noMessageIsLostByIt(ClientKind kind) throws Exception {
        var stop = new AtomicBoolean();
        String id = "receiver-" + kind;
        try (var receiver = Mqtt.connect(kind, bus, tenant.token("kiosk"), id);
                var sender = Mqtt.connect(kind, bus, tenant.token("kiosk"), "sender-" + kind)) {
            receiver.subscribe(1, tenant.topic("ui/#"), "$session/token/#");
            var sent = CompletableFuture.supplyAsync(() -> publishUntil(stop, sender));

            List<String> received = new ArrayList<>();
            for (int renewal = 0; renewal < RENEWALS; renewal++) {
                if (renewal % 2 == 0) {
                    assertThat(receiver.publish(token())).isZero();
                    readUntilRenewed(receiver, received);
                } else {
                    bus.rest()
                            .as(tenant.freshToken("kiosk"))
                            .post("/api/mqtt/session/" + id + "/token", Map.of())
                            .expect(201);
                }
            }
            stop.set(true);
            int count = sent.join();
            while (received.size() < count) {
                read(receiver, received);
            }

            assertThat(count).isGreaterThan(RENEWALS);
            assertThat(received)
                    .isEqualTo(IntStream.range(0, count).mapToObj(Integer::toString).toList());
        } finally {
            stop.set(true);
        }
    }

    private Message token() {
        return Message.of("$session/token", tenant.freshToken("kiosk"), 1);
    }

    /// Renews its own token now and then, too.
    ///
    /// @return how many messages were acknowledged
    private int publishUntil(AtomicBoolean stop, TestClient sender) {
        int count = 0;
        while (!stop.get()) {
            assertThat(sender.publish(Message.of(tenant.topic("ui/content"), "" + count, 1)))
                    .isZero();
            count++;
            if (count % 50 == 0) {
                assertThat(sender.publish(token())).isZero();
            }
        }
        return count;
    }

    private static void readUntilRenewed(TestClient receiver, List<String> received) {
        while (!read(receiver, received).equals(RENEWED)) {
            // What came before is kept.
        }
    }

    /// @return the topic of the message
    private static String read(TestClient receiver, List<String> received) {
        var message = receiver.inbox().next();
        if (!message.topic().equals(RENEWED)) {
            received.add(message.text());
        }
        return message.topic();
    }
}
