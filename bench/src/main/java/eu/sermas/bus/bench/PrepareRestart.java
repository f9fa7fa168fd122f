package eu.sermas.bus.bench;

import eu.sermas.bus.access.AccessRights;
import eu.sermas.bus.access.Login;
import eu.sermas.bus.access.Principal;
import eu.sermas.bus.broker.Broker;
import eu.sermas.bus.broker.Client;
import eu.sermas.bus.broker.DurabilityPolicy;
import eu.sermas.bus.broker.EventLoop;
import eu.sermas.bus.broker.Features;
import eu.sermas.bus.broker.Limits;
import eu.sermas.bus.broker.RightsWhileAway;
import eu.sermas.bus.broker.TokenCheck;
import eu.sermas.bus.journal.Saved;
import eu.sermas.bus.metrics.Metrics;
import eu.sermas.bus.packet.Connect;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.Property;
import eu.sermas.bus.packet.ProtocolVersion;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.Subscribe;
import eu.sermas.bus.packet.Subscription;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.store.rocksdb.RocksStore;
import eu.sermas.bus.time.BusClock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// Fills a data directory as a large installation would leave it when it is killed: persistent
/// sessions with three subscriptions each, and retained messages of 100 bytes. For `bench/restart`.
///
/// Arguments: the directory, the number of sessions, the number of retained messages.
public final class PrepareRestart {

    private static final int AT_ONCE = 10_000;

    private PrepareRestart() {}

    private record Loop(ScheduledExecutorService thread) implements EventLoop {
        @Override
        public void execute(Runnable task) {
            thread.execute(task);
        }

        @Override
        public void schedule(Runnable task, long delayMillis) {
            var _ = thread.schedule(task, delayMillis, TimeUnit.MILLISECONDS);
        }

        @Override
        public boolean inEventLoop() {
            return true;
        }
    }

    public static void main(String[] arguments) {
        Path directory = Path.of(arguments[0]);
        int sessions = Integer.parseInt(arguments[1]);
        int retained = Integer.parseInt(arguments[2]);
        Loop loop = new Loop(Executors.newSingleThreadScheduledExecutor());
        RocksStore store = RocksStore.open(directory);
        Broker broker =
                new Broker(
                        Limits.DEFAULT,
                        Features.DEFAULT,
                        TokenCheck.NONE,
                        List.of(loop),
                        BusClock.ofSystem(Saved.lastAlive(store)),
                        new Metrics(),
                        DurabilityPolicy.DEFAULT);
        broker.keepIn(store, _ -> RightsWhileAway.known(AccessRights.open()))
                .toCompletableFuture()
                .join();
        for (int i = 0; i < sessions; i++) {
            int number = i;
            loop.execute(() -> connect(broker, number));
        }
        publish(broker, retained);
        CompletableFuture.runAsync(() -> {}, loop::execute).join();
        broker.shutdown().toCompletableFuture().join();
        store.close();
        loop.thread.shutdownNow();
    }

    private static void connect(Broker broker, int number) {
        Principal anonymous =
                new Principal(
                        Principal.Kind.ANONYMOUS,
                        "anonymous",
                        Set.of(),
                        null,
                        null,
                        "anonymous",
                        Set.of());
        Properties properties =
                Properties.builder().add(Property.SESSION_EXPIRY_INTERVAL, 604_800L).build();
        Client client =
                broker.connect(
                        new Connect(
                                ProtocolVersion.MQTT_5,
                                "client-" + number,
                                false,
                                0,
                                null,
                                null,
                                null,
                                properties),
                        "client-" + number,
                        false,
                        new Login(anonymous, AccessRights.open(), Long.MAX_VALUE, ""),
                        new Sink());
        client.receive(
                new Subscribe(
                        1,
                        List.of(
                                filter("app/a" + number % 1000 + "/dialogue/messages/" + number),
                                filter("app/a" + number % 1000 + "/ui/+/" + number),
                                filter("app/a" + number % 1000 + "/session/#")),
                        Properties.NONE));
        client.connectionClosed();
    }

    private static Subscription filter(String text) {
        return Subscription.of(TopicFilter.of(text), QoS.AT_LEAST_ONCE);
    }

    private static void publish(Broker broker, int count) {
        byte[] payload = "x".repeat(100).getBytes(StandardCharsets.UTF_8);
        CompletableFuture<?>[] open = new CompletableFuture<?>[AT_ONCE];
        for (int i = 0; i < count; i++) {
            if (open[i % AT_ONCE] != null) {
                open[i % AT_ONCE].join();
            }
            Topic topic = Topic.of("app/r" + i % 1000 + "/state/" + i);
            Message message =
                    new Message(
                            topic,
                            payload,
                            QoS.AT_LEAST_ONCE,
                            true,
                            Properties.NONE,
                            Message.NEVER);
            open[i % AT_ONCE] = broker.publish(message).toCompletableFuture();
        }
        for (CompletableFuture<?> last : open) {
            if (last != null) {
                last.join();
            }
        }
    }
}
