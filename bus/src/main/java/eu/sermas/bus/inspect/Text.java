package eu.sermas.bus.inspect;

import eu.sermas.bus.packet.Printable;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;

/// Values as text.
final class Text {

    private Text() {}

    /// What clients made up must not move the cursor of a terminal.
    static String printable(String text) {
        StringBuilder printable = new StringBuilder(text.length());
        text.codePoints().forEach(point -> append(printable, point));
        return printable.toString();
    }

    private static void append(StringBuilder out, int point) {
        if (Printable.isPlain(point)) {
            out.appendCodePoint(point);
        } else {
            out.append("\\u%04x".formatted(point));
        }
    }

    /// UTF-8 as it is, anything else as `base64:` and that.
    static String payload(byte[] payload) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(payload)).toString();
        } catch (CharacterCodingException _) {
            return "base64:" + Base64.getEncoder().encodeToString(payload);
        }
    }

    /// ISO 8601.
    static String time(long millis) {
        return Instant.ofEpochMilli(millis).toString();
    }
}
