package eu.sermas.bus.broker;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.access.Login;
import eu.sermas.bus.broker.live.Page;
import eu.sermas.bus.broker.live.Reached;
import eu.sermas.bus.broker.live.RetainedRow;
import eu.sermas.bus.broker.live.SessionDetails;
import eu.sermas.bus.broker.live.SessionId;
import eu.sermas.bus.broker.live.SessionQuery;
import eu.sermas.bus.broker.live.SessionRow;
import eu.sermas.bus.broker.live.TopicPlace;
import eu.sermas.bus.metrics.Metrics;
import eu.sermas.bus.packet.Connect;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.ProtocolVersion;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.packet.Subscribe;
import eu.sermas.bus.packet.Subscription;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.rest.OneLoop;
import eu.sermas.bus.time.BusClock;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What people see of a broker on three loops, and what they do to one session of it.
@Timeout(60)
class LiveTest {

    private static final SessionQuery ALL = query(null, null, null, null);

    /// Counts what it is asked to do.
    private static final class CountingLoop implements EventLoop, AutoCloseable {

        private final OneLoop loop = new OneLoop();
        private final AtomicInteger turns = new AtomicInteger();

        @Override
        public void execute(Runnable task) {
            turns.incrementAndGet();
            loop.execute(task);
        }

        @Override
        public void schedule(Runnable task, long delayMillis) {
            loop.schedule(task, delayMillis);
        }

        @Override
        public boolean inEventLoop() {
            return loop.inEventLoop();
        }

        @Override
        public void close() {
            loop.close();
        }
    }

    private final List<CountingLoop> loops = Stream.generate(CountingLoop::new).limit(3).toList();
    private final Broker broker =
            new Broker(
                    Limits.DEFAULT,
                    Features.DEFAULT,
                    TokenCheck.NONE,
                    loops,
                    BusClock.ofSystem(null),
                    new Metrics(),
                    DurabilityPolicy.DEFAULT);
    private final Live live = broker.live();

    @AfterEach
    void stop() {
        loops.forEach(CountingLoop::close);
    }

    private static SessionQuery query(
            @Nullable String principal,
            @Nullable String clientId,
            @Nullable String search,
            @Nullable Boolean connected) {
        return new SessionQuery(null, principal, clientId, search, connected, null, (_, _) -> true);
    }

    private record Peer(Client client, RecordedConnection connection, int loop) {}

    private Peer connect(String clientId, ProtocolVersion version, long expiry) {
        Login login = BrokerFixture.login("p", BrokerFixture.RIGHTS, Long.MAX_VALUE);
        Connect connect = BrokerFixture.connectPacket(version, clientId, false, expiry, null);
        RecordedConnection connection = new RecordedConnection(version);
        int loop = broker.ownerOf(login.principal(), clientId);
        return on(
                loop,
                () ->
                        new Peer(
                                broker.connect(connect, clientId, false, login, connection),
                                connection,
                                loop));
    }

    private Peer connect(String clientId) {
        return connect(clientId, ProtocolVersion.MQTT_5, 3600);
    }

    private <T> T on(int loop, Supplier<T> task) {
        return CompletableFuture.supplyAsync(task, loops.get(loop)::execute).join();
    }

    private void leave(Peer peer) {
        var _ =
                on(
                        peer.loop,
                        () -> {
                            peer.client.connectionClosed();
                            return true;
                        });
    }

    private void subscribe(Peer peer, String filter, QoS qos) {
        var _ =
                on(
                        peer.loop,
                        () -> {
                            List<Subscription> one =
                                    List.of(Subscription.of(TopicFilter.of(filter), qos));
                            peer.client.receive(new Subscribe(1, one, Properties.NONE));
                            return true;
                        });
    }

    private void publish(String topic, String payload, boolean retain) {
        Message message =
                new Message(
                        Topic.of(topic),
                        payload.getBytes(StandardCharsets.UTF_8),
                        QoS.AT_LEAST_ONCE,
                        retain,
                        Properties.NONE,
                        Message.NEVER);
        broker.publish(message).toCompletableFuture().join();
    }

    private List<String> clientIds(SessionQuery query) {
        return live.sessions(query, null, 1000).items().stream().map(SessionRow::clientId).toList();
    }

    private SessionRow row(String clientId) {
        return live.sessions(query(null, clientId, null, null), null, 10).items().getFirst();
    }

    @Test
    void pagesHaveWhoIsThereAllTheTimeOnce() {
        List<Peer> stay = IntStream.range(0, 700).mapToObj(i -> connect("stay" + i)).toList();
        List<Peer> go =
                IntStream.range(0, 300)
                        .mapToObj(i -> connect("go" + i, ProtocolVersion.MQTT_5, 0))
                        .toList();
        List<String> found = new ArrayList<>();
        SessionId next = null;
        int pages = 0;
        do {
            Page<SessionRow, SessionId> page = live.sessions(ALL, next, 100);
            page.items().forEach(row -> found.add(row.clientId()));
            next = page.next();
            go.subList(30 * pages, 30 * pages + 30).forEach(this::leave);
            connect("late" + pages++);
        } while (next != null);
        assertThat(found.stream().filter(id -> id.startsWith("stay")))
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, stay.size()).mapToObj(i -> "stay" + i).toList());
        assertThat(new HashSet<>(found)).hasSameSizeAs(found);
    }

    /// Of many sessions, none of which is asked for.
    @Test
    void noTurnLooksAtMoreThanAThousand() {
        for (int i = 0; i < 7_000; i++) {
            connect("c" + i);
        }
        int before = loops.stream().mapToInt(loop -> loop.turns.get()).sum();
        assertThat(live.sessions(query("nobody", null, null, null), null, 10))
                .isEqualTo(new Page<>(List.of(), null));
        assertThat(loops.stream().mapToInt(loop -> loop.turns.get()).sum() - before)
                .isGreaterThanOrEqualTo(7);
    }

    /// Two with names of 60,000 characters are as much as a turn does.
    @Test
    void longNamesTakeTurnsToo() {
        for (int i = 0; i < 60; i++) {
            connect("x".repeat(60_000) + i);
        }
        int before = loops.stream().mapToInt(loop -> loop.turns.get()).sum();
        live.sessions(query("nobody", null, null, null), null, 10);
        assertThat(loops.stream().mapToInt(loop -> loop.turns.get()).sum() - before)
                .isGreaterThanOrEqualTo(30);
    }

    @Test
    void sessionsAreFoundByWhatIsKnownOfThem() {
        Peer here = connect("Kiosk-1");
        Peer away = connect("robot-1");
        leave(away);
        assertThat(clientIds(query(null, "Kiosk-1", null, null))).containsExactly("Kiosk-1");
        assertThat(clientIds(query(null, null, "kiosk", null))).containsExactly("Kiosk-1");
        assertThat(clientIds(query(null, null, null, false))).containsExactly("robot-1");
        assertThat(clientIds(query(null, null, null, true))).containsExactly("Kiosk-1");
        assertThat(clientIds(query("p", null, null, null)))
                .containsExactlyInAnyOrder("Kiosk-1", "robot-1");
        assertThat(clientIds(query("q", null, null, null))).isEmpty();
        assertThat(clientIds(new SessionQuery("a", null, null, null, null, null, (_, _) -> false)))
                .isEmpty();
        assertThat(clientIds(new SessionQuery("b", null, null, null, null, null, (_, _) -> true)))
                .isEmpty();
        assertThat(here.connection.closedWith()).isNull();
    }

    @Test
    void aRowSaysWhatWaitsAndWhatIsUnderWay() {
        Peer peer = connect("c");
        subscribe(peer, "t/#", QoS.AT_LEAST_ONCE);
        publish("t/1", "one", false);
        SessionRow connected = row("c");
        assertThat(connected.inFlight()).isEqualTo(1);
        assertThat(connected.subscriptions()).isEqualTo(1);
        assertThat(Objects.requireNonNull(connected.connection()).version()).isEqualTo("5");
        leave(peer);
        publish("t/2", "two", false);
        SessionRow absent = row("c");
        assertThat(absent.id()).isEqualTo(connected.id());
        assertThat(absent.connection()).isNull();
        assertThat(absent.queued()).isEqualTo(1);
        assertThat(absent.queuedBytes()).isPositive();
        assertThat(absent.expiresAt()).isEqualTo(absent.since() + 3_600_000);
        SessionDetails details = Objects.requireNonNull(live.session(absent.id(), (_, _) -> true));
        assertThat(details.subscriptions())
                .extracting(held -> held.filter().text())
                .containsExactly("t/#");
        assertThat(live.session(absent.id(), (_, _) -> false)).isNull();
    }

    @Test
    void anEndedConnectionLeavesItsSession() {
        Peer peer = connect("c");
        SessionId id = row("c").id();
        assertThat(live.endConnection(id, ReasonCode.ADMINISTRATIVE_ACTION, "why")).isTrue();
        assertThat(peer.connection.closedWith()).isEqualTo(ReasonCode.ADMINISTRATIVE_ACTION);
        assertThat(row("c").connection()).isNull();
        assertThat(live.endConnection(id, ReasonCode.ADMINISTRATIVE_ACTION, "why")).isFalse();
    }

    @Test
    void anEndedSessionIsGoneAndSoIsItsName() {
        Peer peer = connect("c");
        subscribe(peer, "t/#", QoS.AT_LEAST_ONCE);
        SessionId id = row("c").id();
        assertThat(live.endSession(id, ReasonCode.ADMINISTRATIVE_ACTION, "why")).isTrue();
        assertThat(peer.connection.closedWith()).isEqualTo(ReasonCode.ADMINISTRATIVE_ACTION);
        assertThat(clientIds(ALL)).isEmpty();
        connect("c");
        assertThat(live.session(id, (_, _) -> true)).isNull();
        assertThat(live.endSession(id, ReasonCode.ADMINISTRATIVE_ACTION, "why")).isFalse();
        assertThat(row("c").subscriptions()).isZero();
        assertThat(row("c").id()).isNotEqualTo(id);
    }

    @Test
    void aTopicReachesWhoHasAFilterForIt() {
        for (int i = 0; i < 20; i++) {
            Peer peer = connect("c" + i);
            subscribe(peer, "a/+/c", QoS.AT_MOST_ONCE);
            subscribe(peer, "$share/g/a/#", QoS.AT_LEAST_ONCE);
            subscribe(peer, "a/x/c", QoS.EXACTLY_ONCE);
        }
        Set<String> found = new HashSet<>();
        SessionId next = null;
        do {
            Page<Reached, SessionId> page = live.reached(Topic.of("a/b/c"), ALL, next, 3);
            assertThat(page.items()).hasSizeBetween(1, 3);
            for (Reached reached : page.items()) {
                assertThat(found.add(reached.session().clientId())).isTrue();
                assertThat(reached.subscriptions()).isEqualTo(2);
                assertThat(reached.matching())
                        .extracting(matching -> matching.filter().text())
                        .containsExactlyInAnyOrder("a/+/c", "$share/g/a/#");
            }
            next = page.next();
        } while (next != null);
        assertThat(found).hasSize(20);
        assertThat(live.reached(Topic.of("b"), ALL, null, 3).items()).isEmpty();
    }

    @Test
    void retainedMessagesComeInTheOrderOfTheirTopics() {
        String longName = "r/" + "y".repeat(300);
        List<String> topics = new ArrayList<>();
        for (int i = 10; i < 40; i++) {
            topics.add("r/" + i);
            topics.add(longName + i);
        }
        topics.forEach(topic -> publish(topic, topic, true));
        publish("elsewhere", "x", true);
        List<String> found = new ArrayList<>();
        TopicPlace next = null;
        do {
            Page<RetainedRow, TopicPlace> page = live.retained(TopicFilter.of("r/#"), next, 7);
            page.items().forEach(row -> found.add(row.message().topic().name()));
            next = page.next() == null ? null : TopicPlace.parse(page.next().toString());
        } while (next != null);
        assertThat(found).containsExactlyInAnyOrderElementsOf(topics);
        assertThat(found.subList(0, 30)).isSorted().allMatch(topic -> topic.length() < 10);
    }

    @Test
    void aRetainedMessageIsRemovedWithoutAWord() {
        publish("r/1", "x", true);
        Peer peer = connect("c");
        subscribe(peer, "r/2", QoS.AT_MOST_ONCE);
        publish("r/2", "y", true);
        assertThat(live.removeRetained(Topic.of("r/2"))).isTrue();
        assertThat(live.removeRetained(Topic.of("r/2"))).isFalse();
        assertThat(live.retained(Topic.of("r/2"))).isNull();
        assertThat(live.retained(Topic.of("r/1"))).isNotNull();
        assertThat(on(peer.loop, () -> peer.connection.payloads())).containsExactly("y");
    }
}
