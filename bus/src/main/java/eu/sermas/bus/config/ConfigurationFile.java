package eu.sermas.bus.config;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import eu.sermas.bus.json.JsonLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Reads the YAML file as a tree and leaves the meaning to others.
final class ConfigurationFile {

    private ConfigurationFile() {}

    /// @throws InvalidConfiguration where it cannot be read or is not YAML
    static JsonNode read(Path file) throws InvalidConfiguration {
        YAMLMapper mapper =
                JsonLimits.OWN.yaml().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
        try {
            JsonNode root = mapper.readTree(Files.readString(file));
            if (root == null || root.isNull() || root.isMissingNode()) {
                return JsonNodeFactory.instance.objectNode();
            }
            if (!root.isObject()) {
                throw invalid(file.toString(), "a " + kindOf(root), "keys with values");
            }
            return root;
        } catch (JacksonException e) {
            throw invalid(file + position(e), firstLine(e.getOriginalMessage()), "YAML");
        } catch (IOException e) {
            throw invalid("--config", file.toString(), "a readable file of UTF-8 text");
        }
    }

    /// What a node is, in words for a message.
    static String kindOf(JsonNode node) {
        return switch (node.getNodeType()) {
            case OBJECT, POJO -> "mapping";
            case ARRAY -> "list";
            case NULL, MISSING -> "missing value";
            case BINARY, BOOLEAN, NUMBER, STRING -> "single value";
        };
    }

    private static String position(JacksonException e) {
        JsonLocation at = e.getLocation();
        return at == null || at.getLineNr() < 1
                ? ""
                : ":" + at.getLineNr() + ":" + at.getColumnNr();
    }

    private static String firstLine(String message) {
        return message.lines().findFirst().orElse("unreadable");
    }

    private static InvalidConfiguration invalid(String path, String value, String expected) {
        return InvalidConfiguration.because(List.of(new Problem(path, value, expected, null)));
    }
}
