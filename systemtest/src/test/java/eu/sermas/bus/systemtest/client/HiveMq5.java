package eu.sermas.bus.systemtest.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.MqttWebSocketConfig;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.exceptions.MqttClientStateException;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5ConnAckException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5PubAckException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5PubRecException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5SubAckException;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import com.hivemq.client.mqtt.mqtt5.message.subscribe.Mqtt5Subscribe;
import com.hivemq.client.mqtt.mqtt5.message.subscribe.Mqtt5Subscription;
import com.hivemq.client.mqtt.mqtt5.message.subscribe.suback.Mqtt5SubAckReasonCode;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The HiveMQ client, MQTT 5.
final class HiveMq5 implements TestClient {

    static final MqttWebSocketConfig WEBSOCKET =
            MqttWebSocketConfig.builder().serverPath("mqtt").build();

    private final Inbox inbox = new Inbox();
    private @Nullable Mqtt5BlockingClient client;

    @Override
    public boolean connect(Login login) throws Refused {
        var builder =
                Mqtt5Client.builder()
                        .identifier(login.clientId())
                        .serverHost(login.uri().getHost())
                        .serverPort(login.uri().getPort());
        var connecting =
                (login.isWebSocket() ? builder.webSocketConfig(WEBSOCKET) : builder)
                        .buildBlocking();
        connecting.toAsync().publishes(MqttGlobalPublishFilter.ALL, this::received);
        client = connecting;
        var connect =
                connecting
                        .connectWith()
                        .cleanStart(login.clean())
                        .sessionExpiryInterval(login.clean() ? 0 : Login.SESSION_EXPIRY_SECONDS)
                        .simpleAuth()
                        .username(login.token())
                        .password(Login.PASSWORD.getBytes(UTF_8))
                        .applySimpleAuth();
        var will = login.will();
        try {
            return (will == null ? connect : connect.willPublish(toPublish(will).asWill()))
                    .send()
                    .isSessionPresent();
        } catch (Mqtt5ConnAckException e) {
            throw new Refused(e.getMqttMessage().getReasonCode().getCode());
        }
    }

    @Override
    public List<Integer> subscribe(int qos, String... filters) {
        var subscriptions =
                Arrays.stream(filters).map(filter -> subscription(filter, qos)).toList();
        try {
            return codes(
                    client().subscribe(
                                    Mqtt5Subscribe.builder()
                                            .addSubscriptions(subscriptions)
                                            .build())
                            .getReasonCodes());
        } catch (Mqtt5SubAckException e) {
            return codes(e.getMqttMessage().getReasonCodes());
        }
    }

    @Override
    public void unsubscribe(String filter) {
        client().unsubscribeWith().topicFilter(filter).send();
    }

    @Override
    public int publish(Message message) {
        try {
            client().publish(toPublish(message));
            return 0;
        } catch (Mqtt5PubAckException e) {
            return e.getMqttMessage().getReasonCode().getCode();
        } catch (Mqtt5PubRecException e) {
            return e.getMqttMessage().getReasonCode().getCode();
        }
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

    private Mqtt5BlockingClient client() {
        return Objects.requireNonNull(client);
    }

    private void received(Mqtt5Publish publish) {
        inbox.add(
                new Message(
                        publish.getTopic().toString(),
                        publish.getPayloadAsBytes(),
                        publish.getQos().getCode(),
                        publish.isRetain()));
    }

    private static Mqtt5Publish toPublish(Message message) {
        return Mqtt5Publish.builder()
                .topic(message.topic())
                .payload(message.payload())
                .qos(qos(message.qos()))
                .retain(message.retain())
                .build();
    }

    private static Mqtt5Subscription subscription(String filter, int qos) {
        return Mqtt5Subscription.builder().topicFilter(filter).qos(qos(qos)).build();
    }

    private static List<Integer> codes(List<Mqtt5SubAckReasonCode> codes) {
        return codes.stream().map(Mqtt5SubAckReasonCode::getCode).toList();
    }

    static MqttQos qos(int code) {
        return Objects.requireNonNull(MqttQos.fromCode(code));
    }
}
