package eu.sermas.bus.packet;

import org.jspecify.annotations.Nullable;

/// Characters that no text should have which goes from one client to others: control characters and
/// noncharacters, MQTT 5 section 1.5.4. A receiver may take them for a malformed packet, and some
/// do: one retained message with such a topic makes a client end its connection each time it comes
/// back.
public final class Characters {

    private Characters() {}

    /// @return the first of them as U+001F, or null where there is none
    public static @Nullable String unfit(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!isPlain(c)) {
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
    static boolean isPlain(char c) {
        return c >= ' ' && c <= '~';
    }

    private static boolean isUnfit(int point) {
        return Character.isISOControl(point)
                || (point >= 0xFDD0 && point <= 0xFDEF)
                || (point & 0xFFFE) == 0xFFFE;
    }
}
