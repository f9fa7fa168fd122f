package eu.sermas.bus.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.raw.Connect;
import eu.sermas.bus.systemtest.raw.Packet.Ack;
import eu.sermas.bus.systemtest.raw.Packet.SubAck;
import eu.sermas.bus.systemtest.raw.Property;
import eu.sermas.bus.systemtest.raw.Publish;
import eu.sermas.bus.systemtest.raw.RawClient;
import eu.sermas.bus.systemtest.raw.Subscribe;
import eu.sermas.bus.systemtest.raw.Type;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/// Two tenants, of which one takes all that it can get of one resource after the other. The work of
/// the other goes on: messages to clients that are there and to one that is away, a retained
/// message, a new session. How long that takes is printed, and has no limit here but the patience
/// of a client, because the machine may be busy.
@TestInstance(Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // JUnit calls start() first
class GreedyTenantIT {

    private static final int QUOTA_EXCEEDED = 0x97;
    private static final int ERROR = 0x80;
    private static final int KIB = 1024;
    private static final int HOUR = 3600;
    private static final int MESSAGES = 200;

    /// Far beyond what any of the limits below allows.
    private static final int WITHOUT_END = 1_000;

    private BusProcess bus;
    private Tenant greedy;
    private Tenant other;
    private final List<RawClient> open = new ArrayList<>();

    @BeforeAll
    void start() {
        bus =
                BusProcess.serve()
                        .java("-Xmx512m")
                        .set("limits.queue.total-bytes", "32MiB")
                        .set("limits.queue.disk-bytes", "64MiB")
                        .set("limits.in-flight.max-bytes", "2MiB")
                        .set("limits.sessions.total-bytes", "8MiB")
                        .set("limits.retained.total-bytes", "8MiB")
                        .set("limits.guaranteed-apps", 3)
                        .set("limits.connections-per-second", 100_000)
                        .start();
        var admin = bus.rest().as(bus.rest().login(BusProcess.ADMIN, BusProcess.ADMIN_PASSWORD));
        greedy = Tenant.create(bus, admin, "greedy").client("client", "*");
        other = Tenant.create(bus, admin, "other").client("client", "*");
    }

    @AfterEach
    void close() {
        open.forEach(RawClient::close);
        open.clear();
        bus.expectAlive();
    }

    @AfterAll
    void stop() throws IOException {
        bus.close();
    }

    private RawClient connect(Tenant tenant, Connect connect) {
        var client = RawClient.open(bus.port());
        open.add(client);
        client.connect(connect.userName(tenant.token("client")).password("").keepAlive(0));
        return client;
    }

    private RawClient connect(Tenant tenant, String clientId) {
        return connect(tenant, Connect.v5(clientId));
    }

    private static Connect persistent(String clientId) {
        return Connect.v5(clientId).with(Property.SESSION_EXPIRY_INTERVAL, HOUR);
    }

    private static int publish(RawClient publisher, Publish message, int packetId) {
        return publisher.send(message.qos(1, packetId)).expect(Ack.class).reason();
    }

    @FunctionalInterface
    private interface Taking {
        /// @return the reason code of the bus
        int take(int number);
    }

    private static void takeAll(String what, Taking taking) {
        for (int i = 1; i < WITHOUT_END; i++) {
            int reason = taking.take(i);
            if (reason == QUOTA_EXCEEDED) {
                return;
            }
            assertThat(reason).as("%s %d", what, i).isLessThan(ERROR);
        }
        throw new AssertionError(what + ": no limit");
    }

    /// The work of the tenant that is not greedy.
    private void works(String meanwhile) {
        var reader = connect(other, "reader");
        reader.subscribe(other.topic("ui/live"), 1);
        var away = connect(other, persistent("away"));
        away.subscribe(other.topic("ui/away"), 1);
        away.disconnect();
        var publisher = connect(other, "publisher");
        var nanos = new long[MESSAGES];
        for (int i = 1; i <= MESSAGES; i++) {
            long begin = System.nanoTime();
            assertThat(publish(publisher, Publish.to(other.topic("ui/live"), "m" + i), i))
                    .isLessThan(ERROR);
            reader.acknowledge(reader.expectPublish("m" + i));
            nanos[i - 1] = System.nanoTime() - begin;
        }
        Arrays.sort(nanos);
        System.out.printf(
                "GreedyTenantIT: while another tenant has taken all %s, p50 %.1f ms, p99 %.1f ms%n",
                meanwhile, nanos[MESSAGES / 2] / 1e6, nanos[MESSAGES * 99 / 100] / 1e6);

        for (int i = 1; i <= 20; i++) {
            var message = Publish.to(other.topic("ui/away"), new byte[10 * KIB]);
            assertThat(publish(publisher, message, i)).isLessThan(ERROR);
        }
        var retained = Publish.to(other.topic("ui/kept"), new byte[10 * KIB]).retained();
        assertThat(publish(publisher, retained, 1)).isLessThan(ERROR);
        connect(other, "away").disconnect();
    }

    @Test
    void queues() {
        var publisher = connect(greedy, "publisher");
        for (int i = 0; i < 5; i++) {
            var away = connect(greedy, persistent("away" + i));
            away.subscribe(greedy.topic("ui/" + i), 1);
            away.disconnect();
        }
        takeAll(
                "messages that wait",
                i ->
                        publish(
                                publisher,
                                Publish.to(greedy.topic("ui/" + i % 5), new byte[256 * KIB]),
                                i));
        works("room of queues");
        for (int i = 0; i < 5; i++) {
            connect(greedy, "away" + i).disconnect();
        }
    }

    @Test
    void messagesInFlight() {
        var publisher = connect(greedy, "publisher");
        for (int i = 0; i < 20; i++) {
            var reader = connect(greedy, "reader" + i);
            reader.subscribe(greedy.topic("ui/" + i), 1);
        }
        takeAll(
                "messages that are not acknowledged",
                i ->
                        publish(
                                publisher,
                                Publish.to(greedy.topic("ui/" + i % 20), new byte[64 * KIB]),
                                i));
        works("room in flight");
    }

    @Test
    void retainedMessages() {
        var publisher = connect(greedy, "publisher");
        takeAll(
                "retained messages",
                i ->
                        publish(
                                publisher,
                                Publish.to(greedy.topic("ui/" + i), new byte[64 * KIB]).retained(),
                                i));
        works("room for retained messages");
        for (int i = 1; i < 200; i++) {
            publish(publisher, Publish.to(greedy.topic("ui/" + i), "").retained(), i);
        }
    }

    @Test
    void sessions() {
        var sessions = new ArrayList<RawClient>();
        takeAll(
                "subscriptions",
                i -> {
                    if (sessions.isEmpty() || i % 50 == 0) {
                        sessions.add(connect(greedy, "session" + sessions.size()));
                    }
                    var filter = greedy.topic("ui/" + i + "/" + "f".repeat(16 * KIB));
                    var request = Subscribe.subscribe(i).filter(filter, 0);
                    var answer = sessions.getLast().send(request).expect(SubAck.class);
                    assertThat(answer.type()).isEqualTo(Type.SUBACK);
                    return answer.reasons().getFirst();
                });
        works("room for sessions");
    }
}
