package eu.sermas.bus.config;

import com.fasterxml.jackson.databind.JsonNode;
import eu.sermas.bus.access.Grants;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reads the apps of the file. Goes on after a problem, so that all are found; the result counts
/// only where there was none.
final class DeclaredAppReader {

    private static final Pattern ID = Pattern.compile("[A-Za-z0-9._~-]{1,64}");
    private static final String ID_EXPECTED = "1..64 of A-Z a-z 0-9 . _ ~ -";
    private static final String GRANT_EXPECTED = "a grant such as dialogue, dialogue.messages or *";

    private static final Set<String> APP_KEYS =
            Set.of("appId", "name", "ownerId", "modules", "clients");
    private static final Set<String> MODULE_KEYS =
            Set.of("moduleId", "name", "secret", "secret-file", "supports");
    private static final Set<String> CLIENT_KEYS =
            Set.of("clientId", "name", "secret", "secret-file", "permissions");

    private final Map<String, String> environment;
    private final List<Problem> problems;

    DeclaredAppReader(Map<String, String> environment, List<Problem> problems) {
        this.environment = environment;
        this.problems = problems;
    }

    List<DeclaredApp> read(String path, JsonNode node) {
        return list(path, node, this::app, DeclaredApp::appId);
    }

    private DeclaredApp app(String path, JsonNode node) {
        checkKeys(path, node, APP_KEYS);
        String appId = id(path + ".appId", node.get("appId"));
        String name = text(path + ".name", node.get("name"));
        List<DeclaredApp.Module> modules =
                list(
                        path + ".modules",
                        node.get("modules"),
                        this::module,
                        DeclaredApp.Module::moduleId);
        List<DeclaredApp.Client> clients =
                list(
                        path + ".clients",
                        node.get("clients"),
                        this::client,
                        DeclaredApp.Client::clientId);
        checkNoClientIsAModule(path, modules, clients);
        return new DeclaredApp(
                appId,
                name == null ? appId : name,
                text(path + ".ownerId", node.get("ownerId")),
                modules,
                clients);
    }

    private DeclaredApp.Module module(String path, JsonNode node) {
        checkKeys(path, node, MODULE_KEYS);
        return new DeclaredApp.Module(
                id(path + ".moduleId", node.get("moduleId")),
                text(path + ".name", node.get("name")),
                secret(path, node),
                grants(path + ".supports", node.get("supports")));
    }

    private DeclaredApp.Client client(String path, JsonNode node) {
        checkKeys(path, node, CLIENT_KEYS);
        return new DeclaredApp.Client(
                id(path + ".clientId", node.get("clientId")),
                text(path + ".name", node.get("name")),
                secret(path, node),
                grants(path + ".permissions", node.get("permissions")));
    }

    /// A module is a client too, so both share the ids of an app.
    private void checkNoClientIsAModule(
            String path, List<DeclaredApp.Module> modules, List<DeclaredApp.Client> clients) {
        for (int i = 0; i < clients.size(); i++) {
            String clientId = clients.get(i).clientId();
            if (modules.stream().anyMatch(module -> module.moduleId().equals(clientId))) {
                report(path + ".clients[" + i + "].clientId", clientId, "an id no module has");
            }
        }
    }

    private <T> List<T> list(
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

    private Iterable<JsonNode> elements(String path, @Nullable JsonNode node) {
        if (node == null || node.isNull()) {
            return List.of();
        }
        if (!node.isArray()) {
            report(path, "a " + ConfigurationFile.kindOf(node), "a list");
            return List.of();
        }
        return node;
    }

    private List<String> grants(String path, @Nullable JsonNode node) {
        List<String> grants = new ArrayList<>();
        if (node == null) {
            report(path, "not set", "a list of grants");
        }
        for (JsonNode item : elements(path, node)) {
            String grant = item.asText();
            if (!item.isTextual() || !Grants.isGrant(grant)) {
                report(path + "[" + grants.size() + "]", item.toString(), GRANT_EXPECTED);
            }
            grants.add(grant);
        }
        return List.copyOf(grants);
    }

    private String id(String path, @Nullable JsonNode node) {
        String id = text(path, node);
        if (id == null) {
            report(path, "not set", ID_EXPECTED);
            return "";
        }
        if (!ID.matcher(id).matches()) {
            report(path, id, ID_EXPECTED);
        }
        return id;
    }

    private @Nullable String secret(String path, JsonNode node) {
        JsonNode inline = node.get("secret");
        String file = text(path + ".secret-file", node.get("secret-file"));
        if (file != null) {
            if (inline != null) {
                report(path + ".secret", Secrets.MASK, "either secret or secret-file, not both");
            }
            Optional<String> content = Secrets.read(Path.of(file));
            if (content.isEmpty()) {
                report(path + ".secret-file", file, Secrets.FILE_EXPECTED);
            }
            return content.orElse(null);
        }
        String value = text(path + ".secret", inline);
        if (value == null) {
            return null;
        }
        Optional<String> resolved = Secrets.resolve(value, environment);
        if (resolved.isEmpty()) {
            report(path + ".secret", value, "a variable that is set in the environment");
        }
        return resolved.orElse(null);
    }

    private @Nullable String text(String path, @Nullable JsonNode node) {
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

    private void checkKeys(String path, JsonNode node, Set<String> known) {
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

    private void report(String path, String value, String expected) {
        problems.add(new Problem(path, value, expected, null));
    }
}
