package eu.sermas.bus.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;

/// What a JSON text costs in heap once it is a tree or records, worked out before anything is
/// built. The text says little about that: `{},` are three bytes and an object of 80.
public final class JsonCost {

    /// An object with one field: the node, its map with a table, the entry. Measured, 190 bytes.
    private static final int OF_OBJECT = 160;

    private static final int OF_ARRAY = 112;

    /// A node in its list or map, with the slot that it takes there while that grows.
    private static final int OF_VALUE = 64;

    private static final int OF_STRING = 112;
    private static final int OF_FLOAT = 160;
    private static final int OF_FIELD = 96;

    private static final int DIGITS_OF_LONG = 18;
    private static final int OF_DIGIT = 16;

    /// Two bytes for each character where one of them is not Latin-1, and what is gathered on the
    /// way.
    private static final int OF_CHARACTER = 6;

    private JsonCost() {}

    /// @param most that is of interest; what costs more is not read to its end
    /// @throws IOException where it is no JSON, or beyond the limits of the mapper
    public static long of(ObjectMapper mapper, byte[] text, long most) throws IOException {
        long cost = 2L * text.length;
        long longest = 0;
        try (JsonParser parser = mapper.getFactory().createParser(text)) {
            long begin = 0;
            for (JsonToken token = parser.nextToken();
                    token != null && cost <= most;
                    token = parser.nextToken()) {
                cost += costOf(token, parser);
                long end = parser.currentTokenLocation().getByteOffset();
                longest = Math.max(longest, end - begin);
                begin = end;
            }
            longest = Math.max(longest, text.length - begin);
        }
        return cost + OF_CHARACTER * longest;
    }

    private static long costOf(JsonToken token, JsonParser parser) throws IOException {
        return switch (token) {
            case START_OBJECT -> OF_OBJECT;
            case START_ARRAY -> OF_ARRAY;
            case FIELD_NAME -> OF_FIELD;
            case VALUE_NUMBER_INT -> {
                int digits = parser.getTextLength();
                yield digits > DIGITS_OF_LONG ? (long) OF_DIGIT * digits : OF_VALUE;
            }
            case VALUE_NUMBER_FLOAT -> OF_FLOAT;
            case VALUE_STRING -> OF_STRING;
            case VALUE_EMBEDDED_OBJECT, VALUE_TRUE, VALUE_FALSE, VALUE_NULL -> OF_VALUE;
            case END_OBJECT, END_ARRAY, NOT_AVAILABLE -> 0;
        };
    }
}
