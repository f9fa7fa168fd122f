package eu.sermas.bus.codec;

import eu.sermas.bus.packet.PacketType;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.Property;
import eu.sermas.bus.packet.UserProperty;

/// Writes property lists, MQTT 5 section 2.2.2.
final class PropertiesEncoder {

    private PropertiesEncoder() {}

    /// The list with its length before it.
    ///
    /// @throws IllegalArgumentException where the packet may not carry one of the properties
    static void write(FieldWriter out, Properties properties, PacketType type) {
        if (properties.isEmpty()) {
            out.unsignedByte(0); // [MQTT-2.2.2-1]
            return;
        }
        FieldWriter counter = FieldWriter.counting();
        writeBare(counter, properties, type);
        out.variableByteInteger(counter.size());
        writeBare(out, properties, type);
    }

    /// The list without its length.
    static void writeBare(FieldWriter out, Properties properties, PacketType type) {
        for (int i = 0; i < properties.size(); i++) {
            Property property = properties.keyAt(i);
            if (!property.allowedIn(type)) {
                throw new IllegalArgumentException(
                        property + " in " + type + " (expected: one that it may carry)");
            }
            out.unsignedByte(property.id());
            writeValue(out, property, properties.valueAt(i));
        }
    }

    private static void writeValue(FieldWriter out, Property property, Object value) {
        switch (property.type()) {
            case BYTE -> out.unsignedByte(((Long) value).intValue());
            case TWO_BYTE_INTEGER -> out.unsignedShort(((Long) value).intValue());
            case FOUR_BYTE_INTEGER -> out.unsignedInt((Long) value);
            case VARIABLE_BYTE_INTEGER -> out.variableByteInteger(((Long) value).intValue());
            case STRING -> out.string((String) value);
            case BINARY -> out.binary((byte[]) value);
            case STRING_PAIR -> {
                UserProperty pair = (UserProperty) value;
                out.string(pair.name());
                out.string(pair.value());
            }
        }
    }
}
