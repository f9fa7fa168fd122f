package eu.sermas.bus.identity;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import eu.sermas.bus.json.JsonLimits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// How records of this package are written to the store.
final class Json {

    private static final ObjectMapper MAPPER =
            JsonLimits.OWN
                    .mapper()
                    .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .build();

    private Json() {}

    static byte[] write(Object value) {
        try {
            return MAPPER.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    static JsonNode tree(Object value) {
        return MAPPER.valueToTree(value);
    }

    static <T> T read(byte[] bytes, Class<T> type) {
        try {
            return MAPPER.readValue(bytes, type);
        } catch (IOException e) {
            throw new UncheckedIOException("registry: unreadable " + type.getSimpleName(), e);
        }
    }

    static Map<String, JsonNode> without(Map<String, JsonNode> fields, String name) {
        Map<String, JsonNode> rest = new HashMap<>(fields);
        rest.remove(name);
        return Map.copyOf(rest);
    }

    static JsonNode withoutToolCredentials(JsonNode tools) {
        JsonNode copy = tools.deepCopy();
        for (JsonNode tool : copy) {
            if (tool.get("request") instanceof ObjectNode request) {
                request.remove(List.of("basic", "bearer", "headers"));
            }
        }
        return copy;
    }
}
