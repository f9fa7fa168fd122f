package eu.sermas.bus.config;

import com.fasterxml.jackson.databind.JsonNode;
import eu.sermas.bus.access.Grants;
import eu.sermas.bus.config.setting.TokenSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reads the apps of the file. Goes on after a problem, so that all are found; the result counts
/// only where there was none.
final class DeclaredAppReader extends NodeReader {

    private static final Pattern ID = Pattern.compile("[A-Za-z0-9._~-]{1,64}");
    private static final String ID_EXPECTED = "1..64 of A-Z a-z 0-9 . _ ~ -";
    private static final String GRANT_EXPECTED = "a grant such as dialogue, dialogue.messages or *";

    private static final Set<String> APP_KEYS =
            Set.of(
                    "appId",
                    "name",
                    "public",
                    "ownerId",
                    "token-lifetime",
                    "members",
                    "modules",
                    "clients");
    private static final Set<String> MODULE_KEYS =
            Set.of("moduleId", "name", "secret", "secret-file", "supports");
    private static final Set<String> CLIENT_KEYS =
            Set.of("clientId", "name", "secret", "secret-file", "permissions", "token-lifetime");

    DeclaredAppReader(Map<String, String> environment, List<Problem> problems) {
        super(environment, problems);
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
                isTrue(path + ".public", node.get("public")),
                text(path + ".ownerId", node.get("ownerId")),
                lifetime(path, node),
                members(path + ".members", node.get("members")),
                modules,
                clients);
    }

    private DeclaredApp.Module module(String path, JsonNode node) {
        checkKeys(path, node, MODULE_KEYS);
        return new DeclaredApp.Module(
                id(path + ".moduleId", node.get("moduleId")),
                text(path + ".name", node.get("name")),
                secret(path, "secret", node),
                grants(path + ".supports", node.get("supports")));
    }

    private DeclaredApp.Client client(String path, JsonNode node) {
        checkKeys(path, node, CLIENT_KEYS);
        return new DeclaredApp.Client(
                id(path + ".clientId", node.get("clientId")),
                text(path + ".name", node.get("name")),
                secret(path, "secret", node),
                grants(path + ".permissions", node.get("permissions")),
                lifetime(path, node));
    }

    private @Nullable Duration lifetime(String path, JsonNode node) {
        String text = text(path + ".token-lifetime", node.get("token-lifetime"));
        if (text == null) {
            return null;
        }
        Optional<Duration> read = TokenSettings.MAX_LIFETIME.kind().reader().apply(text);
        if (read.isEmpty()) {
            report(path + ".token-lifetime", text, TokenSettings.MAX_LIFETIME.kind().expected());
        }
        return read.orElse(null);
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

    private boolean isTrue(String path, @Nullable JsonNode node) {
        if (node != null && !node.isBoolean()) {
            report(path, node.toString(), "true or false");
        }
        return node != null && node.booleanValue();
    }

    private @Nullable List<String> members(String path, @Nullable JsonNode node) {
        if (node == null) {
            return null;
        }
        List<String> members = new ArrayList<>();
        for (JsonNode item : elements(path, node)) {
            if (!item.isTextual() || item.asText().isEmpty()) {
                report(path + "[" + members.size() + "]", item.toString(), "the id of a user");
            }
            members.add(item.asText());
        }
        return List.copyOf(members);
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
}
