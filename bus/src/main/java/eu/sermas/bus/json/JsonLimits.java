package eu.sermas.bus.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/// How far a JSON text is followed, by where it comes from. What is beyond is refused while it is
/// read, before anything of it is built. Every mapper of the product is made here.
///
/// A number counts for at most [#LONGEST_NUMBER] characters everywhere: the time to read one grows
/// with the square of its length. Field names are not interned, since strangers choose them.
///
/// @param depth arrays and objects within each other
/// @param tokens brackets, field names and values
/// @param string characters of one string
public record JsonLimits(int depth, int tokens, int string) {

    static final int LONGEST_NUMBER = 400;
    static final int LONGEST_NAME = 4_096;

    /// The header or the claims of a token.
    public static final JsonLimits TOKEN = new JsonLimits(32, 10_000, 64 * 1_024);

    /// What another server answers: keys of an issuer, a decision.
    public static final JsonLimits ANSWER = new JsonLimits(32, 50_000, 64 * 1_024);

    /// The body of a request. Its size is limited apart, and what it costs is counted before it is
    /// built.
    public static final JsonLimits BODY = new JsonLimits(100, 2_000_000, 8 * 1_024 * 1_024);

    /// The payload of a message, which is compared with a schema on an event loop.
    public static final JsonLimits PAYLOAD = new JsonLimits(64, 50_000, 256 * 1_024);

    /// Files of the operator, and what this product has written itself.
    public static final JsonLimits OWN = new JsonLimits(200, 10_000_000, 64 * 1_024 * 1_024);

    public JsonLimits {
        if (depth < 1 || tokens < 1 || string < 1) {
            throw new IllegalArgumentException(
                    "limits of JSON: "
                            + depth
                            + ", "
                            + tokens
                            + ", "
                            + string
                            + " (expected: 1..)");
        }
    }

    /// A mapper that keeps these limits and takes one value alone, with nothing behind it.
    public JsonMapper.Builder mapper() {
        return JsonMapper.builder(factory()).enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    }

    /// The same for YAML, and so for JSON.
    public YAMLMapper.Builder yaml() {
        return YAMLMapper.builder(
                        YAMLFactory.builder()
                                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                                .streamReadConstraints(constraints())
                                .build())
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    }

    private JsonFactory factory() {
        return JsonFactory.builder()
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                .streamReadConstraints(constraints())
                .build();
    }

    private StreamReadConstraints constraints() {
        return StreamReadConstraints.builder()
                .maxNestingDepth(depth)
                .maxTokenCount(tokens)
                .maxStringLength(string)
                .maxNumberLength(LONGEST_NUMBER)
                .maxNameLength(LONGEST_NAME)
                .build();
    }

    /// Reads a text through without building anything of it, for libraries that have no limits.
    ///
    /// @throws JsonProcessingException where it is not one JSON value within these limits
    public void check(String text) throws JsonProcessingException {
        try (JsonParser parser = factory().createParser(text.getBytes(StandardCharsets.UTF_8))) {
            int depth = 0;
            do {
                JsonToken token = parser.nextToken();
                if (token == null) {
                    throw new JsonParseException(parser, "no value");
                }
                depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
                if (token.isScalarValue()) {
                    parser.getTextLength(); // only what is asked for is held against its limit
                }
            } while (depth > 0);
            if (parser.nextToken() != null) {
                throw new JsonParseException(parser, "more than one value");
            }
        } catch (JsonProcessingException e) {
            throw e;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
