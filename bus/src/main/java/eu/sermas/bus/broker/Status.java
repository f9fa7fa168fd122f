package eu.sermas.bus.broker;

import eu.sermas.bus.metrics.Count;
import eu.sermas.bus.metrics.Metrics;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.Topic;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/// Tells operators about the broker on the topics that other brokers use too, `$SYS/broker/...`, as
/// retained messages. Only system clients and administrators may read them.
final class Status {

    private final Map<Topic, Supplier<Object>> values = new LinkedHashMap<>();
    private final Router router;
    private final Shard shard;
    private final long intervalMillis;
    private final long startedAt;

    /// @param interval seconds between two updates
    Status(Broker broker, Metrics metrics, String version, Shard shard, int interval) {
        this.router = broker.router();
        this.shard = shard;
        this.intervalMillis = interval * 1000L;
        this.startedAt = shard.now();
        value("version", () -> "sermas-bus " + version);
        value("uptime", () -> (shard.now() - startedAt) / 1000 + " seconds");
        value("clients/connected", broker::connectedClients);
        value("clients/disconnected", () -> broker.sessionCount() - broker.connectedClients());
        value("clients/total", broker::sessionCount);
        value("subscriptions/count", () -> router.subscriptions().size());
        value("retained messages/count", () -> router.retained().size());
        count("messages/received", metrics, Count.PACKETS_RECEIVED);
        count("messages/sent", metrics, Count.PACKETS_SENT);
        count("publish/messages/received", metrics, Count.MESSAGES_RECEIVED);
        count("publish/messages/sent", metrics, Count.MESSAGES_DELIVERED);
        count("publish/messages/dropped", metrics, Count.MESSAGES_DROPPED);
        count("bytes/received", metrics, Count.BYTES_RECEIVED);
        count("bytes/sent", metrics, Count.BYTES_SENT);
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
