package eu.sermas.bus.rest.http;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/// The payload of a message as a reader of JSON gets it.
///
/// @param json to stand in JSON as it is
/// @param encoding `json`, an object or an array as it is; `text`, a string; `base64`, a string,
///   where it is not UTF-8
public record ShownPayload(String json, String encoding) {

    private static final String BASE64 = "base64";

    public static ShownPayload of(byte[] payload) {
        String text = text(payload);
        if (text == null) {
            return new ShownPayload(base64(payload), BASE64);
        }
        return isStructure(text)
                ? new ShownPayload(text, "json")
                : new ShownPayload(quoted(text), "text");
    }

    /// Of a payload that is longer its first bytes, which are shown in base64, since they may end
    /// in the middle of anything.
    ///
    /// @param most bytes that are shown
    public static ShownPayload of(byte[] payload, int most) {
        return payload.length <= most
                ? of(payload)
                : new ShownPayload(base64(Arrays.copyOf(payload, most)), BASE64);
    }

    private static String base64(byte[] payload) {
        return quoted(Base64.getEncoder().encodeToString(payload));
    }

    private static String quoted(String text) {
        return new String(Json.write(text), StandardCharsets.UTF_8);
    }

    /// The characters of UTF-8, or null where it is something else.
    public static @Nullable String text(byte[] payload) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(payload)).toString();
        } catch (CharacterCodingException _) {
            return null;
        }
    }

    /// Whether this is one JSON object or array and nothing else. The characters are looked at: of
    /// bytes the parser would guess the encoding, and take a byte order mark or UTF-16 for JSON.
    public static boolean isStructure(String text) {
        try (JsonParser parser = Json.MAPPER.getFactory().createParser(text)) {
            JsonToken first = parser.nextToken();
            if (first == null || !first.isStructStart()) {
                return false;
            }
            parser.skipChildren();
            return parser.nextToken() == null;
        } catch (IOException _) {
            return false;
        }
    }
}
