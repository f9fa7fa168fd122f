package eu.sermas.bus.rest.events;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.Property;
import eu.sermas.bus.packet.UserProperty;
import eu.sermas.bus.rest.http.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A message as a reader of an event stream sees it. The payload is looked at when the event is
/// sent, on the reader's thread.
///
/// @param retained whether it was retained before the stream began
record MessageEvent(Message message, boolean retained) {

    /// The event and its place, beside the message.
    private static final long OVERHEAD = 100;

    /// How the payload is shown.
    enum Encoding {
        /// As the JSON object or array that it is.
        JSON,
        /// As a string.
        TEXT,
        /// As a string in base64, because it is not UTF-8.
        BASE64
    }

    /// @param payload in JSON
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    record View(
            String topic,
            @JsonRawValue String payload,
            String encoding,
            @JsonInclude(JsonInclude.Include.ALWAYS) int qos,
            @JsonInclude(JsonInclude.Include.ALWAYS) boolean retain,
            @Nullable String contentType,
            @Nullable String responseTopic,
            byte @Nullable [] correlationData,
            List<UserProperty> userProperties) {}

    long bytes() {
        return OVERHEAD + message.cost();
    }

    @JsonValue
    View view() {
        String text = text(message.payload());
        Encoding encoding =
                text == null ? Encoding.BASE64 : isStructure(text) ? Encoding.JSON : Encoding.TEXT;
        String payload =
                switch (encoding) {
                    case JSON -> String.valueOf(text);
                    case TEXT -> quoted(String.valueOf(text));
                    case BASE64 -> quoted(Base64.getEncoder().encodeToString(message.payload()));
                };
        return new View(
                message.topic().name(),
                payload,
                encoding.name().toLowerCase(Locale.ROOT),
                message.qos().value(),
                retained,
                message.properties().text(Property.CONTENT_TYPE),
                message.properties().text(Property.RESPONSE_TOPIC),
                message.properties().binary(Property.CORRELATION_DATA),
                message.properties().userProperties());
    }

    private static String quoted(String text) {
        return new String(Json.write(text), StandardCharsets.UTF_8);
    }

    /// The characters of UTF-8, or null where it is something else.
    static @Nullable String text(byte[] payload) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(payload)).toString();
        } catch (CharacterCodingException _) {
            return null;
        }
    }

    /// Whether this is one JSON object or array and nothing else. The characters are looked at: of
    /// bytes the parser would guess the encoding, and take a byte order mark or UTF-16 for JSON.
    static boolean isStructure(String text) {
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
