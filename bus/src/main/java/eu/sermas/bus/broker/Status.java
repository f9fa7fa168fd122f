package eu.sermas.bus.broker;

import eu.sermas.bus.metrics.Count;
import eu.sermas.bus.metrics.Metrics;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.Topic;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// Tells operators about the broker on the topics that other brokers use too, `$SYS/broker/...`, as
/// retained messages. Only system clients and administrators may read them.
///
/// The names and their meaning are those of Mosquitto, which its exporters know. What it counts and
/// this broker does not is left out: bytes of PUBLISH alone, and how many messages are stored.
final class Status {

    private static final double MINUTE = 60_000;

    /// How much of something happens in a minute, as an average that older minutes count less and
    /// less in.
    private static final class Load {

        private static final int[] MINUTES = {1, 5, 15};

        private final LongSupplier count;
        private final double[] averages = new double[MINUTES.length];
        private long counted;
        private long countedAt;

        Load(LongSupplier count, long now) {
            this.count = count;
            this.counted = count.getAsLong();
            this.countedAt = now;
        }

        void look(long now) {
            long passed = now - countedAt;
            if (passed <= 0) {
                return;
            }
            long sum = count.getAsLong();
            double inMinute = (sum - counted) * MINUTE / passed;
            for (int i = 0; i < MINUTES.length; i++) {
                double old = Math.exp(-passed / (MINUTES[i] * MINUTE));
                averages[i] = inMinute + old * (averages[i] - inMinute);
            }
            counted = sum;
            countedAt = now;
        }
    }

    private final List<Load> loads = new ArrayList<>();
    private final Map<Topic, Supplier<Object>> values = new LinkedHashMap<>();
    private final Router router;
    private final Shard shard;
    private final long intervalMillis;
    private final long startedAt;
    private int mostClients;

    /// @param interval seconds between two updates
    Status(Broker broker, Metrics metrics, String version, Shard shard, int interval) {
        this.router = broker.router();
        this.shard = shard;
        this.intervalMillis = interval * 1000L;
        this.startedAt = shard.now();
        value("version", () -> "sermas-bus " + version);
        value("uptime", () -> (shard.now() - startedAt) / 1000 + " seconds");
        value("clients/connected", broker::connectedClients);
        value("clients/active", broker::connectedClients);
        value("clients/disconnected", () -> broker.sessionCount() - broker.connectedClients());
        value("clients/inactive", () -> broker.sessionCount() - broker.connectedClients());
        value("clients/total", broker::sessionCount);
        value("clients/maximum", () -> mostClients(broker.connectedClients()));
        value("subscriptions/count", () -> router.subscriptions().size());
        value("retained messages/count", () -> router.retained().size());
        count("messages/received", metrics, Count.PACKETS_RECEIVED);
        count("messages/sent", metrics, Count.PACKETS_SENT);
        count("publish/messages/received", metrics, Count.MESSAGES_RECEIVED);
        count("publish/messages/sent", metrics, Count.MESSAGES_DELIVERED);
        count("publish/messages/dropped", metrics, Count.MESSAGES_DROPPED);
        count("bytes/received", metrics, Count.BYTES_RECEIVED);
        count("bytes/sent", metrics, Count.BYTES_SENT);
        value("store/messages/bytes", () -> router.retained().bytes() + broker.queuedBytes());
        value("heap/current", Status::heap);
        load("messages/received", () -> metrics.value(Count.PACKETS_RECEIVED));
        load("messages/sent", () -> metrics.value(Count.PACKETS_SENT));
        load("publish/received", () -> metrics.value(Count.MESSAGES_RECEIVED));
        load("publish/sent", () -> metrics.value(Count.MESSAGES_DELIVERED));
        load("publish/dropped", () -> metrics.value(Count.MESSAGES_DROPPED));
        load("bytes/received", () -> metrics.value(Count.BYTES_RECEIVED));
        load("bytes/sent", () -> metrics.value(Count.BYTES_SENT));
        LongSupplier connections =
                () ->
                        metrics.value(Count.CONNECTIONS_ACCEPTED)
                                + metrics.value(Count.CONNECTIONS_REFUSED);
        load("connections", connections);
        load("sockets", () -> connections.getAsLong() + metrics.value(Count.CONNECTIONS_DROPPED));
    }

    /// As far as anybody has looked.
    private int mostClients(int now) {
        mostClients = Math.max(mostClients, now);
        return mostClients;
    }

    private static long heap() {
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    private void load(String name, LongSupplier count) {
        Load load = new Load(count, startedAt);
        loads.add(load);
        for (int i = 0; i < Load.MINUTES.length; i++) {
            int which = i;
            value(
                    "load/" + name + "/" + Load.MINUTES[i] + "min",
                    () -> String.format(Locale.ROOT, "%.2f", load.averages[which]));
        }
    }

    private void value(String name, Supplier<Object> value) {
        values.put(Topic.of("$SYS/broker/" + name), value);
    }

    private void count(String name, Metrics metrics, Count count) {
        value(name, () -> metrics.value(count));
    }

    void start() {
        shard.loop().execute(this::publish);
    }

    private void publish() {
        loads.forEach(load -> load.look(shard.now()));
        values.forEach(
                (topic, value) -> {
                    byte[] payload = String.valueOf(value.get()).getBytes(StandardCharsets.UTF_8);
                    Message message =
                            new Message(
                                    topic,
                                    payload,
                                    QoS.AT_MOST_ONCE,
                                    true,
                                    Properties.NONE,
                                    Message.NEVER);
                    router.publish(shard, message, null, null);
                });
        shard.needsEndOfTurn();
        shard.deadlines().add(shard.now() + intervalMillis, this::publish);
    }
}
