package eu.sermas.bus.packet;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// A topic name, MQTT 5 section 4.7: at least one character, at most 65,535 bytes of UTF-8, without
/// wildcards, U+0000 and what else [Printable#unfit] finds.
///
/// The codec hands out the same instance for the same bytes on one connection, so everything that
/// is worked out of a topic once (its levels, its bytes) is kept here and found again for the next
/// message.
public final class Topic {

    /// This object, its name, its bytes and the array of its levels.
    private static final int OBJECTS = 32 + Cost.STRING + 2 * Cost.ARRAY;

    private final String name;
    private final byte[] utf8;
    private final int cost;
    private final int hash;
    private String @Nullable [] levels;

    private Topic(String name, byte[] utf8, int cost) {
        this.name = name;
        this.utf8 = utf8;
        this.cost = cost;
        this.hash = name.hashCode();
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
        int slashes = 0;
        boolean oneByteEach = true;
        boolean plain = true;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            slashes += c == '/' ? 1 : 0;
            oneByteEach &= c <= 0xFF;
            plain &= Printable.isAscii(c);
            if (c == '+' || c == '#' || c == 0) { // [MQTT-4.7.0-1] [MQTT-4.7.3-2]
                throw new IllegalArgumentException(
                        "topic name: contains "
                                + (c == 0 ? "U+0000" : "'" + c + "'")
                                + " (expected: no wildcard and no U+0000)");
            }
        }
        String unfit = plain ? null : Printable.unfit(name);
        if (unfit != null) {
            throw new IllegalArgumentException(
                    "topic name: contains "
                            + unfit
                            + " (expected: no control character and no noncharacter)");
        }
        int characters = oneByteEach ? name.length() : 2 * name.length();
        // The characters are there twice, for the levels are strings of their own.
        int cost = OBJECTS + 2 * characters + utf8.length + (slashes + 1) * Cost.STRING_IN_ARRAY;
        return new Topic(name, utf8, cost);
    }

    public String name() {
        return name;
    }

    /// The bytes on the wire; shared, so not to be changed.
    public byte[] utf8() {
        return utf8;
    }

    /// What it takes of the heap, in bytes, with everything that is worked out of it: more than a
    /// megabyte for the longest name of nothing but levels.
    public int cost() {
        return cost;
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

    /// Whether it is below `app/{appId}/`.
    public boolean isOfApp(String appId) {
        String[] all = levels();
        return all.length > 2 && all[0].equals("app") && all[1].equals(appId);
    }

    /// Topics that a wildcard at the first level does not match [MQTT-4.7.2-1].
    public boolean isReserved() {
        return name.charAt(0) == '$';
    }

    /// What the broker says of itself, `$SYS` and below. Others that begin with `$` are topics like
    /// any, which wildcards just do not reach.
    public boolean isOfServer() {
        return name.startsWith("$SYS") && (name.length() == 4 || name.charAt(4) == '/');
    }

    @Override
    public boolean equals(@Nullable Object other) {
        // Character by character, without any normalization [MQTT-4.7.3-4].
        return this == other || (other instanceof Topic that && name.equals(that.name));
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public String toString() {
        return name;
    }
}
