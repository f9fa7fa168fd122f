package eu.sermas.bus.packet;

/// An application message on its way through the broker: what a PUBLISH carries, apart from the
/// envelope of one sending (packet identifier, DUP, topic alias, granted QoS), which differs for
/// each receiver. Shared by every receiver and never changed.
///
/// @param payload shared, so not to be changed
/// @param qos the QoS of the publisher
/// @param retain the RETAIN flag of the publisher
/// @param properties those that travel with the message (section 3.3.2.3): payload format, content
///   type, response topic, correlation data and user properties; expiry is `expiresAt`
/// @param expiresAt when the message expires, in milliseconds of the time of the bus, or [#NEVER]
public record Message(
        Topic topic,
        byte[] payload,
        QoS qos,
        boolean retain,
        Properties properties,
        long expiresAt) {

    public static final long NEVER = Long.MAX_VALUE;

    /// This object without its payload.
    private static final int OBJECT = 40;

    private static final int USUAL_PROPERTIES = 1024;

    public static Message of(Topic topic, byte[] payload, QoS qos) {
        return new Message(topic, payload, qos, false, Properties.NONE, NEVER);
    }

    /// What it takes of the heap, in bytes. Every limit on messages that are held counts this.
    public long cost() {
        return ownCost() + topic.cost() + properties.cost();
    }

    /// The part of [#cost] that no other message shares. The messages of one publisher often have
    /// the same topic, and say the same of their sender.
    public long ownCost() {
        return OBJECT + Cost.array(payload.length);
    }

    /// What counts in the quotas of an app, see [#content(byte[], Properties)].
    public long content() {
        return content(payload, properties);
    }

    /// What a message says, in bytes: its payload, and what its properties cost beyond the usual
    /// few, who sent it among them.
    public static long content(byte[] payload, Properties properties) {
        return payload.length + Math.max(0, properties.cost() - USUAL_PROPERTIES);
    }

    public boolean isExpired(long now) {
        return now >= expiresAt;
    }

    /// The Message Expiry Interval to send now, in whole seconds, rounded up so that a message that
    /// is not expired yet never says 0; [MQTT-3.3.2-6].
    public long remainingSeconds(long now) {
        return Math.max(1, (expiresAt - now + 999) / 1000);
    }

    /// Leaves the payload out.
    @Override
    public String toString() {
        return "Message[" + topic + ", " + payload.length + " bytes, " + qos + "]";
    }
}
