package eu.sermas.bus.session;

import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.QoS;

/// A message and the terms on which one session gets it.
public record Delivery(Message message, Terms terms) {

    QoS qos() {
        return message.qos().min(terms.maximumQos()); // [MQTT-3.8.4-8] [MQTT-4.8.2-3]
    }

    boolean retain() {
        return message.retain() && terms.retainAsPublished(); // [MQTT-3.3.1-12] [MQTT-3.3.1-13]
    }
}
