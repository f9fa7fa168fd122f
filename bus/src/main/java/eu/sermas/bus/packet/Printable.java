package eu.sermas.bus.packet;

import org.jspecify.annotations.Nullable;

/// Text that somebody else chose, made fit for a line of a log, a reason string or a message to
/// people: short, and without anything that could imitate a second line, move the cursor of a
/// terminal or turn the direction of writing.
///
/// The one place for this. Whoever passes on what a client, a token or another server has written
/// does it through here; identifiers that are looked up or compared stay as they are.
public final class Printable {

    private static final int MAX_LENGTH = 64;

    private Printable() {}

    /// At most 64 characters of it; the empty string for null.
    public static String of(@Nullable String text) {
        return text == null ? "" : of(text, MAX_LENGTH);
    }

    /// @param maxLength in characters, which count as two where they are beyond U+FFFF
    public static String of(String text, int maxLength) {
        if (text.length() <= maxLength && isPlain(text)) {
            return text;
        }
        StringBuilder clean = new StringBuilder(Math.min(text.length(), maxLength) + 3);
        int at = 0;
        while (at < text.length()) {
            int point = text.codePointAt(at);
            at += Character.charCount(point);
            if (at > maxLength) {
                return clean.append("...").toString();
            }
            clean.appendCodePoint(isPlain(point) ? point : '?');
        }
        return clean.toString();
    }

    /// Whether all characters of a text only show themselves, see [#isPlain(int)].
    public static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x20 || c >= 0x7F) {
                return text.codePoints().allMatch(Printable::isPlain);
            }
        }
        return true;
    }

    /// Whether a character only shows itself: no control character, of C0 or C1, no end of a line
    /// or paragraph, no mark of direction or another without a shape, no half of a character, and
    /// none that is not one.
    public static boolean isPlain(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.UNASSIGNED ->
                    false;
            default -> true;
        };
    }

    /// What no text should have that goes from one client to others: control characters and
    /// noncharacters, MQTT 5 section 1.5.4. A receiver may take them for a malformed packet, and
    /// some do: one retained message with such a topic makes a client end its connection each time
    /// it comes back. Marks of direction and the like are let be.
    ///
    /// @return the first of them as U+001F, or null where there is none
    public static @Nullable String unfit(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!isAscii(text.charAt(i))) {
                int point = text.codePointAt(i);
                if (isUnfit(point)) {
                    return "U+%04X".formatted(point);
                }
                i += Character.charCount(point) - 1;
            }
        }
        return null;
    }

    /// What nobody has to look at twice, and nearly all there is.
    static boolean isAscii(char c) {
        return c >= ' ' && c <= '~';
    }

    private static boolean isUnfit(int point) {
        return Character.isISOControl(point)
                || (point >= 0xFDD0 && point <= 0xFDEF)
                || (point & 0xFFFE) == 0xFFFE;
    }
}
