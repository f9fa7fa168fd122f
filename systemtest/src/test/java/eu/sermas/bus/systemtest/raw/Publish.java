package eu.sermas.bus.systemtest.raw;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.jspecify.annotations.Nullable;

/// PUBLISH in both directions, and the will in CONNECT.
///
/// @param packetId 0 for none; written where QoS is above 0
/// @param properties nothing but [Properties#NONE] before MQTT 5
public record Publish(
        boolean dup,
        int qos,
        boolean retain,
        String topic,
        int packetId,
        Properties properties,
        byte[] payload)
        implements Packet {

    public static Publish to(String topic, String payload) {
        return to(topic, payload.getBytes(UTF_8));
    }

    public static Publish to(String topic, byte[] payload) {
        return new Publish(false, 0, false, topic, 0, Properties.NONE, payload);
    }

    public Publish qos(int qos, int packetId) {
        return new Publish(dup, qos, retain, topic, packetId, properties, payload);
    }

    /// For wills, which have no packet identifier.
    public Publish qos(int qos) {
        return qos(qos, 0);
    }

    public Publish asDup() {
        return new Publish(true, qos, retain, topic, packetId, properties, payload);
    }

    public Publish retained() {
        return new Publish(dup, qos, true, topic, packetId, properties, payload);
    }

    public Publish with(Properties other) {
        return new Publish(dup, qos, retain, topic, packetId, other, payload);
    }

    public Publish with(Property property, Object value) {
        return with(properties.with(property, value));
    }

    public Publish user(String name, String value) {
        return with(properties.user(name, value));
    }

    public String text() {
        return new String(payload, UTF_8);
    }

    public int flags() {
        return (dup ? 0b1000 : 0) | qos << 1 | (retain ? 1 : 0);
    }

    public byte[] bytes(Version version) {
        var body = Bytes.bytes().text(topic);
        if (qos > 0) {
            body.u16(packetId);
        }
        if (version == Version.V5) {
            body.raw(properties.encoded());
        }
        return Bytes.packet(Type.PUBLISH.firstByte(flags()), body.raw(payload));
    }

    static Publish read(Version version, int flags, Cursor in) {
        int qos = flags >> 1 & 0b11;
        var topic = in.text();
        int packetId = qos == 0 ? 0 : in.u16();
        var properties = version == Version.V5 ? Properties.read(in) : Properties.NONE;
        return new Publish(
                (flags & 0b1000) != 0,
                qos,
                (flags & 1) != 0,
                topic,
                packetId,
                properties,
                in.rest());
    }

    @Override
    public Type type() {
        return Type.PUBLISH;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }

    @Override
    public String toString() {
        return "PUBLISH[topic=%s, qos=%d, dup=%s, retain=%s, packetId=%d, %s, %d bytes]"
                .formatted(topic, qos, dup, retain, packetId, properties, payload.length);
    }
}
