package eu.sermas.bus.broker;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.metrics.Traffic;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.Packet;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.ProtocolVersion;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.packet.Subscribe;
import eu.sermas.bus.packet.Subscription;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.packet.Will;
import eu.sermas.bus.session.Connection;
import eu.sermas.bus.session.QueueLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What the broker counts of each kind of content, beside what the heap says that it takes: at
/// least nine tenths, so that limits hold, and at most two and a half times as much, so that they
/// allow what they say. `docs/decisions.md` states these factors.
@Tag("heap")
class AccountingTest {

    private static final double AT_LEAST = 0.9;
    private static final double AT_MOST = 2.5;
    private static final long PLENTY = 1L << 34;
    private static final String LONG_LEVEL = "a-level-with-some-more-letters/";

    private final BrokerFixture bus =
            new BrokerFixture(
                    1,
                    new Limits(
                            16 << 20,
                            65_535,
                            100,
                            10,
                            100,
                            1_000,
                            new QueueLimits(1_000_000, PLENTY, PLENTY, false, false),
                            new MemoryLimits(PLENTY, PLENTY, PLENTY, 0, 1),
                            3600,
                            3600),
                    1);
    private final List<Client> connected = new ArrayList<>();

    private long counted() {
        return bus.gauge("held_bytes") + bus.gauge("sessions_bytes") + bus.gauge("retained_bytes");
    }

    private void isCounted(String what, Runnable filling) {
        long countedBefore = counted();
        long heapBefore = Heap.used();
        filling.run();
        bus.loops.settle();
        long heap = Heap.used() - heapBefore;
        long counted = counted() - countedBefore;
        assertThat((double) counted / heap)
                .as("%s: %,d bytes are counted of %,d", what, counted, heap)
                .isBetween(AT_LEAST, AT_MOST);
    }

    /// Takes everything and keeps nothing.
    private static final class Nowhere implements Connection {

        private final Traffic traffic = new Traffic();

        @Override
        public Traffic traffic() {
            return traffic;
        }

        @Override
        public ProtocolVersion version() {
            return ProtocolVersion.MQTT_5;
        }

        @Override
        public void send(Packet packet) {}

        @Override
        public boolean deliver(
                Message message,
                QoS qos,
                boolean retain,
                boolean dup,
                int packetId,
                int[] subscriptionIds,
                long now) {
            return true;
        }

        @Override
        public boolean isWritable() {
            return true;
        }

        @Override
        public void close(ReasonCode reason, @Nullable String reasonString) {}
    }

    private void connect(String clientId, @Nullable Will will, List<String> filters) {
        bus.loops.on(
                0,
                () -> {
                    Client client =
                            bus.broker.connect(
                                    BrokerFixture.connectPacket(
                                            ProtocolVersion.MQTT_5, clientId, false, 3600, will),
                                    clientId,
                                    false,
                                    BrokerFixture.login("p", BrokerFixture.RIGHTS, Long.MAX_VALUE),
                                    new Nowhere());
                    if (!filters.isEmpty()) {
                        client.receive(
                                new Subscribe(
                                        1,
                                        filters.stream()
                                                .map(TopicFilter::of)
                                                .map(it -> Subscription.of(it, QoS.EXACTLY_ONCE))
                                                .toList(),
                                        Properties.NONE));
                    }
                    connected.add(client);
                });
    }

    private void leave() {
        bus.loops.on(0, () -> connected.forEach(Client::connectionClosed));
        connected.clear();
    }

    private void absent(int sessions, List<String> filters) {
        for (int i = 0; i < sessions; i++) {
            connect("absent" + i, null, filters);
        }
        leave();
    }

    private void publish(Message message) {
        var _ = bus.broker.publish(message);
        bus.loops.settle();
    }

    private void publish(int messages, int payload, Properties properties) {
        for (int i = 0; i < messages; i++) {
            publish(
                    new Message(
                            Topic.of("app/t/some/topic/of/five/" + i),
                            new byte[payload],
                            QoS.AT_LEAST_ONCE,
                            false,
                            properties,
                            Message.NEVER));
        }
    }

    private static Properties userProperties(int index) {
        Properties.Builder properties = Properties.builder();
        for (int i = 0; i < 10; i++) {
            properties.user("a name " + i + "/" + index, "a value of some length " + i + index);
        }
        return properties.build();
    }

    @Test
    void smallMessagesThatWait() {
        absent(1, List.of("app/#"));
        isCounted("small, of many topics", () -> publish(40_000, 64, Properties.NONE));
        Topic topic = Topic.of("app/t/the/same/topic/for/all");
        isCounted(
                "small, of one topic",
                () ->
                        IntStream.range(0, 60_000)
                                .forEach(
                                        _ ->
                                                publish(
                                                        Message.of(
                                                                topic,
                                                                new byte[64],
                                                                QoS.AT_LEAST_ONCE))));
    }

    @Test
    void largeMessagesThatWait() {
        absent(1, List.of("app/#"));
        isCounted("large", () -> publish(60, 1 << 20, Properties.NONE));
    }

    @Test
    void messagesThatAreNothingButProperties() {
        absent(1, List.of("app/#"));
        isCounted(
                "properties",
                () -> IntStream.range(0, 10_000).forEach(i -> publish(1, 0, userProperties(i))));
    }

    @Test
    void topicsOfNothingButLevels() {
        absent(1, List.of("app/#"));
        isCounted(
                "levels",
                () ->
                        IntStream.range(0, 20)
                                .forEach(
                                        i ->
                                                publish(
                                                        Message.of(
                                                                Topic.of(
                                                                        "app/t/"
                                                                                + i
                                                                                + "/b"
                                                                                        .repeat(
                                                                                                30_000)),
                                                                new byte[0],
                                                                QoS.AT_LEAST_ONCE))));
    }

    @Test
    void aMessageForManyIsThereOnce() {
        absent(5, List.of("app/#"));
        isCounted("large, for five", () -> publish(30, 1 << 20, Properties.NONE));
    }

    @Test
    void messagesInFlight() {
        connect("never acknowledges", null, List.of("app/#"));
        isCounted("in flight", () -> publish(40_000, 200, Properties.NONE));
    }

    @Test
    void retainedMessages() {
        isCounted(
                "retained",
                () ->
                        IntStream.range(0, 40_000)
                                .forEach(
                                        i ->
                                                publish(
                                                        new Message(
                                                                Topic.of("app/t/retained/at/" + i),
                                                                new byte[100],
                                                                QoS.AT_LEAST_ONCE,
                                                                true,
                                                                Properties.NONE,
                                                                Message.NEVER))));
    }

    @Test
    void sessionsWithNothing() {
        isCounted("absent", () -> absent(20_000, List.of()));
    }

    @Test
    void sessionsWithAClient() {
        isCounted(
                "connected",
                () -> IntStream.range(0, 10_000).forEach(i -> connect("c" + i, null, List.of())));
    }

    @Test
    void sessionsWithFilters() {
        isCounted(
                "filters",
                () ->
                        IntStream.range(0, 300)
                                .forEach(
                                        session -> {
                                            connect(
                                                    "s" + session,
                                                    null,
                                                    IntStream.range(0, 100)
                                                            .mapToObj(i -> filter(session, i))
                                                            .toList());
                                            leave();
                                        }));
    }

    private static String filter(int session, int number) {
        return "app/t/" + session + "/" + number + "/" + LONG_LEVEL.repeat(number % 7) + "+/x/#";
    }

    @Test
    void wills() {
        isCounted(
                "wills",
                () ->
                        IntStream.range(0, 400)
                                .forEach(
                                        i ->
                                                connect(
                                                        "s" + i,
                                                        new Will(
                                                                Topic.of("app/t/will/" + i),
                                                                new byte[60_000],
                                                                QoS.AT_LEAST_ONCE,
                                                                false,
                                                                userProperties(i)),
                                                        List.of())));
    }

    @Test
    void nothingIsCountedWhenNobodyIsThere() {
        absent(20, List.of("app/#", "$share/g/app/+/x"));
        connect("reads", BrokerFixture.will("app/t/will", "gone", 60), List.of("app/t/#"));
        publish(200, 5_000, userProperties(1));
        assertThat(counted()).isGreaterThan(200 * 5_000);

        leave();
        bus.loops.advance(3_700_000);
        assertThat(counted()).isZero();
        assertThat(bus.gauge("queued_bytes")).isZero();
        assertThat(bus.gauge("inflight_bytes")).isZero();
        assertThat(bus.gauge("sessions")).isZero();
    }
}
