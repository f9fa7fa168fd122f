package eu.sermas.bus.session;

import eu.sermas.bus.journal.Kept;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.QoS;
import org.jspecify.annotations.Nullable;

/// A message and the terms on which one session gets it.
///
/// @param kept how it is kept beyond the process, or null where it is not
public record Delivery(Message message, Terms terms, @Nullable Kept kept) {

    /// The session does not have to get it any more.
    void gone() {
        if (kept != null) {
            kept.gone();
        }
    }

    /// Whether each step has to be on disk before it is sent.
    boolean isRecordedFirst() {
        return kept != null && qos() == QoS.EXACTLY_ONCE && kept.mustBeRecordedFirst();
    }

    QoS qos() {
        return message.qos().min(terms.maximumQos()); // [MQTT-3.8.4-8] [MQTT-4.8.2-3]
    }

    boolean retain() {
        return message.retain() && terms.retainAsPublished(); // [MQTT-3.3.1-12] [MQTT-3.3.1-13]
    }
}
