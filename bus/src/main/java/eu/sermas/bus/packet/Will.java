package eu.sermas.bus.packet;

/// The will message of a CONNECT; `properties` are the will properties, the delay among them.
public record Will(Topic topic, byte[] payload, QoS qos, boolean retain, Properties properties) {

    /// This object and the array of its payload.
    private static final int OBJECTS = 56;

    /// What it takes of the heap, in bytes.
    public long cost() {
        return OBJECTS + payload.length + topic.cost() + properties.cost();
    }

    /// Seconds between the loss of the connection and the publication, 0 where none was asked for.
    public long delaySeconds() {
        return properties.number(Property.WILL_DELAY_INTERVAL, 0);
    }

    /// Leaves the payload out.
    @Override
    public String toString() {
        return "Will["
                + topic
                + ", "
                + payload.length
                + " bytes, "
                + qos
                + ", retain="
                + retain
                + "]";
    }
}
