package eu.sermas.bus.packet;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// A topic name, MQTT 5 section 4.7: at least one character, at most 65,535 bytes of UTF-8, without
/// wildcards and U+0000.
///
/// The codec hands out the same instance for the same bytes on one connection, so everything that
/// is worked out of a topic once (its levels, its bytes) is kept here and found again for the next
/// message.
public final class Topic {

    private final String name;
    private final byte[] utf8;
    private String @Nullable [] levels;

    private Topic(String name, byte[] utf8) {
        this.name = name;
        this.utf8 = utf8;
    }

    /// @throws IllegalArgumentException with what is wrong, where this is not a topic name
    public static Topic of(String name) {
        return of(name, name.getBytes(StandardCharsets.UTF_8));
    }

    /// For a caller that has the bytes already; they must be those of the name and are not copied.
    ///
    /// @throws IllegalArgumentException with what is wrong, where this is not a topic name
    public static Topic of(String name, byte[] utf8) {
        if (name.isEmpty()) { // [MQTT-4.7.3-1]
            throw new IllegalArgumentException(
                    "topic name: empty (expected: at least 1 character)");
        }
        if (utf8.length > 65_535) { // [MQTT-4.7.3-3]
            throw new IllegalArgumentException(
                    "topic name: " + utf8.length + " bytes (expected: at most 65535)");
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c == '+' || c == '#' || c == 0) { // [MQTT-4.7.0-1] [MQTT-4.7.3-2]
                throw new IllegalArgumentException(
                        "topic name: contains "
                                + (c == 0 ? "U+0000" : "'" + c + "'")
                                + " (expected: no wildcard and no U+0000)");
            }
        }
        return new Topic(name, utf8);
    }

    public String name() {
        return name;
    }

    /// The bytes on the wire; shared, so not to be changed.
    public byte[] utf8() {
        return utf8;
    }

    /// The levels between the slashes; empty ones count. Shared, so not to be changed.
    ///
    /// Several threads may work them out at the same time and come to equal arrays, so the race on
    /// the field does no harm.
    public String[] levels() {
        String[] known = levels;
        if (known == null) {
            known = name.split("/", -1);
            levels = known;
        }
        return known;
    }

    /// Topics of the server itself, which a wildcard at the first level does not match
    /// [MQTT-4.7.2-1].
    public boolean isReserved() {
        return name.charAt(0) == '$';
    }

    @Override
    public boolean equals(@Nullable Object other) {
        // Character by character, without any normalization [MQTT-4.7.3-4].
        return this == other || (other instanceof Topic that && name.equals(that.name));
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }

    @Override
    public String toString() {
        return name;
    }
}
