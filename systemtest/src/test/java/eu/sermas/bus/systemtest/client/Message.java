package eu.sermas.bus.systemtest.client;

import static java.nio.charset.StandardCharsets.UTF_8;

/// An application message, published or received.
public record Message(String topic, byte[] payload, int qos, boolean retain) {

    public static Message of(String topic, String text, int qos) {
        return new Message(topic, text.getBytes(UTF_8), qos, false);
    }

    public Message retained() {
        return new Message(topic, payload, qos, true);
    }

    public String text() {
        return new String(payload, UTF_8);
    }

    @Override
    public String toString() {
        var shown = payload.length > 80 ? payload.length + " bytes" : text();
        return "%s qos %d%s: %s".formatted(topic, qos, retain ? " retained" : "", shown);
    }
}
