package eu.sermas.bus.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Reads lists of records from the file. Goes on after a problem, so that all are found; the result
/// counts only where there was none.
abstract class NodeReader {

    private final Map<String, String> environment;
    private final List<Problem> problems;

    NodeReader(Map<String, String> environment, List<Problem> problems) {
        this.environment = environment;
        this.problems = problems;
    }

    final <T> List<T> list(
            String path,
            @Nullable JsonNode node,
            BiFunction<String, JsonNode, T> reader,
            Function<T, String> idOf) {
        List<T> read = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        for (JsonNode item : elements(path, node)) {
            String itemPath = path + "[" + read.size() + "]";
            if (!item.isObject()) {
                report(itemPath, "a " + ConfigurationFile.kindOf(item), "a mapping");
            }
            T element = reader.apply(itemPath, item);
            String id = idOf.apply(element);
            if (!id.isEmpty() && !ids.add(id)) {
                report(itemPath, id, "an id that is not there already");
            }
            read.add(element);
        }
        return read;
    }

    final Iterable<JsonNode> elements(String path, @Nullable JsonNode node) {
        if (node == null || node.isNull()) {
            return List.of();
        }
        if (!node.isArray()) {
            report(path, "a " + ConfigurationFile.kindOf(node), "a list");
            return List.of();
        }
        return node;
    }

    /// @param key the name of the secret; `{key}-file` names a file that holds it instead
    final @Nullable String secret(String path, String key, JsonNode node) {
        String at = path + "." + key;
        JsonNode inline = node.get(key);
        String file = text(at + "-file", node.get(key + "-file"));
        if (file != null) {
            if (inline != null) {
                report(at, Secrets.MASK, "either " + key + " or " + key + "-file, not both");
            }
            Optional<String> content = Secrets.read(Path.of(file));
            if (content.isEmpty()) {
                report(at + "-file", file, Secrets.FILE_EXPECTED);
            }
            return content.orElse(null);
        }
        String value = text(at, inline);
        if (value == null) {
            return null;
        }
        Optional<String> resolved = Secrets.resolve(value, environment);
        if (resolved.isEmpty()) {
            report(at, value, "a variable that is set in the environment");
        }
        return resolved.orElse(null);
    }

    final @Nullable String text(String path, @Nullable JsonNode node) {
        if (node == null || node.isNull()) {
            return null;
        }
        if (!node.isValueNode()) {
            report(path, "a " + ConfigurationFile.kindOf(node), "a text");
            return null;
        }
        String text = node.asText();
        return text.isEmpty() ? null : text;
    }

    final void checkKeys(String path, JsonNode node, Set<String> known) {
        for (Map.Entry<String, JsonNode> entry : node.properties()) {
            String key = entry.getKey();
            if (!known.contains(key)) {
                String expected =
                        Suggestion.nearest(key, known)
                                .map(near -> "a known key; did you mean " + near + "?")
                                .orElseGet(() -> "one of " + String.join(", ", sorted(known)));
                report(path + "." + key, "unknown key", expected);
            }
        }
    }

    private static List<String> sorted(Set<String> names) {
        return names.stream().sorted().toList();
    }

    final void report(String path, String value, String expected) {
        problems.add(new Problem(path, value, expected, null));
    }
}
