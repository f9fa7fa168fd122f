package eu.sermas.bus.systemtest.crash;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.client.mqttv3.MqttAsyncClient;
import org.eclipse.paho.client.mqttv3.MqttCallback;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.jspecify.annotations.Nullable;

/// Eclipse Paho for Java, MQTT 3.1.1. It says Session Present only where it is told to connect, so
/// it does not connect again by itself here.
final class PahoPeer implements Peer {

    private static final Duration EXPIRY = Duration.ofHours(1);
    private static final Duration BETWEEN_ATTEMPTS = Duration.ofMillis(50);
    private static final long WITHIN_MILLIS = 10_000;
    private static final int MAX_IN_FLIGHT = 100;

    private final String name;
    private final History history;
    private final MqttAsyncClient client;
    private final Map<Integer, Message> sent = new ConcurrentHashMap<>();
    private volatile boolean wanted;

    PahoPeer(String name, int port, History history) {
        this.name = name;
        this.history = history;
        try {
            client = new MqttAsyncClient("tcp://127.0.0.1:" + port, name, new MemoryPersistence());
            client.setCallback(new Callback());
        } catch (MqttException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void comeBack() {
        wanted = true;
        Thread.ofVirtual().name(name).start(this::connect);
    }

    private void connect() {
        var options = new MqttConnectOptions();
        options.setCleanSession(false);
        options.setMqttVersion(MqttConnectOptions.MQTT_VERSION_3_1_1);
        options.setKeepAliveInterval(0);
        options.setMaxInflight(MAX_IN_FLIGHT);
        while (wanted && !client.isConnected()) {
            try {
                history.note(new Event.Connecting(System.nanoTime(), name, false));
                var token = client.connect(options);
                token.waitForCompletion(WITHIN_MILLIS);
                long now = System.nanoTime();
                boolean present = token.getSessionPresent();
                history.note(new Event.Connected(now, name, present, EXPIRY.toNanos()));
            } catch (MqttException e) {
                pause();
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(BETWEEN_ATTEMPTS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void leave() {
        wanted = false;
        history.note(new Event.Disconnected(System.nanoTime(), name));
        try {
            client.disconnect().waitForCompletion(WITHIN_MILLIS);
        } catch (MqttException e) {
            // The bus was gone before.
        }
    }

    @Override
    public void subscribe(String filter, int qos) {
        while (true) {
            try {
                history.note(new Event.Subscribing(System.nanoTime(), name, filter));
                client.subscribe(filter, qos).waitForCompletion(WITHIN_MILLIS);
                history.note(new Event.Subscribed(System.nanoTime(), name, filter, qos));
                return;
            } catch (MqttException e) {
                pause();
            }
        }
    }

    /// Waits for a connection: this library takes nothing without one.
    @Override
    public void publish(Message message) {
        history.note(new Event.Sent(System.nanoTime(), message));
        var mqtt = new MqttMessage(message.payload().getBytes(UTF_8));
        mqtt.setQos(message.qos());
        mqtt.setRetained(message.retain());
        while (true) {
            try {
                synchronized (sent) {
                    sent.put(client.publish(message.topic(), mqtt).getMessageId(), message);
                }
                return;
            } catch (MqttException e) {
                pause();
            }
        }
    }

    @Override
    public int unacknowledged() {
        return sent.size();
    }

    @Override
    public void close() {
        try {
            wanted = false;
            client.disconnectForcibly(0, 0, false);
            client.close(true);
        } catch (MqttException e) {
            // It has ended before.
        }
    }

    private final class Callback implements MqttCallback {

        @Override
        public void connectionLost(@Nullable Throwable cause) {
            history.note(new Event.Disconnected(System.nanoTime(), name));
            if (wanted) {
                comeBack();
            }
        }

        @Override
        public void messageArrived(String topic, MqttMessage message) {
            if (message.getPayload().length > 0) {
                history.note(
                        new Event.Received(
                                System.nanoTime(),
                                name,
                                topic,
                                Message.Id.parse(new String(message.getPayload(), UTF_8)),
                                message.getQos(),
                                message.isRetained()));
            }
        }

        @Override
        public void deliveryComplete(IMqttDeliveryToken token) {
            long now = System.nanoTime();
            synchronized (sent) {
                var message = sent.remove(token.getMessageId());
                if (message != null) {
                    history.note(new Event.Acknowledged(now, message.id()));
                }
            }
        }
    }
}
