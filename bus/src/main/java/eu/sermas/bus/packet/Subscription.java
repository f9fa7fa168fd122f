package eu.sermas.bus.packet;

/// One filter of a SUBSCRIBE with its options, MQTT 5 section 3.8.3.1. MQTT 3 has the filter and
/// the QoS only.
public record Subscription(
        TopicFilter filter,
        QoS qos,
        boolean noLocal,
        boolean retainAsPublished,
        RetainHandling retainHandling) {

    public static Subscription of(TopicFilter filter, QoS qos) {
        return new Subscription(filter, qos, false, false, RetainHandling.SEND);
    }
}
