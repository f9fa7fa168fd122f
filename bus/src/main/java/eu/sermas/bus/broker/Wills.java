package eu.sermas.bus.broker;

import eu.sermas.bus.access.AccessRights;
import eu.sermas.bus.access.Verdict;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.Property;
import eu.sermas.bus.packet.Will;
import eu.sermas.bus.session.Session;

/// Publishes the wills of one event loop's sessions, MQTT 5 section 3.1.2.5.
final class Wills {

    private final Shard shard;
    private final Router router;

    Wills(Shard shard, Router router) {
        this.shard = shard;
        this.router = router;
    }

    /// Publishes the will, if there is one, and forgets it [MQTT-3.1.2-10]. It is judged by the
    /// rights of this moment, as any other publication.
    void publish(Session session, AccessRights rights) {
        Handover handover = new Handover(session::willIsSafe);
        publish(session, rights, handover);
        handover.complete();
    }

    /// @param receipt is settled when the message is safe; the will stays on disk until then
    void publish(Session session, AccessRights rights, Receipt receipt) {
        Will will = session.takeWill();
        if (will == null) {
            return;
        }
        Verdict verdict = rights.mayPublish(will.topic());
        if (verdict.isAllowed()) {
            router.publish(shard, message(will), session, receipt); // [MQTT-3.1.2-8]
        } else {
            Denials.publish(shard.metrics(), session.key(), will.topic(), verdict);
        }
    }

    private Message message(Will will) {
        long lifetime = will.properties().number(Property.MESSAGE_EXPIRY_INTERVAL, -1);
        return new Message(
                will.topic(),
                will.payload(),
                will.qos(),
                will.retain(), // [MQTT-3.1.2-14] [MQTT-3.1.2-15], 3.1.1 [MQTT-3.1.2-16] and -17
                // in their order [MQTT-3.1.3-10]
                will.properties()
                        .without(Property.WILL_DELAY_INTERVAL, Property.MESSAGE_EXPIRY_INTERVAL),
                lifetime < 0 ? Message.NEVER : shard.now() + lifetime * 1000);
    }
}
