package eu.sermas.bus.systemtest.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.exceptions.MqttClientStateException;
import com.hivemq.client.mqtt.mqtt3.Mqtt3BlockingClient;
import com.hivemq.client.mqtt.mqtt3.Mqtt3Client;
import com.hivemq.client.mqtt.mqtt3.exceptions.Mqtt3ConnAckException;
import com.hivemq.client.mqtt.mqtt3.exceptions.Mqtt3SubAckException;
import com.hivemq.client.mqtt.mqtt3.message.publish.Mqtt3Publish;
import com.hivemq.client.mqtt.mqtt3.message.subscribe.Mqtt3Subscribe;
import com.hivemq.client.mqtt.mqtt3.message.subscribe.Mqtt3Subscription;
import com.hivemq.client.mqtt.mqtt3.message.subscribe.suback.Mqtt3SubAckReturnCode;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The HiveMQ client, MQTT 3.1.1.
final class HiveMq3 implements TestClient {

    private final Inbox inbox = new Inbox();
    private @Nullable Mqtt3BlockingClient client;

    @Override
    public boolean connect(Login login) throws Refused {
        var builder =
                Mqtt3Client.builder()
                        .identifier(login.clientId())
                        .serverHost(login.uri().getHost())
                        .serverPort(login.uri().getPort());
        var connecting =
                (login.isWebSocket() ? builder.webSocketConfig(HiveMq5.WEBSOCKET) : builder)
                        .buildBlocking();
        connecting.toAsync().publishes(MqttGlobalPublishFilter.ALL, this::received);
        client = connecting;
        var connect =
                connecting
                        .connectWith()
                        .cleanSession(login.clean())
                        .simpleAuth()
                        .username(login.token())
                        .password(Login.PASSWORD.getBytes(UTF_8))
                        .applySimpleAuth();
        var will = login.will();
        try {
            return (will == null ? connect : connect.willPublish(toPublish(will)))
                    .send()
                    .isSessionPresent();
        } catch (Mqtt3ConnAckException e) {
            throw new Refused(e.getMqttMessage().getReturnCode().getCode());
        }
    }

    @Override
    public List<Integer> subscribe(int qos, String... filters) {
        var subscriptions =
                Arrays.stream(filters).map(filter -> subscription(filter, qos)).toList();
        try {
            return codes(
                    client().subscribe(
                                    Mqtt3Subscribe.builder()
                                            .addSubscriptions(subscriptions)
                                            .build())
                            .getReturnCodes());
        } catch (Mqtt3SubAckException e) {
            return codes(e.getMqttMessage().getReturnCodes());
        }
    }

    @Override
    public void unsubscribe(String filter) {
        client().unsubscribeWith().topicFilter(filter).send();
    }

    @Override
    public int publish(Message message) {
        client().publish(toPublish(message));
        return 0;
    }

    @Override
    public Inbox inbox() {
        return inbox;
    }

    @Override
    public boolean isConnected() {
        return client().getState().isConnected();
    }

    @Override
    public void disconnect() {
        client().disconnect();
    }

    @Override
    public void close() {
        try {
            if (client != null && client.getState().isConnectedOrReconnect()) {
                client.disconnect();
            }
        } catch (MqttClientStateException _) {
            // Its line was cut in between.
        }
    }

    private Mqtt3BlockingClient client() {
        return Objects.requireNonNull(client);
    }

    private void received(Mqtt3Publish publish) {
        inbox.add(
                new Message(
                        publish.getTopic().toString(),
                        publish.getPayloadAsBytes(),
                        publish.getQos().getCode(),
                        publish.isRetain()));
    }

    private static Mqtt3Publish toPublish(Message message) {
        return Mqtt3Publish.builder()
                .topic(message.topic())
                .payload(message.payload())
                .qos(HiveMq5.qos(message.qos()))
                .retain(message.retain())
                .build();
    }

    private static Mqtt3Subscription subscription(String filter, int qos) {
        MqttQos maximum = HiveMq5.qos(qos);
        return Mqtt3Subscription.builder().topicFilter(filter).qos(maximum).build();
    }

    private static List<Integer> codes(List<Mqtt3SubAckReturnCode> codes) {
        return codes.stream().map(Mqtt3SubAckReturnCode::getCode).toList();
    }
}
