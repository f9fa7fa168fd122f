package eu.sermas.bus.systemtest.client;

import java.util.function.Supplier;

/// A client library, a protocol version and a transport: what a scenario is played with.
public enum ClientKind {
    HIVEMQ_3_TCP(3, "tcp", HiveMq3::new),
    HIVEMQ_3_WEBSOCKET(3, "ws", HiveMq3::new),
    HIVEMQ_5_TCP(5, "tcp", HiveMq5::new),
    HIVEMQ_5_WEBSOCKET(5, "ws", HiveMq5::new),
    PAHO_3_TCP(3, "tcp", Paho3::new),
    PAHO_3_WEBSOCKET(3, "ws", Paho3::new),
    PAHO_5_TCP(5, "tcp", Paho5::new),
    PAHO_5_WEBSOCKET(5, "ws", Paho5::new),
    MQTTJS_3_TCP(3, "tcp", () -> new MqttJs(4)),
    MQTTJS_3_WEBSOCKET(3, "ws", () -> new MqttJs(4)),
    MQTTJS_5_TCP(5, "tcp", () -> new MqttJs(5)),
    MQTTJS_5_WEBSOCKET(5, "ws", () -> new MqttJs(5));

    private final int version;
    private final String scheme;
    private final Supplier<TestClient> factory;

    ClientKind(int version, String scheme, Supplier<TestClient> factory) {
        this.version = version;
        this.scheme = scheme;
        this.factory = factory;
    }

    public TestClient create() {
        return factory.get();
    }

    public boolean isVersion5() {
        return version == 5;
    }

    /// Paho for Java closes its connection when PUBREC carries an error; MQTT 5 does not ask for
    /// it.
    public boolean givesUpAtARefusedPubRec() {
        return this == PAHO_5_TCP || this == PAHO_5_WEBSOCKET;
    }

    public String scheme() {
        return scheme;
    }

    /// The path of the bus for this transport.
    public String path() {
        return scheme.equals("ws") ? "/mqtt" : "";
    }
}
