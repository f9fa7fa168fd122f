package eu.sermas.bus.systemtest.hostile;

import static java.nio.charset.StandardCharsets.UTF_8;

import eu.sermas.bus.systemtest.raw.Bytes;
import java.util.HexFormat;

/// Reads the notation of bytes that the head of `malformed.txt` explains.
final class Notation {

    private final String text;
    private int at;

    private Notation(String text) {
        this.text = text;
    }

    /// @throws IllegalArgumentException where the text is not in the notation
    static byte[] parse(String text) {
        var notation = new Notation(text);
        var bytes = notation.sequence();
        if (notation.at < text.length()) {
            throw notation.unexpected();
        }
        return bytes.toArray();
    }

    private Bytes sequence() {
        var out = Bytes.bytes();
        while (at < text.length() && ")]}".indexOf(text.charAt(at)) < 0) {
            switch (text.charAt(at)) {
                case ' ', '\n' -> at++;
                case '\'' -> out.text(quoted('\''));
                case '"' -> out.raw(quoted('"').getBytes(UTF_8));
                case '[' -> {
                    var inner = inner(']').toArray();
                    out.varint(inner.length).raw(inner);
                }
                case '{' -> out.binary(inner('}').toArray());
                default -> hexOrRepeated(out);
            }
        }
        return out;
    }

    private void hexOrRepeated(Bytes out) {
        int start = at;
        while (at < text.length() && HexFormat.isHexDigit(text.charAt(at))) {
            at++;
        }
        var digits = text.substring(start, at);
        if (text.startsWith("*(", at)) {
            at++;
            var once = inner(')');
            for (int i = Integer.parseInt(digits); i > 0; i--) {
                out.raw(once);
            }
        } else if (digits.isEmpty()) {
            throw unexpected();
        } else {
            out.raw(Bytes.hex(digits));
        }
    }

    private Bytes inner(char end) {
        at++;
        var inner = sequence();
        if (at == text.length() || text.charAt(at) != end) {
            throw unexpected();
        }
        at++;
        return inner;
    }

    private String quoted(char quote) {
        int end = text.indexOf(quote, at + 1);
        if (end < 0) {
            throw unexpected();
        }
        var inside = text.substring(at + 1, end);
        at = end + 1;
        return inside;
    }

    private IllegalArgumentException unexpected() {
        return new IllegalArgumentException("not understood from %d on: %s".formatted(at, text));
    }
}
