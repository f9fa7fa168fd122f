package eu.sermas.bus.codec;

import static eu.sermas.bus.codec.MalformedPacketException.malformed;
import static eu.sermas.bus.codec.MalformedPacketException.protocolError;

import eu.sermas.bus.packet.PacketType;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.Property;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.packet.UserProperty;

/// Reads a property list, MQTT 5 section 2.2.2. An identifier that the packet may not carry is a
/// Malformed Packet (2.2.2.2); a value out of its range or a second one is a Protocol Error.
final class PropertiesDecoder {

    /// Those of one packet. A user property takes five bytes at least and many times that in
    /// memory, so a packet size alone would be no limit.
    static final int MAX_PROPERTIES = 1000;

    private PropertiesDecoder() {}

    static Properties decode(PacketReader reader, PacketType type) throws MalformedPacketException {
        int length = reader.variableByteInteger("property length");
        if (length == 0) {
            return Properties.NONE;
        }
        int outer = reader.narrow(length, "properties");
        Properties.Builder properties = Properties.builder();
        int seen = 0;
        for (int count = 1; reader.remaining() > 0; count++) {
            Property property = property(reader, type);
            int bit = 1 << property.ordinal();
            if ((seen & bit) != 0 && !property.repeatableIn(type)) {
                throw protocolError(property + ": a second one (expected: at most one)");
            }
            seen |= bit;
            if (count > MAX_PROPERTIES) {
                throw new MalformedPacketException(
                        ReasonCode.QUOTA_EXCEEDED,
                        "properties: more than %d (expected: 0..%1$d)".formatted(MAX_PROPERTIES));
            }
            properties.add(property, value(reader, property, type));
        }
        reader.widen(outer);
        requireMethod(seen);
        return properties.build();
    }

    private static Property property(PacketReader reader, PacketType type)
            throws MalformedPacketException {
        int id = reader.variableByteInteger("property identifier");
        Property property = Property.ofId(id);
        if (property == null || !property.allowedIn(type)) {
            throw malformed(
                    "property identifier: 0x%02X (expected: one that %s may carry)"
                            .formatted(id, type));
        }
        return property;
    }

    private static Object value(PacketReader reader, Property property, PacketType type)
            throws MalformedPacketException {
        String field = property.name();
        return switch (property.type()) {
            case BYTE -> number(property, reader.unsignedByte(field));
            case TWO_BYTE_INTEGER -> number(property, reader.unsignedShort(field));
            case FOUR_BYTE_INTEGER -> number(property, reader.unsignedInt(field));
            case VARIABLE_BYTE_INTEGER -> number(property, reader.variableByteInteger(field));
            case STRING -> // [MQTT-3.3.2-13] [MQTT-3.3.2-19]
                    text(property, string(reader, field, type));
            case BINARY -> reader.binary(field);
            case STRING_PAIR -> // [MQTT-1.5.7-1]
                    new UserProperty(string(reader, field, type), string(reader, field, type));
        };
    }

    /// What travels with a message is read by others, so it is held to what they may take.
    private static String string(PacketReader reader, String field, PacketType type)
            throws MalformedPacketException {
        String value = reader.string(field);
        if (type == PacketType.PUBLISH || type == PacketType.WILL) {
            Names.checkCharacters(value, field);
        }
        return value;
    }

    private static Long number(Property property, long value) throws MalformedPacketException {
        if (property == Property.TOPIC_ALIAS && value == 0) { // [MQTT-3.3.2-8]
            throw new MalformedPacketException(
                    ReasonCode.TOPIC_ALIAS_INVALID, "TOPIC_ALIAS: 0 (expected: 1..65535)");
        }
        if (!property.inRange(value)) {
            throw protocolError(property + ": " + value + " (expected: " + property.range() + ")");
        }
        return value;
    }

    private static String text(Property property, String value) throws MalformedPacketException {
        if (property == Property.RESPONSE_TOPIC) {
            Names.checkResponseTopic(value);
        }
        return value;
    }

    /// Authentication data without a method is a Protocol Error, 3.1.2.11.10.
    private static void requireMethod(int seen) throws MalformedPacketException {
        if ((seen & 1 << Property.AUTHENTICATION_DATA.ordinal()) != 0
                && (seen & 1 << Property.AUTHENTICATION_METHOD.ordinal()) == 0) {
            throw protocolError("AUTHENTICATION_DATA: alone (expected: AUTHENTICATION_METHOD too)");
        }
    }
}
