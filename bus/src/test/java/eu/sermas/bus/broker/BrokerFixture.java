package eu.sermas.bus.broker;

import eu.sermas.bus.access.AccessRights;
import eu.sermas.bus.access.Login;
import eu.sermas.bus.access.Principal;
import eu.sermas.bus.journal.Saved;
import eu.sermas.bus.metrics.Metrics;
import eu.sermas.bus.packet.Connect;
import eu.sermas.bus.packet.Packet;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.Property;
import eu.sermas.bus.packet.ProtocolVersion;
import eu.sermas.bus.packet.PubAck;
import eu.sermas.bus.packet.Publish;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.Subscribe;
import eu.sermas.bus.packet.Subscription;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.packet.Will;
import eu.sermas.bus.session.QueueLimits;
import eu.sermas.bus.simulation.Gauges;
import eu.sermas.bus.simulation.SimulatedLoops;
import eu.sermas.bus.simulation.SimulatedStore;
import eu.sermas.bus.time.BusClock;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// A broker on simulated loops, and clients of it.
final class BrokerFixture {

    static final long SESSION_LIFETIME = 3600;

    final Metrics metrics = new Metrics();
    final SimulatedLoops loops;
    Broker broker;

    /// Where the broker is kept beyond the process, or null.
    private @Nullable SimulatedStore store;

    private final Limits limits;
    private final Features features;
    private final TokenCheck tokens;
    private DurabilityPolicy durability = DurabilityPolicy.DEFAULT;

    /// What the next process knows of those who are away.
    RightsWhileAway rightsWhileAway = RightsWhileAway.known(RIGHTS);

    /// A broker whose sessions outlive it.
    static BrokerFixture durable(
            int loopCount, Limits limits, DurabilityPolicy durability, SimulatedStore store) {
        return durable(loopCount, limits, durability, store, 1);
    }

    /// @param seed of the order in which the loops run
    static BrokerFixture durable(
            int loopCount,
            Limits limits,
            DurabilityPolicy durability,
            SimulatedStore store,
            long seed) {
        BrokerFixture made = new BrokerFixture(loopCount, limits, seed);
        made.durability = durability;
        made.store = store;
        made.loops.disk(store::step);
        made.restart();
        return made;
    }

    /// Small ones, with these for queues.
    static Limits limits(QueueLimits queue, long held) {
        return limits(queue, new MemoryLimits(held, 1 << 20, 1 << 20, 1 << 20, 1));
    }

    static Limits limits(QueueLimits queue, MemoryLimits memory) {
        return new Limits(1024, 100, 100, 10, 10, 10, queue, memory, 3600, 3600);
    }

    /// Queues of so many messages.
    static QueueLimits queue(int maxMessages) {
        return new QueueLimits(maxMessages, 1 << 20, 1 << 20, false, false);
    }

    /// The process is killed, and another one goes on.
    void kill() {
        loops.crash();
        if (store != null) {
            store.crash(false);
        }
        restart();
    }

    private void restart() {
        broker = broker();
        if (store != null) {
            CompletableFuture<Void> started =
                    broker.keepIn(store, _ -> rightsWhileAway).toCompletableFuture();
            loops.settle();
            started.join();
        }
    }

    BrokerFixture(int loopCount) {
        this(loopCount, Limits.DEFAULT, 1);
    }

    BrokerFixture(int loopCount, Limits limits, long seed) {
        this(loopCount, limits, Features.DEFAULT, TokenCheck.NONE, seed);
    }

    BrokerFixture(int loopCount, Limits limits, Features features, TokenCheck tokens, long seed) {
        loops = new SimulatedLoops(loopCount, seed);
        this.limits = limits;
        this.features = features;
        this.tokens = tokens;
        broker = broker();
    }

    private Broker broker() {
        BusClock clock =
                BusClock.of(loops::wall, loops::now, store == null ? null : Saved.lastAlive(store));
        return new Broker(limits, features, tokens, loops.loops(), clock, metrics, durability);
    }

    /// Rights to everything but what begins with `denied`.
    static final AccessRights RIGHTS = MadeUpRights.without("denied");

    static Login login(String principalId, AccessRights rights, long expiresAt) {
        Principal principal =
                new Principal(
                        Principal.Kind.CLIENT,
                        principalId,
                        Set.of("a"),
                        principalId,
                        null,
                        principalId,
                        Set.of());
        return new Login(principal, rights, expiresAt, "");
    }

    /// The number that the metrics show, for example for `held_bytes`.
    long gauge(String name) {
        return Gauges.read(metrics, name);
    }

    /// One simulated client.
    final class Peer {
        final RecordedConnection connection;
        final int loop;
        private final Client[] client = new Client[1];

        Peer(Connect connect, Login login) {
            connection = new RecordedConnection(connect.version());
            loop = broker.ownerOf(login.principal(), connect.clientId());
            loops.on(
                    loop,
                    () ->
                            client[0] =
                                    broker.connect(
                                            connect, connect.clientId(), false, login, connection));
        }

        Peer send(Packet packet) {
            loops.on(loop, () -> client[0].receive(packet));
            return this;
        }

        /// Whether the connection gets so many bytes for what it remembers.
        boolean remembers(long bytes) {
            boolean[] taken = new boolean[1];
            loops.on(loop, () -> taken[0] = client[0].memory().take(bytes));
            return taken[0];
        }

        /// Sends a packet that is received when the turn of its loop comes.
        void sendLater(Packet packet) {
            loops.later(loop, () -> client[0].receive(packet));
        }

        /// Whether the head of a message is refused already.
        boolean refuses(Publish head) {
            boolean[] refused = new boolean[1];
            loops.on(loop, () -> refused[0] = client[0].refuses(head));
            return refused[0];
        }

        Peer subscribe(String filter, QoS qos) {
            return send(
                    new Subscribe(
                            1,
                            List.of(Subscription.of(TopicFilter.of(filter), qos)),
                            Properties.NONE));
        }

        Peer publish(String topic, String payload, QoS qos, int packetId) {
            return publish(topic, payload, qos, packetId, false, Properties.NONE);
        }

        Peer publish(
                String topic,
                String payload,
                QoS qos,
                int packetId,
                boolean retain,
                Properties properties) {
            return send(message(topic, payload, qos, packetId, retain, properties));
        }

        Peer ack(int packetId) {
            return send(PubAck.success(packetId));
        }

        /// The network fails.
        Peer drop() {
            loops.on(loop, () -> client[0].connectionClosed());
            return this;
        }

        /// Sends a packet, and then does something in the same turn of its loop, before what the
        /// loop has for others is handed over.
        Peer sendAndThen(Packet packet, Runnable then) {
            loops.on(
                    loop,
                    () -> {
                        client[0].receive(packet);
                        then.run();
                    });
            return this;
        }

        /// A packet comes in the turn that its loop has at this moment.
        void receive(Packet packet) {
            client[0].receive(packet);
        }

        /// The network fails as soon as the loop of this client comes to it.
        void dropLater() {
            loops.later(loop, () -> client[0].connectionClosed());
        }

        Peer writable(boolean now) {
            connection.writable(now);
            if (now) {
                loops.on(loop, () -> client[0].writable());
            }
            return this;
        }
    }

    static Publish message(String topic, String payload, QoS qos, int packetId) {
        return message(topic, payload, qos, packetId, false, Properties.NONE);
    }

    private static Publish message(
            String topic,
            String payload,
            QoS qos,
            int packetId,
            boolean retain,
            Properties properties) {
        return new Publish(
                Topic.of(topic),
                payload.getBytes(StandardCharsets.UTF_8),
                qos,
                retain,
                false,
                packetId,
                properties);
    }

    /// A client identifier whose session this loop owns.
    ///
    /// @param prefix of those that are tried
    String idOn(int loop, String prefix) {
        Principal principal = login("p", RIGHTS, Long.MAX_VALUE).principal();
        int number = 0;
        while (broker.ownerOf(principal, prefix + number) != loop) {
            number++;
        }
        return prefix + number;
    }

    Peer connect(String clientId) {
        return connect(clientId, true, 0, null);
    }

    /// A client whose session outlives its connections.
    Peer persistent(String clientId) {
        return connect(clientId, false, SESSION_LIFETIME, null);
    }

    /// The same of one that takes so many messages at a time.
    Peer persistent(String clientId, int receiveMaximum) {
        return persistent(clientId, receiveMaximum, RIGHTS);
    }

    Peer persistent(String clientId, int receiveMaximum, AccessRights rights) {
        Properties properties =
                Properties.builder()
                        .add(Property.SESSION_EXPIRY_INTERVAL, SESSION_LIFETIME)
                        .add(Property.RECEIVE_MAXIMUM, receiveMaximum)
                        .build();
        return connect(
                new Connect(
                        ProtocolVersion.MQTT_5, clientId, false, 0, null, null, null, properties),
                login("p", rights, Long.MAX_VALUE));
    }

    Peer connect(String clientId, boolean cleanStart, long expiry, @Nullable Will will) {
        return connect(
                connectPacket(ProtocolVersion.MQTT_5, clientId, cleanStart, expiry, will),
                login("p", RIGHTS, Long.MAX_VALUE));
    }

    /// Why this client may not connect now, asked on its owner loop.
    @Nullable Violation refusal(Connect connect, Login login) {
        AtomicReference<@Nullable Violation> refusal = new AtomicReference<>();
        loops.on(
                broker.ownerOf(login.principal(), connect.clientId()),
                () -> refusal.set(broker.refusal(connect, login, connect.clientId())));
        return refusal.get();
    }

    Peer connect(Connect connect, Login login) {
        return new Peer(connect, login);
    }

    static Connect connectPacket(
            ProtocolVersion version,
            String clientId,
            boolean cleanStart,
            long expiry,
            @Nullable Will will) {
        Properties properties =
                expiry == 0
                        ? Properties.NONE
                        : Properties.builder()
                                .add(Property.SESSION_EXPIRY_INTERVAL, expiry)
                                .build();
        return new Connect(version, clientId, cleanStart, 0, will, null, null, properties);
    }

    static Will will(String topic, String payload, long delay) {
        Properties properties =
                delay == 0
                        ? Properties.NONE
                        : Properties.builder().add(Property.WILL_DELAY_INTERVAL, delay).build();
        return new Will(
                Topic.of(topic),
                payload.getBytes(StandardCharsets.UTF_8),
                QoS.AT_LEAST_ONCE,
                false,
                properties);
    }
}
