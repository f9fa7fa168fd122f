package eu.sermas.bus.cli.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import eu.sermas.bus.cli.common.CommandFailed;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "user",
        description = "Manages the people who may log in.",
        footer = {
            "  sermas-bus user create alice --admin-user admin     # asks for her password",
            "  sermas-bus user roles alice platform-admin",
        },
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
public final class UserCommands extends Group {

    private static final String[] COLUMNS = {"username", "email", "enabled", "roles", "apps"};
    private static final String VARIABLE = "SERMAS_BUS_NEW_PASSWORD";
    static final String USERS = "/api/auth/admin/user";
    private static final int PAGE = 1000;

    @Command(
            name = "list",
            description = "Users, by name.",
            footer = "  sermas-bus user list --role platform-admin",
            mixinStandardHelpOptions = true)
    public int list(
            @Mixin RestOptions rest,
            @Option(
                            names = "--search",
                            paramLabel = "TEXT",
                            description = "Part of the name or the e-mail address.")
                    @Nullable String search,
            @Option(names = "--role", paramLabel = "ROLE", description = "Only those who hold it.")
                    @Nullable String role)
            throws CommandFailed {
        ArrayNode all = JsonNodeFactory.instance.arrayNode();
        String query =
                USERS
                        + "?limit="
                        + PAGE
                        + (search == null ? "" : "&search=" + RestClient.encoded(search))
                        + (role == null ? "" : "&role=" + RestClient.encoded(role));
        try (RestClient bus = rest.connect()) {
            String next = query;
            while (true) {
                JsonNode page = bus.get(next);
                page.forEach(all::add);
                if (page.size() < PAGE) {
                    break;
                }
                String last = page.get(page.size() - 1).path("username").asText();
                next = query + "&after=" + RestClient.encoded(last);
            }
        }
        rest.answers().table(all, COLUMNS);
        return 0;
    }

    @Command(
            name = "show",
            description = "One user.",
            footer = "  sermas-bus user show alice",
            mixinStandardHelpOptions = true)
    public int show(@Mixin RestOptions rest, @Parameters(paramLabel = "USER") String user)
            throws CommandFailed {
        try (RestClient bus = rest.connect()) {
            rest.answers().object(bus.get(RestClient.path(USERS, user)));
        }
        return 0;
    }

    @Command(
            name = "create",
            description = {
                "Makes a user. The password is asked for, or comes from " + VARIABLE,
                "in the environment."
            },
            footer = "  sermas-bus user create alice --email alice@example.org --role platform-app",
            mixinStandardHelpOptions = true)
    public int create(
            @Mixin RestOptions rest,
            @Parameters(paramLabel = "USER") String user,
            @Option(names = "--email", paramLabel = "ADDRESS", description = "E-mail address.")
                    @Nullable String email,
            @Option(names = "--role", paramLabel = "ROLE", description = "May be repeated.")
                    @Nullable List<String> roles,
            @Option(
                            names = "--password-file",
                            paramLabel = "FILE",
                            description = "File with the password of the user.")
                    @Nullable Path file)
            throws CommandFailed {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("username", user);
        put(body, "email", email);
        put(body, "roles", roles);
        try (RestClient bus = rest.connect()) {
            body.put("password", Passwords.read(file, VARIABLE, "Password of " + user));
            rest.answers().object(bus.call("POST", USERS, body));
        }
        return 0;
    }

    @Command(
            name = "passwd",
            description = {
                "Changes the password of a user, which ends their tokens and connections. It is",
                "asked for, or comes from " + VARIABLE + " in the environment."
            },
            footer = "  sermas-bus user passwd alice --admin-user admin",
            mixinStandardHelpOptions = true)
    public int passwd(
            @Mixin RestOptions rest,
            @Parameters(paramLabel = "USER") String user,
            @Option(
                            names = "--password-file",
                            paramLabel = "FILE",
                            description = "File with the new password.")
                    @Nullable Path file)
            throws CommandFailed {
        Map<String, Object> body = new LinkedHashMap<>();
        try (RestClient bus = rest.connect()) {
            // Who changes their own password has to know the present one.
            put(body, "currentPassword", rest.passwordOf(user));
            body.put("password", Passwords.read(file, VARIABLE, "New password of " + user));
            change(rest, bus, user, body);
        }
        return 0;
    }

    @Command(
            name = "roles",
            description = "Shows the roles of a user, or gives them these in their place.",
            footer = {
                "  sermas-bus user roles alice platform-admin",
                "  sermas-bus user roles alice --none"
            },
            mixinStandardHelpOptions = true)
    public int roles(
            @Mixin RestOptions rest,
            @Parameters(paramLabel = "USER") String user,
            @Parameters(paramLabel = "ROLE", arity = "0..*") @Nullable List<String> roles,
            @Option(names = "--none", description = "Takes all roles away.") boolean none)
            throws CommandFailed {
        try (RestClient bus = rest.connect()) {
            if (roles == null && !none) {
                JsonNode all = bus.get(RestClient.path(USERS, user)).path("roles");
                rest.answers().object(all);
            } else {
                change(rest, bus, user, Map.of("roles", roles == null || none ? List.of() : roles));
            }
        }
        return 0;
    }

    @Command(
            name = "set",
            description = "Changes the e-mail address of a user, or whether they may log in.",
            footer = "  sermas-bus user set alice --enabled=false",
            mixinStandardHelpOptions = true)
    public int set(
            @Mixin RestOptions rest,
            @Parameters(paramLabel = "USER") String user,
            @Option(names = "--email", paramLabel = "ADDRESS", description = "E-mail address.")
                    @Nullable String email,
            @Option(
                            names = "--enabled",
                            paramLabel = "true|false",
                            arity = "1",
                            description = "false ends all tokens and connections of the user.")
                    @Nullable Boolean enabled)
            throws CommandFailed {
        Map<String, Object> body = new LinkedHashMap<>();
        put(body, "email", email);
        put(body, "enabled", enabled);
        try (RestClient bus = rest.connect()) {
            change(rest, bus, user, body);
        }
        return 0;
    }

    @Command(
            name = "delete",
            description = "Deletes a user.",
            footer = "  sermas-bus user delete alice --hand-over-to bob",
            mixinStandardHelpOptions = true)
    public int delete(
            @Mixin RestOptions rest,
            @Parameters(paramLabel = "USER") String user,
            @Option(
                            names = "--hand-over-to",
                            paramLabel = "USER",
                            description = "Who owns the apps of the user from then on.")
                    @Nullable String heir)
            throws CommandFailed {
        String query = heir == null ? "" : "?handOverTo=" + RestClient.encoded(heir);
        try (RestClient bus = rest.connect()) {
            bus.call("DELETE", RestClient.path("/api/auth", user) + query, null);
            rest.answers().done("deleted " + user);
        }
        return 0;
    }

    private static void change(RestOptions rest, RestClient bus, String user, Map<String, ?> body)
            throws CommandFailed {
        rest.answers().object(bus.call("PUT", RestClient.path("/api/auth", user), body));
    }
}
