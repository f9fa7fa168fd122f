package eu.sermas.bus.packet;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A topic filter, MQTT 5 section 4.7, with the share name of `$share/{name}/{filter}` taken apart
/// (section 4.8.2).
///
/// @param text the filter as the client wrote it, with `$share/...` where it has it
/// @param shareName the group of a shared subscription, or null
/// @param levels the levels of the filter proper, without `$share/{name}`; empty ones count
public record TopicFilter(String text, @Nullable String shareName, List<String> levels) {

    /// This object, its text, its share name and the list of its levels.
    private static final int OBJECTS = 24 + 2 * Cost.STRING + 2 * Cost.ARRAY;

    private static final String SHARE_PREFIX = "$share/";

    /// @throws IllegalArgumentException with what is wrong, where this is not a topic filter
    public static TopicFilter of(String text) {
        int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > 65_535) { // [MQTT-4.7.3-3]
            throw new IllegalArgumentException(
                    "topic filter: " + bytes + " bytes (expected: at most 65535)");
        }
        String shareName = null;
        String filter = text;
        if (text.startsWith(SHARE_PREFIX)) {
            int end = text.indexOf('/', SHARE_PREFIX.length());
            shareName = text.substring(SHARE_PREFIX.length(), end < 0 ? text.length() : end);
            filter = end < 0 ? "" : text.substring(end + 1);
            checkShareName(text, shareName); // [MQTT-4.8.2-1] [MQTT-4.8.2-2]
        }
        if (filter.isEmpty()) {
            throw new IllegalArgumentException(
                    "topic filter: '"
                            + text
                            + "' (expected: at least 1 character)"); // [MQTT-4.7.3-1]
        }
        if (filter.indexOf(0) >= 0) {
            throw new IllegalArgumentException("topic filter: contains U+0000"); // [MQTT-4.7.3-2]
        }
        List<String> levels = List.of(filter.split("/", -1));
        for (int i = 0; i < levels.size(); i++) {
            checkLevel(text, levels.get(i), i == levels.size() - 1);
        }
        return new TopicFilter(text, shareName, levels);
    }

    private static void checkShareName(String text, String name) {
        if (name.isEmpty() || name.indexOf('+') >= 0 || name.indexOf('#') >= 0) {
            throw new IllegalArgumentException(
                    "topic filter: '"
                            + text
                            + "' (expected: a share name of at least 1 character without wildcards)");
        }
    }

    private static void checkLevel(String text, String level, boolean last) {
        boolean many = level.indexOf('#') >= 0;
        boolean one = level.indexOf('+') >= 0;
        if (many && !(level.length() == 1 && last)) { // [MQTT-4.7.1-1]
            throw new IllegalArgumentException(
                    "topic filter: '" + text + "' (expected: '#' alone in the last level)");
        }
        if (one && level.length() != 1) { // [MQTT-4.7.1-2], MQTT 3.1.1 [MQTT-4.7.1-3]
            throw new IllegalArgumentException(
                    "topic filter: '" + text + "' (expected: '+' alone in its level)");
        }
    }

    /// What it takes of the heap, in bytes.
    public long cost() {
        return OBJECTS + 2 * Cost.characters(text) + levels.size() * (long) Cost.STRING_IN_ARRAY;
    }

    public boolean isShared() {
        return shareName != null;
    }

    public boolean hasWildcard() {
        return levels.contains("+") || levels.getLast().equals("#");
    }

    /// The filter proper, without `$share/{name}`.
    public String unshared() {
        return shareName == null
                ? text
                : text.substring(SHARE_PREFIX.length() + shareName.length() + 1);
    }

    /// Whether a topic of this name would be matched, share name aside. The subscription tree does
    /// this for many filters at once; this is for the odd single question.
    public boolean matches(Topic topic) {
        String[] names = topic.levels();
        String first = levels.getFirst();
        if (topic.isReserved() && (first.equals("+") || first.equals("#"))) {
            return false; // [MQTT-4.7.2-1]
        }
        for (int i = 0; i < levels.size(); i++) {
            String level = levels.get(i);
            if (level.equals("#")) {
                return true;
            }
            if (i >= names.length || !(level.equals("+") || level.equals(names[i]))) {
                return false;
            }
        }
        return levels.size() == names.length;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TopicFilter that && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
