package eu.sermas.bus.rest.http;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The target of a request: an absolute path and perhaps a query, checked before anything takes it
/// apart. What one part of a program reads as a name and another as a way up or a separator never
/// gets further than this.
public final class RequestTarget {

    private static final String NOT_IN_URI = "\"<>[]^`{|}";

    private RequestTarget() {}

    /// One line that says what is wrong with it, or null where nothing is.
    static @Nullable String problemOf(String target) {
        if (!target.startsWith("/")) {
            return "path: does not begin with '/'";
        }
        for (int i = 0; i < target.length(); i++) {
            char c = target.charAt(i);
            if (c <= ' ' || c >= 0x7f || c == '#' || c == '\\') {
                return "path: character not allowed at " + i;
            }
            if (c == '%' && hex(target, i + 1) < 0) {
                return "path: '%' without two hexadecimal digits at " + i;
            }
        }
        for (String segment : pathOf(target).split("/", -1)) {
            String problem = problemOfSegment(segment);
            if (problem != null) {
                return problem;
            }
        }
        return null;
    }

    public static String pathOf(String target) {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }

    /// The values of a parameter of the query, in their order. A `+` is a `+` here, because it is
    /// one in a topic filter; a space is `%20`.
    public static List<String> parameters(String target, String name) {
        int query = target.indexOf('?');
        if (query < 0) {
            return List.of();
        }
        return Arrays.stream(target.substring(query + 1).split("&", -1))
                .filter(pair -> pair.startsWith(name + "="))
                .map(pair -> decode(pair.substring(name.length() + 1)))
                .filter(Objects::nonNull)
                .toList();
    }

    /// The same with the characters escaped that browsers send and `java.net.URI` does not take.
    static String escape(String target) {
        StringBuilder escaped = new StringBuilder(target.length());
        for (int i = 0; i < target.length(); i++) {
            char c = target.charAt(i);
            if (NOT_IN_URI.indexOf(c) < 0) {
                escaped.append(c);
            } else {
                escaped.append('%').append(HexFormat.of().toHexDigits((byte) c));
            }
        }
        return escaped.toString();
    }

    /// The characters that a segment stands for.
    ///
    /// @return null where the bytes are not UTF-8
    public static @Nullable String decode(String segment) {
        ByteBuffer bytes = ByteBuffer.allocate(segment.length());
        for (int i = 0; i < segment.length(); i++) {
            if (segment.charAt(i) == '%') {
                bytes.put((byte) hex(segment, i + 1));
                i += 2;
            } else {
                bytes.put((byte) segment.charAt(i));
            }
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
        } catch (CharacterCodingException _) {
            return null;
        }
    }

    private static @Nullable String problemOfSegment(String segment) {
        String name = decode(segment);
        if (name == null) {
            return "path: not UTF-8";
        }
        if (name.equals(".") || name.equals("..")) {
            return "path: segment '" + name + "'";
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c == '/' || c == '\\' || Character.isISOControl(c)) {
                return "path: encoded separator or control character";
            }
        }
        return null;
    }

    /// The byte of two hexadecimal digits, or -1.
    private static int hex(String text, int at) {
        if (at + 2 > text.length()) {
            return -1;
        }
        int high = Character.digit(text.charAt(at), 16);
        int low = Character.digit(text.charAt(at + 1), 16);
        return high < 0 || low < 0 ? -1 : high * 16 + low;
    }
}
