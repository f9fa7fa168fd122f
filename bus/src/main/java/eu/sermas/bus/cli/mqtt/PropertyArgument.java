package eu.sermas.bus.cli.mqtt;

import eu.sermas.bus.config.Suggestion;
import eu.sermas.bus.packet.PacketType;
import eu.sermas.bus.packet.Property;
import eu.sermas.bus.packet.UserProperty;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// One `-D`: a property of MQTT 5 for a packet that a command sends.
///
/// @param value as [eu.sermas.bus.packet.Properties] takes it
record PropertyArgument(PacketType packet, Property property, Object value) {

    /// What needs a conversation that these commands do not have.
    private static final Set<Property> UNKNOWN =
            EnumSet.of(Property.AUTHENTICATION_METHOD, Property.AUTHENTICATION_DATA);

    private static final Set<PacketType> PACKETS =
            EnumSet.of(
                    PacketType.CONNECT,
                    PacketType.WILL,
                    PacketType.PUBLISH,
                    PacketType.SUBSCRIBE,
                    PacketType.UNSUBSCRIBE,
                    PacketType.DISCONNECT);

    /// Takes the words of one property from the front, as `connect user-property name value` or
    /// `publish message-expiry-interval 60`; only names of a user have two words behind them.
    ///
    /// @throws IllegalArgumentException with what was found and what is expected
    static PropertyArgument take(Deque<String> words) {
        String packetName = word(words, "a command, such as connect");
        PacketType packet = packet(packetName);
        Property property = property(packet, word(words, "a property of " + packetName));
        String value = word(words, "a value of " + nameOf(property));
        if (property == Property.USER_PROPERTY) {
            String text = word(words, "a value of the user property " + value);
            return new PropertyArgument(packet, property, new UserProperty(value, text));
        }
        return new PropertyArgument(packet, property, valueOf(property, value));
    }

    static PropertyArgument of(String... words) {
        return take(new ArrayDeque<>(List.of(words)));
    }

    /// As the specification writes it, in small letters with hyphens.
    static String nameOf(Enum<?> name) {
        return name.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String word(Deque<String> words, String expected) {
        if (words.isEmpty()) {
            throw new IllegalArgumentException("-D: nothing (expected: " + expected + ")");
        }
        return words.removeFirst();
    }

    private static PacketType packet(String name) {
        return PACKETS.stream()
                .filter(packet -> nameOf(packet).equals(name.toLowerCase(Locale.ROOT)))
                .findAny()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "-D: %s (expected: one of %s)"
                                                .formatted(
                                                        name,
                                                        PACKETS.stream()
                                                                .map(PropertyArgument::nameOf)
                                                                .toList())));
    }

    private static Property property(PacketType packet, String name) {
        List<Property> possible =
                Arrays.stream(Property.values())
                        .filter(property -> property.allowedIn(packet))
                        .filter(property -> !UNKNOWN.contains(property))
                        .toList();
        List<String> names = possible.stream().map(PropertyArgument::nameOf).toList();
        int found = names.indexOf(name.toLowerCase(Locale.ROOT));
        if (found < 0) {
            String meant =
                    Suggestion.nearest(name, names)
                            .map(near -> "; did you mean " + near + "?")
                            .orElse("");
            throw new IllegalArgumentException(
                    "-D %s: %s (expected: one of %s)%s"
                            .formatted(nameOf(packet), name, names, meant));
        }
        return possible.get(found);
    }

    private static Object valueOf(Property property, String text) {
        return switch (property.type()) {
            case STRING -> text;
            case BINARY -> text.getBytes(StandardCharsets.UTF_8);
            case STRING_PAIR -> throw new IllegalStateException("two words");
            case BYTE, TWO_BYTE_INTEGER, FOUR_BYTE_INTEGER, VARIABLE_BYTE_INTEGER ->
                    number(property, text);
        };
    }

    private static long number(Property property, String text) {
        try {
            long number = Long.parseLong(text);
            if (property.inRange(number)) {
                return number;
            }
        } catch (NumberFormatException _) {
            // Said below.
        }
        throw new IllegalArgumentException(
                "-D %s: %s (expected: %s)".formatted(nameOf(property), text, property.range()));
    }
}
