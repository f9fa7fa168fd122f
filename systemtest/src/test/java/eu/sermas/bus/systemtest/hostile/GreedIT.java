package eu.sermas.bus.systemtest.hostile;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.BusProcess;
import eu.sermas.bus.systemtest.Rest;
import eu.sermas.bus.systemtest.Tenant;
import eu.sermas.bus.systemtest.raw.Connect;
import eu.sermas.bus.systemtest.raw.Packet.Ack;
import eu.sermas.bus.systemtest.raw.Packet.ConnAck;
import eu.sermas.bus.systemtest.raw.Packet.SubAck;
import eu.sermas.bus.systemtest.raw.Property;
import eu.sermas.bus.systemtest.raw.Publish;
import eu.sermas.bus.systemtest.raw.RawClient;
import eu.sermas.bus.systemtest.raw.Subscribe;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/// One tenant takes several resources at a time, in sizes and numbers by chance, as far as it is
/// let; the work of another one goes on, over MQTT and REST, and is never refused. How long it took
/// is printed. `-Dhostile.rounds` makes it longer, `-Dhostile.seed` repeats one run.
@TestInstance(Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // JUnit calls start() first
class GreedIT {

    private static final int HOUR = 3_600;
    private static final int ERROR = 0x80;
    private static final int LARGEST = 1024 * 1024;
    private static final int LONGEST_TEXT = 60_000;
    private static final int MESSAGES = 100;
    private static final int CALLS = 10;

    /// Bytes that one resource is asked for, more than the share of one app.
    private static final int ENOUGH = 24 * 1024 * 1024;

    /// A greedy client does not wait for long: it may have been slowed down.
    private static final int PATIENCE_MILLIS = 300;

    /// Takes some of a resource.
    private interface Greed {

        /// @param size bytes of one piece
        /// @param number of pieces that are tried
        void take(int size, int number);
    }

    private final List<AutoCloseable> open = new ArrayList<>();
    private final Map<String, Greed> resources =
            Map.ofEntries(
                    Map.entry("queues", this::queues),
                    Map.entry("messages in flight", this::inFlight),
                    Map.entry("retained messages", this::retained),
                    Map.entry("sessions", this::sessions),
                    Map.entry("subscriptions", this::subscriptions),
                    Map.entry("wills", this::wills),
                    Map.entry("aliases", this::aliases),
                    Map.entry("unread output", this::unread),
                    Map.entry("records", this::records),
                    Map.entry("monitoring", this::monitoring),
                    Map.entry("revocations", this::revocations),
                    Map.entry("modules", this::modules),
                    Map.entry("event streams", this::streams),
                    Map.entry("refusals", this::refusals));
    private BusProcess bus;
    private Rest admin;
    private Tenant greedy;
    private Tenant other;
    private int clients;

    @BeforeAll
    void start() {
        bus =
                BusProcess.serve()
                        .java("-Xmx512m")
                        .set("limits.queue.total-bytes", "32MiB")
                        .set("limits.queue.disk-bytes", "64MiB")
                        .set("limits.sessions.total-bytes", "8MiB")
                        .set("limits.retained.total-bytes", "8MiB")
                        .set("limits.records.total-bytes", "8MiB")
                        .set("limits.registry.total-bytes", "8MiB")
                        .set("limits.guaranteed-apps", 4)
                        .set("limits.connections-per-second", 100_000)
                        .set("limits.login.per-address", 1_000_000)
                        .start();
        admin = bus.rest().as(bus.rest().login(BusProcess.ADMIN, BusProcess.ADMIN_PASSWORD));
        other = Tenant.create(bus, admin, "other").client("client", "*");
    }

    @AfterAll
    void stop() {
        bus.close();
    }

    @Test
    void whateverOneTenantTakesTheOtherWorks() throws Exception {
        long seed = Long.getLong("hostile.seed", System.nanoTime());
        System.out.println("GreedIT: repeat with -Dhostile.seed=" + seed);
        var random = new Random(seed);
        var names = new ArrayList<>(resources.keySet().stream().sorted().toList());
        for (int round = 0; round < Integer.getInteger("hostile.rounds", 3); round++) {
            greedy = Tenant.create(bus, admin, "greedy").client("client", "*");
            Collections.shuffle(names, random);
            var taken = names.subList(0, 1 + random.nextInt(5));
            for (var name : taken) {
                int size = 1 << random.nextInt(21);
                int number = 1 + random.nextInt(Math.clamp(ENOUGH / size, 10, 400));
                requireNonNull(resources.get(name)).take(size, number);
            }
            works(taken);
            for (var closing : open) {
                closing.close();
            }
            open.clear();
            admin.delete("/api/app/" + greedy.appId()).expect(200);
            bus.expectAlive();
        }
    }

    /// What the other tenant does all day.
    private void works(List<String> meanwhile) {
        try (var reader = RawClient.open(bus.port());
                var away = RawClient.open(bus.port());
                var publisher = RawClient.open(bus.port())) {
            reader.connect(login(other, Connect.v5("reader")));
            reader.subscribe(other.topic("ui/live"), 1);
            away.connect(persistent(other, "away"));
            away.subscribe(other.topic("ui/away"), 1);
            away.disconnect();
            publisher.connect(login(other, Connect.v5("publisher")));
            long[] messages =
                    IntStream.range(0, MESSAGES)
                            .mapToLong(i -> exchange(publisher, reader, i))
                            .toArray();
            publisher.publish(Publish.to(other.topic("ui/away"), new byte[10_000]).qos(1));
            publisher.publish(
                    Publish.to(other.topic("ui/kept"), new byte[10_000]).qos(1).retained());
            long[] calls = IntStream.range(0, CALLS).mapToLong(this::call).toArray();
            System.out.printf(
                    "GreedIT: beside %s: messages p50 %.1f ms, p99 %.1f ms; calls p50 %.1f ms, p99 %.1f ms%n",
                    meanwhile,
                    part(messages, 50),
                    part(messages, 99),
                    part(calls, 50),
                    part(calls, 99));
        }
        try (var back = RawClient.open(bus.port())) {
            back.connect(login(other, Connect.v5("away").unclean()));
            assertThat(back.expectPublish().payload()).hasSize(10_000);
        }
    }

    private static double part(long[] nanos, int percent) {
        Arrays.sort(nanos);
        return nanos[(nanos.length - 1) * percent / 100] / 1e6;
    }

    private long exchange(RawClient publisher, RawClient reader, int i) {
        long begin = System.nanoTime();
        publisher.publish(Publish.to(other.topic("ui/live"), "m" + i).qos(1));
        reader.acknowledge(reader.expectPublish("m" + i));
        return System.nanoTime() - begin;
    }

    private long call(int i) {
        long begin = System.nanoTime();
        var session = Map.of("appId", other.appId(), "sessionId", "s" + i);
        other.rest("client").post("/api/session", session).expect(201);
        other.rest("client").get("/api/session/s" + i).expect(200);
        return (System.nanoTime() - begin) / 2;
    }

    private static Connect login(Tenant tenant, Connect connect) {
        return connect.userName(tenant.token("client")).password("").keepAlive(0);
    }

    private static Connect persistent(Tenant tenant, String clientId) {
        return login(tenant, Connect.v5(clientId)).with(Property.SESSION_EXPIRY_INTERVAL, HOUR);
    }

    /// A client of the greedy one, or one that the bus does not let in.
    private RawClient client(Connect connect) {
        try {
            var socket = new Socket(InetAddress.getLoopbackAddress(), bus.port());
            var client = RawClient.over(socket);
            open.add(client);
            client.send(connect).expect(ConnAck.class);
            socket.setSoTimeout(PATIENCE_MILLIS);
            return client;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private RawClient client() {
        return client(login(greedy, Connect.v5("greedy" + clients++)));
    }

    /// Until it is refused: with an error, by silence or by the end of the connection.
    private static void asFarAsItGoes(int number, IntPredicate isTaken) {
        try {
            for (int i = 1; i <= number && isTaken.test(i); i++) {}
        } catch (AssertionError | UncheckedIOException _) {
            // Greed has met its limit.
        }
    }

    private boolean publishes(RawClient publisher, Publish message, int packetId) {
        return publisher.send(message.qos(1, packetId)).expect(Ack.class).reason() < ERROR;
    }

    private static String text(int size) {
        return "t".repeat(Math.min(size, LONGEST_TEXT));
    }

    private void queues(int size, int number) {
        var publisher = client();
        asFarAsItGoes(
                5,
                i -> {
                    var away = client(persistent(greedy, "absent" + i));
                    away.subscribe(greedy.topic("ui/queue/" + i), 1);
                    away.disconnect();
                    return true;
                });
        asFarAsItGoes(
                number,
                i -> {
                    var topic = greedy.topic("ui/queue/" + (1 + i % 5));
                    var message =
                            i % 2 == 0
                                    ? Publish.to(topic, new byte[Math.min(size, LARGEST)])
                                    : Publish.to(topic, "").user(text(size), text(size));
                    return publishes(publisher, message, i);
                });
    }

    private void inFlight(int size, int number) {
        var publisher = client();
        var readers = IntStream.range(0, 8).mapToObj(_ -> client()).toList();
        asFarAsItGoes(
                readers.size(),
                i -> readers.get(i - 1).subscribe(greedy.topic("ui/flight"), 1) != null);
        asFarAsItGoes(
                number,
                i ->
                        publishes(
                                publisher,
                                Publish.to(greedy.topic("ui/flight"), new byte[size]),
                                i));
    }

    private void unread(int size, int number) {
        var publisher = client();
        var readers = IntStream.range(0, 20).mapToObj(_ -> client()).toList();
        asFarAsItGoes(
                readers.size(),
                i -> readers.get(i - 1).subscribe(greedy.topic("ui/unread"), 0) != null);
        asFarAsItGoes(
                number,
                i ->
                        publishes(
                                publisher,
                                Publish.to(greedy.topic("ui/unread"), new byte[size]),
                                i));
    }

    private void retained(int size, int number) {
        var publisher = client();
        asFarAsItGoes(
                number,
                i -> {
                    var topic = greedy.topic("ui/kept/" + i);
                    return publishes(publisher, Publish.to(topic, new byte[size]).retained(), i);
                });
    }

    private void sessions(int size, int number) {
        asFarAsItGoes(
                Math.min(number, 200),
                i -> {
                    var away = client(persistent(greedy, i + text(size)));
                    away.disconnect();
                    return true;
                });
    }

    private void subscriptions(int size, int number) {
        var subscriber = client();
        asFarAsItGoes(
                number,
                i -> {
                    var filter = greedy.topic("ui/" + i + "/" + text(size));
                    var answer =
                            subscriber
                                    .send(Subscribe.subscribe(i).filter(filter, 0))
                                    .expect(SubAck.class);
                    return answer.reasons().getFirst() < ERROR;
                });
    }

    private void wills(int size, int number) {
        asFarAsItGoes(
                Math.min(number, 200),
                i -> {
                    var will = Publish.to(greedy.topic("ui/will"), text(size));
                    client(login(greedy, Connect.v5("dying" + i)).will(will)).expectNothing();
                    return true;
                });
    }

    private void aliases(int size, int number) {
        asFarAsItGoes(
                Math.min(number, 50),
                i -> {
                    var client = client();
                    for (int alias = 1; alias <= 64; alias++) {
                        var topic = greedy.topic("ui/" + i + "/" + alias + text(size));
                        client.send(Publish.to(topic, "").with(Property.TOPIC_ALIAS, alias));
                    }
                    client.expectNothing();
                    return true;
                });
    }

    private boolean calls(String path, Object body) {
        return greedy.rest("client").post(path, body).status() < 400;
    }

    private void records(int size, int number) {
        var kinds = List.of("/api/session", "/api/session/storage", "/api/xr/marker");
        for (var path : kinds) {
            var body =
                    Map.of(
                            "appId",
                            greedy.appId(),
                            "payload",
                            "p",
                            "data",
                            Map.of("x", text(size)));
            asFarAsItGoes(Math.min(number, 50), _ -> calls(path, body));
        }
    }

    private void monitoring(int size, int number) {
        var body =
                Map.of(
                        "appId",
                        greedy.appId(),
                        "sessionId",
                        "s",
                        "type",
                        "log",
                        "label",
                        text(size));
        asFarAsItGoes(Math.min(number, 50), _ -> calls("/api/platform/monitoring", body));
    }

    private void revocations(int size, int number) {
        asFarAsItGoes(
                Math.min(number, 50),
                i -> {
                    var id = i + "r".repeat(Math.min(size, 400));
                    var body = Map.of("appId", greedy.appId(), "type", "token", "tokenId", id);
                    return calls("/api/platform/revocation", body);
                });
    }

    private void modules(int size, int number) {
        asFarAsItGoes(
                Math.min(number, 20),
                i -> {
                    var topics =
                            IntStream.range(0, Math.clamp(size / 16, 1, 20))
                                    .mapToObj(n -> Map.of("resource", "m" + i, "scope", "s" + n))
                                    .toList();
                    var module =
                            Map.of(
                                    "moduleId", "m" + i,
                                    "supports", List.of("m" + i),
                                    "config", Map.of("topics", topics));
                    return calls("/api/platform/app/" + greedy.appId() + "/module", module);
                });
    }

    private void streams(int size, int number) {
        asFarAsItGoes(
                Math.min(number, 40),
                i -> {
                    var http = RawHttp.open(bus.port());
                    open.add(http);
                    http.send(
                            RawHttp.head(
                                    "GET /api/events/" + greedy.topic("ui/stream/" + i),
                                    "Authorization: Bearer " + greedy.token("client")));
                    return http.next(12)[9] == '2';
                });
    }

    private void refusals(int size, int number) {
        var publisher = client();
        asFarAsItGoes(
                number,
                i -> {
                    var topic = "app/none" + i + "/ui/" + text(size);
                    publisher.send(Publish.to(topic, "").qos(1, i)).expect(Ack.class);
                    return true;
                });
    }
}
