package eu.sermas.bus.systemtest.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.jspecify.annotations.Nullable;

/// Eclipse Paho for Java, MQTT 5.
final class Paho5 implements TestClient {

    private static final long WITHIN_MILLIS = 10_000;
    private static final int FIRST_FAILURE = 0x80;

    private final Inbox inbox = new Inbox();
    private @Nullable MqttAsyncClient client;

    @Override
    public boolean connect(Login login) throws Refused {
        var options = new MqttConnectionOptions();
        options.setUserName(login.token());
        options.setPassword(Login.PASSWORD.getBytes(UTF_8));
        options.setCleanStart(login.clean());
        options.setSessionExpiryInterval(login.clean() ? 0L : Login.SESSION_EXPIRY_SECONDS);
        options.setAutomaticReconnect(false);
        var will = login.will();
        if (will != null) {
            options.setWill(will.topic(), toMqtt(will));
        }
        try {
            var connecting =
                    new MqttAsyncClient(
                            login.uri().toString(), login.clientId(), new MemoryPersistence());
            connecting.setCallback(new Receiver(inbox));
            client = connecting;
            return done(connecting.connect(options)).getSessionPresent();
        } catch (MqttException e) {
            if (isFailure(e)) {
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
            return Arrays.stream(done(client().subscribe(filters, maximum)).getReasonCodes())
                    .boxed()
                    .toList();
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
            var codes = done(client().publish(message.topic(), toMqtt(message))).getReasonCodes();
            return codes == null || codes.length == 0 ? 0 : codes[0];
        } catch (MqttException e) {
            if (isFailure(e)) {
                return e.getReasonCode();
            }
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

    /// Whether it is a reason code of the wire; the library has codes of its own beside.
    private static boolean isFailure(MqttException e) {
        return e.getReasonCode() >= FIRST_FAILURE && e.getReasonCode() <= 0xFF;
    }

    private static MqttMessage toMqtt(Message message) {
        var mqtt = new MqttMessage(message.payload());
        mqtt.setQos(message.qos());
        mqtt.setRetained(message.retain());
        return mqtt;
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
        public void disconnected(MqttDisconnectResponse response) {}

        @Override
        public void mqttErrorOccurred(MqttException exception) {}

        @Override
        public void deliveryComplete(IMqttToken token) {}

        @Override
        public void connectComplete(boolean reconnect, String serverUri) {}

        @Override
        public void authPacketArrived(int reasonCode, MqttProperties properties) {}
    }
}
