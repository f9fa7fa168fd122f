package eu.sermas.bus.cli.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import eu.sermas.bus.cli.common.CommandFailed;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "app",
        description = "Manages apps.",
        footer = {
            "  sermas-bus app create museum --name 'City museum' --admin-user admin",
            "  sermas-bus app list --all",
        },
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
public final class AppCommands extends Group {

    private static final String[] COLUMNS = {"appId", "name", "ownerId", "public", "tokenLifetime"};

    @Command(
            name = "list",
            description = "The apps that one owns, or all.",
            footer = "  sermas-bus app list --all --admin-user admin",
            mixinStandardHelpOptions = true)
    public int list(
            @Mixin RestOptions rest,
            @Option(names = "--all", description = "All apps; for administrators.") boolean all)
            throws CommandFailed {
        try (RestClient bus = rest.connect()) {
            JsonNode apps =
                    all
                            ? bus.call("POST", "/api/app/admin/export", Map.of())
                            : bus.get("/api/app/list");
            rest.answers().table(withoutSecrets(apps), COLUMNS);
        }
        return 0;
    }

    /// An app comes with the secrets of its modules, which a list is not there for.
    private static JsonNode withoutSecrets(JsonNode apps) {
        var rows = JsonNodeFactory.instance.arrayNode();
        for (JsonNode app : apps) {
            ObjectNode row = rows.addObject();
            for (String column : COLUMNS) {
                if (app.has(column)) {
                    row.set(column, app.get(column));
                }
            }
        }
        return rows;
    }

    @Command(
            name = "show",
            description = "One app, with its modules; its owner also sees their secrets.",
            footer = "  sermas-bus app show museum --json",
            mixinStandardHelpOptions = true)
    public int show(@Mixin RestOptions rest, @Parameters(paramLabel = "APP") String app)
            throws CommandFailed {
        try (RestClient bus = rest.connect()) {
            rest.answers().object(bus.get(RestClient.path("/api/app", app)));
        }
        return 0;
    }

    @Command(
            name = "create",
            description = "Makes an app, of one's own or for somebody else.",
            footer = "  sermas-bus app create museum --name 'City museum'",
            mixinStandardHelpOptions = true)
    public int create(
            @Mixin RestOptions rest,
            @Parameters(paramLabel = "APP") String app,
            @Option(names = "--name", paramLabel = "TEXT", description = "What it is called.")
                    @Nullable String name,
            @Option(
                            names = "--token-lifetime",
                            paramLabel = "SECONDS",
                            description = "Of the tokens of its clients.")
                    @Nullable Long lifetime,
            @Option(
                            names = "--owner",
                            paramLabel = "USER",
                            description = "Who owns it; for administrators.")
                    @Nullable String owner)
            throws CommandFailed {
        Map<String, Object> body = body(app, name, lifetime);
        try (RestClient bus = rest.connect()) {
            body.put(
                    "ownerId",
                    owner == null
                            ? bus.get("/api/auth/whoami").path("sub").asText()
                            : bus.get(RestClient.path(UserCommands.USERS, owner))
                                    .path("userId")
                                    .asText());
            rest.answers().object(bus.call("POST", "/api/app", body));
        }
        return 0;
    }

    @Command(
            name = "set",
            description = "Changes the name of an app or the lifetime of tokens in it.",
            footer = "  sermas-bus app set museum --token-lifetime 604800",
            mixinStandardHelpOptions = true)
    public int set(
            @Mixin RestOptions rest,
            @Parameters(paramLabel = "APP") String app,
            @Option(names = "--name", paramLabel = "TEXT", description = "What it is called.")
                    @Nullable String name,
            @Option(
                            names = "--token-lifetime",
                            paramLabel = "SECONDS",
                            description = "Of the tokens of its clients; 0 for the usual one.")
                    @Nullable Long lifetime)
            throws CommandFailed {
        try (RestClient bus = rest.connect()) {
            rest.answers().object(bus.call("PUT", "/api/app", body(app, name, lifetime)));
        }
        return 0;
    }

    @Command(
            name = "delete",
            description = "Deletes an app with everything in it.",
            footer = "  sermas-bus app delete museum",
            mixinStandardHelpOptions = true)
    public int delete(@Mixin RestOptions rest, @Parameters(paramLabel = "APP") String app)
            throws CommandFailed {
        try (RestClient bus = rest.connect()) {
            bus.call("DELETE", RestClient.path("/api/app", app), null);
            rest.answers().done("deleted " + app);
        }
        return 0;
    }

    private static Map<String, Object> body(
            String app, @Nullable String name, @Nullable Long lifetime) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("appId", app);
        put(body, "name", name);
        put(body, "tokenLifetime", lifetime);
        return body;
    }
}
