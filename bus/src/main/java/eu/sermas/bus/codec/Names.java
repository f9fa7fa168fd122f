package eu.sermas.bus.codec;

import static eu.sermas.bus.codec.MalformedPacketException.malformed;

import eu.sermas.bus.packet.Printable;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;

/// Topic names and filters of the wire. A name that breaks the rules of section 4.7 is a Malformed
/// Packet; "Topic Name invalid" and "Topic Filter invalid" are for those that are well-formed and
/// not accepted, of which the codec knows one case: too many levels, which would cost memory and
/// depth in every tree behind it.
final class Names {

    /// Levels of a topic name or filter.
    static final int MAX_LEVELS = 200;

    private Names() {}

    /// @param utf8 kept, not copied
    static Topic topic(byte[] utf8, String field) throws MalformedPacketException {
        String name = PacketReader.string(utf8, 0, utf8.length, field);
        checkLevels(name, field, ReasonCode.TOPIC_NAME_INVALID);
        try {
            return Topic.of(name, utf8); // [MQTT-3.3.2-2] [MQTT-4.7.3-1]
        } catch (IllegalArgumentException e) {
            throw malformed(String.valueOf(e.getMessage()).replaceFirst("topic name", field));
        }
    }

    static TopicFilter filter(String text) throws MalformedPacketException {
        checkLevels(text, "topic filter", ReasonCode.TOPIC_FILTER_INVALID);
        try {
            return TopicFilter.of(text);
        } catch (IllegalArgumentException e) {
            throw malformed(String.valueOf(e.getMessage()));
        }
    }

    /// A response topic stays a string: it is the business of the receiver.
    static void checkResponseTopic(String name) throws MalformedPacketException {
        if (name.isEmpty() || name.indexOf('+') >= 0 || name.indexOf('#') >= 0) {
            throw malformed( // [MQTT-3.3.2-14]
                    "RESPONSE_TOPIC: '" + name + "' (expected: a topic name without wildcard)");
        }
    }

    static void checkCharacters(String text, String field) throws MalformedPacketException {
        String unfit = Printable.unfit(text);
        if (unfit != null) { // section 1.5.4
            throw malformed(
                    "%s: contains %s (expected: no control character and no noncharacter)"
                            .formatted(field, unfit));
        }
    }

    private static void checkLevels(String text, String field, ReasonCode refusal)
            throws MalformedPacketException {
        int levels = 1;
        for (int at = text.indexOf('/'); at >= 0; at = text.indexOf('/', at + 1)) {
            levels++;
        }
        if (levels > MAX_LEVELS) {
            throw new MalformedPacketException(
                    refusal, field + ": " + levels + " levels (expected: 1.." + MAX_LEVELS + ")");
        }
    }
}
