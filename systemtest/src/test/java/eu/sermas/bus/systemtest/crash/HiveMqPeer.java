package eu.sermas.bus.systemtest.crash;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.MILLISECONDS;

import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.lifecycle.MqttClientConnectedContext;
import com.hivemq.client.mqtt.lifecycle.MqttClientDisconnectedContext;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import com.hivemq.client.mqtt.mqtt5.lifecycle.Mqtt5ClientConnectedContext;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// The HiveMQ client, MQTT 5, with its own way of connecting again.
final class HiveMqPeer implements Peer {

    private static final Duration EXPIRY = Duration.ofHours(1);

    private final String name;
    private final History history;
    private final Mqtt5AsyncClient client;
    private final AtomicInteger unacknowledged = new AtomicInteger();
    private final Set<String> filters = ConcurrentHashMap.newKeySet();

    HiveMqPeer(String name, int port, History history) {
        this.name = name;
        this.history = history;
        this.client =
                Mqtt5Client.builder()
                        .identifier(name)
                        .serverHost("127.0.0.1")
                        .serverPort(port)
                        .automaticReconnect()
                        .initialDelay(50, MILLISECONDS)
                        .maxDelay(200, MILLISECONDS)
                        .applyAutomaticReconnect()
                        .addConnectedListener(this::connected)
                        .addDisconnectedListener(this::disconnected)
                        .buildAsync();
        client.publishes(MqttGlobalPublishFilter.ALL, this::received);
    }

    private void connected(MqttClientConnectedContext context) {
        var answer = ((Mqtt5ClientConnectedContext) context).getConnAck();
        long now = System.nanoTime();
        history.note(new Event.Connected(now, name, answer.isSessionPresent(), EXPIRY.toNanos()));
        if (!answer.isSessionPresent()) {
            // The library subscribes again by itself.
            filters.forEach(filter -> history.note(new Event.Subscribing(now, name, filter)));
        }
    }

    /// Called for each attempt that fails, too; the next one follows.
    private void disconnected(MqttClientDisconnectedContext context) {
        long now = System.nanoTime();
        history.note(new Event.Disconnected(now, name));
        history.note(new Event.Connecting(now, name, false));
    }

    private void received(Mqtt5Publish publish) {
        if (publish.getPayloadAsBytes().length == 0) {
            return;
        }
        history.note(
                new Event.Received(
                        System.nanoTime(),
                        name,
                        publish.getTopic().toString(),
                        Message.Id.parse(new String(publish.getPayloadAsBytes(), UTF_8)),
                        publish.getQos().getCode(),
                        publish.isRetain()));
    }

    @Override
    public void comeBack() {
        if (client.getState().isConnectedOrReconnect()) {
            return;
        }
        history.note(new Event.Connecting(System.nanoTime(), name, false));
        var _ =
                client.connectWith()
                        .cleanStart(false)
                        .keepAlive(0)
                        .sessionExpiryInterval(EXPIRY.toSeconds())
                        .send();
    }

    @Override
    public void leave() {
        history.note(new Event.Disconnected(System.nanoTime(), name));
        client.disconnect().join();
    }

    @Override
    public void subscribe(String filter, int qos) {
        history.note(new Event.Subscribing(System.nanoTime(), name, filter));
        client.subscribeWith().topicFilter(filter).qos(qos(qos)).send().join();
        history.note(new Event.Subscribed(System.nanoTime(), name, filter, qos));
        filters.add(filter);
    }

    @Override
    public void publish(Message message) {
        history.note(new Event.Sent(System.nanoTime(), message));
        unacknowledged.incrementAndGet();
        var _ =
                client.publishWith()
                        .topic(message.topic())
                        .qos(qos(message.qos()))
                        .retain(message.retain())
                        .payload(message.payload().getBytes(UTF_8))
                        .send()
                        .whenComplete(
                                (result, failure) -> {
                                    if (failure == null && result.getError().isEmpty()) {
                                        long now = System.nanoTime();
                                        history.note(new Event.Acknowledged(now, message.id()));
                                    }
                                    unacknowledged.decrementAndGet();
                                });
    }

    @Override
    public int unacknowledged() {
        return unacknowledged.get();
    }

    @Override
    public void close() {
        var _ = client.disconnect();
    }

    private static MqttQos qos(int code) {
        return Objects.requireNonNull(MqttQos.fromCode(code));
    }
}
