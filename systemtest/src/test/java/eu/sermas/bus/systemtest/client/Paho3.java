package eu.sermas.bus.systemtest.client;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.client.mqttv3.IMqttToken;
import org.eclipse.paho.client.mqttv3.MqttAsyncClient;
import org.eclipse.paho.client.mqttv3.MqttCallback;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.jspecify.annotations.Nullable;

/// Eclipse Paho for Java, MQTT 3.1.1.
final class Paho3 implements TestClient {

    private static final long WITHIN_MILLIS = 10_000;

    private final Inbox inbox = new Inbox();
    private @Nullable MqttAsyncClient client;

    @Override
    public boolean connect(Login login) throws Refused {
        var options = new MqttConnectOptions();
        options.setMqttVersion(MqttConnectOptions.MQTT_VERSION_3_1_1);
        options.setUserName(login.token());
        options.setPassword(Login.PASSWORD.toCharArray());
        options.setCleanSession(login.clean());
        options.setMaxInflight(1000);
        var will = login.will();
        if (will != null) {
            options.setWill(will.topic(), will.payload(), will.qos(), will.retain());
        }
        try {
            var connecting =
                    new MqttAsyncClient(
                            login.uri().toString(), login.clientId(), new MemoryPersistence());
            connecting.setCallback(new Receiver(inbox));
            client = connecting;
            return done(connecting.connect(options)).getSessionPresent();
        } catch (MqttException e) {
            if (e.getReasonCode() >= 1 && e.getReasonCode() <= 5) {
                throw new Refused(e.getReasonCode());
            }
            throw new IllegalStateException(e);
        }
    }

    @Override
    public List<Integer> subscribe(int qos, String... filters) {
        var maximum = new int[filters.length];
        Arrays.fill(maximum, qos);
        try {
            var granted = done(client().subscribe(filters, maximum)).getGrantedQos();
            return Arrays.stream(granted).boxed().toList();
        } catch (MqttException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void unsubscribe(String filter) {
        try {
            done(client().unsubscribe(filter));
        } catch (MqttException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public int publish(Message message) {
        try {
            done(
                    client().publish(
                                    message.topic(),
                                    message.payload(),
                                    message.qos(),
                                    message.retain()));
            return 0;
        } catch (MqttException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public Inbox inbox() {
        return inbox;
    }

    @Override
    public boolean isConnected() {
        return client().isConnected();
    }

    @Override
    public void disconnect() {
        try {
            done(client().disconnect());
        } catch (MqttException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        if (client == null) {
            return;
        }
        try {
            if (client.isConnected()) {
                done(client.disconnect());
            }
            client.close(true);
        } catch (MqttException e) {
            // It was closed before: the test has seen to it.
        }
    }

    private MqttAsyncClient client() {
        return Objects.requireNonNull(client);
    }

    private static IMqttToken done(IMqttToken token) throws MqttException {
        token.waitForCompletion(WITHIN_MILLIS);
        return token;
    }

    private record Receiver(Inbox inbox) implements MqttCallback {

        @Override
        public void messageArrived(String topic, MqttMessage message) {
            inbox.add(
                    new Message(
                            topic, message.getPayload(), message.getQos(), message.isRetained()));
        }

        @Override
        public void connectionLost(Throwable cause) {}

        @Override
        public void deliveryComplete(IMqttDeliveryToken token) {}
    }
}
