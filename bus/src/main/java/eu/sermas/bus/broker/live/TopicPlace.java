package eu.sermas.bus.broker.live;

import eu.sermas.bus.packet.Topic;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Comparator;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/// The place of a topic among all topics, in their order. A topic may be longer than a request over
/// HTTP, so this one has the beginning, and of the rest a digest.
///
/// @param begin of the topic
/// @param digest of a topic that is longer, or the empty string
public record TopicPlace(String begin, String digest) implements Comparable<TopicPlace> {

    private static final int LENGTH = 200;
    private static final char BETWEEN = '\0';
    private static final Comparator<TopicPlace> ORDER =
            Comparator.comparing(TopicPlace::begin).thenComparing(TopicPlace::digest);

    public static TopicPlace of(Topic topic) {
        String name = topic.name();
        if (name.length() <= LENGTH) {
            return new TopicPlace(name, "");
        }
        int end = Character.isHighSurrogate(name.charAt(LENGTH - 1)) ? LENGTH - 1 : LENGTH;
        return new TopicPlace(name.substring(0, end), digestOf(name));
    }

    private static String digestOf(String name) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            byte[] digest = sha.digest(name.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /// What [#toString] has made, or null where it is something else.
    public static @Nullable TopicPlace parse(String text) {
        try {
            String plain = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
            int between = plain.indexOf(BETWEEN);
            return between < 0
                    ? null
                    : new TopicPlace(plain.substring(0, between), plain.substring(between + 1));
        } catch (IllegalArgumentException _) {
            return null;
        }
    }

    @Override
    public int compareTo(TopicPlace other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        byte[] plain = (begin + BETWEEN + digest).getBytes(StandardCharsets.UTF_8);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(plain);
    }
}
