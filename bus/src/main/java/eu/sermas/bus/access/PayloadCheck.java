package eu.sermas.bus.access;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.PathType;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import eu.sermas.bus.json.JsonLimits;
import java.io.IOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Compares the payloads of one topic of the [Catalogue] with its schema. It is done on the event
/// loop of the publisher, so what is parsed is bounded in size, depth and number of tokens; what is
/// larger does not pass.
public final class PayloadCheck {

    /// What follows from a payload that does not pass.
    public enum Mode {
        /// It is counted and told, and the message goes its way.
        OBSERVE,
        /// The message is refused.
        REJECT
    }

    /// Bytes of a payload that is parsed.
    static final int MAX_BYTES = 256 * 1024;

    private static final int MAX_REASON = 200;

    private static final JsonMapper JSON = JsonLimits.PAYLOAD.mapper().build();

    private final Mode mode;
    private final JsonSchema schema;

    private PayloadCheck(Mode mode, JsonSchema schema) {
        this.mode = mode;
        this.schema = schema;
    }

    /// @param schema as in [CatalogueEntry], with references into the definitions
    static PayloadCheck of(Mode mode, JsonNode schema, JsonNode definitions) {
        ObjectNode whole = JsonNodeFactory.instance.objectNode();
        whole.setAll((ObjectNode) schema);
        whole.set("$defs", definitions);
        SchemaValidatorsConfig config =
                SchemaValidatorsConfig.builder()
                        .pathType(PathType.JSON_POINTER)
                        .failFast(true)
                        .build();
        return new PayloadCheck(
                mode,
                JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                        .getSchema(whole, config));
    }

    public Mode mode() {
        return mode;
    }

    /// One line that says what is wrong, with the place as a JSON Pointer (RFC 6901), or null where
    /// nothing is.
    public @Nullable String violation(byte[] payload) {
        if (payload.length > MAX_BYTES) {
            return "payload: " + payload.length + " bytes (expected: at most " + MAX_BYTES + ")";
        }
        if (isOtherThanUtf8(payload)) {
            return "payload: not JSON, at byte 0";
        }
        JsonNode value;
        try {
            value = JSON.readTree(payload);
        } catch (JsonProcessingException e) {
            return "payload: not JSON, at byte " + at(e);
        } catch (IOException _) {
            return "payload: not JSON";
        }
        if (value == null || value.isMissingNode()) {
            return "payload: empty (expected: JSON)";
        }
        Set<ValidationMessage> problems = schema.validate(value);
        return problems.isEmpty() ? null : describe(problems.iterator().next());
    }

    /// Whether the parser would guess another encoding, or pass over a byte order mark, which not
    /// every receiver does (RFC 8259, section 8.1). JSON begins with ASCII and has no zeros there.
    private static boolean isOtherThanUtf8(byte[] payload) {
        for (int i = 0; i < Math.min(4, payload.length); i++) {
            if (payload[i] == 0 || (i == 0 && payload[i] < 0)) {
                return true;
            }
        }
        return false;
    }

    private static long at(JsonProcessingException e) {
        return e.getLocation() == null ? 0 : Math.max(0, e.getLocation().getByteOffset());
    }

    private static String describe(ValidationMessage problem) {
        String pointer = problem.getInstanceLocation().toString();
        String message = problem.getMessage();
        String what =
                message.startsWith(pointer + ": ")
                        ? message.substring(pointer.length() + 2)
                        : message;
        String reason = "payload at '" + pointer + "': " + what;
        StringBuilder printable = new StringBuilder(reason.length());
        reason.codePoints()
                .limit(MAX_REASON)
                .forEach(c -> printable.append(c >= 0x20 && c < 0x7f ? (char) c : '?'));
        return printable.toString();
    }
}
