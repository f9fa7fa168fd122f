package eu.sermas.bus.session;

import eu.sermas.bus.journal.Kept;
import eu.sermas.bus.packet.Durability;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.QoS;
import org.jspecify.annotations.Nullable;

/// A message that one session holds, and the terms on which it gets it.
///
/// @param held to be released once, when the session holds it no more
/// @param kept how it is kept beyond the process, or null where it is not
public record Delivery(Holding held, Terms terms, @Nullable Kept kept) {

    public Message message() {
        return held.message;
    }

    /// What it counts in the limits of its session, as if nobody else held the message.
    long cost() {
        return held.cost;
    }

    static long cost(Message message) {
        return message.cost() + Account.PLACE;
    }

    /// The session does not have to get it any more.
    void gone() {
        if (kept != null) {
            kept.gone();
        }
        held.release();
    }

    /// Another session has it now, or nobody is to get it any more.
    public void given() {
        if (kept != null) {
            kept.givenAway();
        }
        held.release();
    }

    /// Whether each step has to be on disk before it is sent.
    boolean isRecordedFirst() {
        return kept != null
                && (kept.isBeingInherited()
                        || (qos() == QoS.EXACTLY_ONCE && kept.mustBeRecordedFirst()));
    }

    boolean isShared() {
        return terms.sharedBy() != null && message().qos() != QoS.AT_MOST_ONCE;
    }

    Durability durability() {
        return kept == null ? Durability.NONE : kept.durability();
    }

    QoS qos() {
        return message().qos().min(terms.maximumQos()); // [MQTT-3.8.4-8] [MQTT-4.8.2-3]
    }

    boolean retain() {
        return message().retain() && terms.retainAsPublished(); // [MQTT-3.3.1-12] [MQTT-3.3.1-13]
    }
}
