package eu.sermas.bus.access;

/// Foreign text made fit for a reason string and a log line: short, and without control characters
/// or anything else that could imitate a second line.
public final class Printable {

    private static final int MAX_LENGTH = 64;

    private Printable() {}

    public static String of(String text) {
        return of(text, MAX_LENGTH);
    }

    public static String of(String text, int maxLength) {
        StringBuilder clean = new StringBuilder(Math.min(text.length(), maxLength) + 3);
        for (int i = 0; i < text.length(); i++) {
            if (i == maxLength) {
                return clean.append("...").toString();
            }
            char c = text.charAt(i);
            clean.append(c >= 0x20 && c < 0x7f ? c : '?');
        }
        return clean.toString();
    }
}
