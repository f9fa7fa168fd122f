package eu.sermas.bus.cli.rest;

import com.fasterxml.jackson.databind.JsonNode;
import eu.sermas.bus.cli.common.CommandFailed;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "client",
        description = "Manages the clients of an app.",
        footer = {
            "  sermas-bus client create museum kiosk ui.content --admin-user admin",
            "  sermas-bus client list museum --json",
        },
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
public final class ClientCommands extends Group {

    private static final String[] COLUMNS = {
        "clientId", "name", "origin", "permissions", "tokenLifetime", "formerSecretUntil"
    };

    @Command(
            name = "list",
            description = "The clients of an app, with what each may do.",
            footer = "  sermas-bus client list museum",
            mixinStandardHelpOptions = true)
    public int list(@Mixin RestOptions rest, @Parameters(paramLabel = "APP") String app)
            throws CommandFailed {
        try (RestClient bus = rest.connect()) {
            rest.answers().table(bus.get(clients(app)), COLUMNS);
        }
        return 0;
    }

    @Command(
            name = "show",
            description = "One client.",
            footer = "  sermas-bus client show museum kiosk",
            mixinStandardHelpOptions = true)
    public int show(
            @Mixin RestOptions rest,
            @Parameters(paramLabel = "APP") String app,
            @Parameters(paramLabel = "CLIENT") String client)
            throws CommandFailed {
        try (RestClient bus = rest.connect()) {
            rest.answers().object(bus.get(client(app, client)));
        }
        return 0;
    }

    @Command(
            name = "topics",
            description = "The topics of the catalogue that a client may use.",
            footer = "  sermas-bus client topics museum kiosk",
            mixinStandardHelpOptions = true)
    public int topics(
            @Mixin RestOptions rest,
            @Parameters(paramLabel = "APP") String app,
            @Parameters(paramLabel = "CLIENT") String client)
            throws CommandFailed {
        try (RestClient bus = rest.connect()) {
            rest.answers().object(bus.get(client(app, client) + "/topics"));
        }
        return 0;
    }

    @Command(
            name = "create",
            description = "Makes a client and prints its secret, which is shown only now.",
            footer = "  sermas-bus client create museum kiosk ui.content dialogue",
            mixinStandardHelpOptions = true)
    public int create(
            @Mixin RestOptions rest,
            @Parameters(paramLabel = "APP") String app,
            @Parameters(paramLabel = "CLIENT") String client,
            @Parameters(paramLabel = "GRANT", arity = "0..*") @Nullable List<String> grants,
            @Option(names = "--name", paramLabel = "TEXT", description = "What it is called.")
                    @Nullable String name,
            @Option(
                            names = "--token-lifetime",
                            paramLabel = "SECONDS",
                            description = "Of its tokens; that of the app otherwise.")
                    @Nullable Long lifetime)
            throws CommandFailed {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("clientId", client);
        body.put("permissions", grants == null ? List.of() : grants);
        put(body, "name", name);
        put(body, "tokenLifetime", lifetime);
        try (RestClient bus = rest.connect()) {
            rest.answers().object(bus.call("POST", clients(app), body));
        }
        return 0;
    }

    @Command(
            name = "grant",
            description = "Gives a client further grants; they count at once.",
            footer = "  sermas-bus client grant museum kiosk dialogue.messages",
            mixinStandardHelpOptions = true)
    public int grant(
            @Mixin RestOptions rest,
            @Parameters(paramLabel = "APP") String app,
            @Parameters(paramLabel = "CLIENT") String client,
            @Parameters(paramLabel = "GRANT", arity = "1..*") List<String> grants,
            @Option(names = "--only", description = "In the place of those that it has.")
                    boolean only)
            throws CommandFailed {
        try (RestClient bus = rest.connect()) {
            SortedSet<String> all = only ? new TreeSet<>() : grantsOf(bus, app, client);
            all.addAll(grants);
            change(rest, bus, app, client, Map.of("permissions", all));
        }
        return 0;
    }

    @Command(
            name = "revoke",
            description = "Takes grants away from a client; it loses what they gave at once.",
            footer = "  sermas-bus client revoke museum kiosk dialogue.messages",
            mixinStandardHelpOptions = true)
    public int revoke(
            @Mixin RestOptions rest,
            @Parameters(paramLabel = "APP") String app,
            @Parameters(paramLabel = "CLIENT") String client,
            @Parameters(paramLabel = "GRANT", arity = "1..*") List<String> grants)
            throws CommandFailed {
        try (RestClient bus = rest.connect()) {
            SortedSet<String> left = grantsOf(bus, app, client);
            for (String grant : grants) {
                if (!left.remove(grant)) {
                    throw new CommandFailed(
                            "%s has no grant %s (it has: %s)".formatted(client, grant, left));
                }
            }
            change(rest, bus, app, client, Map.of("permissions", left));
        }
        return 0;
    }

    @Command(
            name = "set",
            description = "Changes the name of a client or the lifetime of its tokens.",
            footer = "  sermas-bus client set museum kiosk --token-lifetime 604800",
            mixinStandardHelpOptions = true)
    public int set(
            @Mixin RestOptions rest,
            @Parameters(paramLabel = "APP") String app,
            @Parameters(paramLabel = "CLIENT") String client,
            @Option(names = "--name", paramLabel = "TEXT", description = "What it is called.")
                    @Nullable String name,
            @Option(
                            names = "--token-lifetime",
                            paramLabel = "SECONDS",
                            description = "Of its tokens; 0 for that of the app.")
                    @Nullable Long lifetime)
            throws CommandFailed {
        Map<String, Object> body = new LinkedHashMap<>();
        put(body, "name", name);
        put(body, "tokenLifetime", lifetime);
        try (RestClient bus = rest.connect()) {
            change(rest, bus, app, client, body);
        }
        return 0;
    }

    @Command(
            name = "rotate",
            description = {
                "Gives a client a new secret and prints it. The old one is good for a while",
                "longer."
            },
            footer = {
                "  sermas-bus client rotate museum kiosk --grace 3600",
                "  sermas-bus client rotate museum kiosk --end-grace    # the old one ends now"
            },
            mixinStandardHelpOptions = true)
    public int rotate(
            @Mixin RestOptions rest,
            @Parameters(paramLabel = "APP") String app,
            @Parameters(paramLabel = "CLIENT") String client,
            @Option(
                            names = "--grace",
                            paramLabel = "SECONDS",
                            description = "How long the old one is good; a day by default.")
                    @Nullable Long grace,
            @Option(
                            names = "--end-grace",
                            description = "Makes no new one, but ends the old one at once.")
                    boolean end)
            throws CommandFailed {
        String secret = client(app, client) + "/secret";
        try (RestClient bus = rest.connect()) {
            if (end) {
                bus.call("DELETE", secret + "/former", null);
                rest.answers().done("the former secret of " + client + " has ended");
            } else {
                Map<String, Object> body = new LinkedHashMap<>();
                put(body, "graceSeconds", grace);
                rest.answers().object(bus.call("POST", secret, body));
            }
        }
        return 0;
    }

    @Command(
            name = "delete",
            description = "Deletes a client, its tokens and its connections.",
            footer = "  sermas-bus client delete museum kiosk",
            mixinStandardHelpOptions = true)
    public int delete(
            @Mixin RestOptions rest,
            @Parameters(paramLabel = "APP") String app,
            @Parameters(paramLabel = "CLIENT") String client)
            throws CommandFailed {
        try (RestClient bus = rest.connect()) {
            bus.call("DELETE", client(app, client), null);
            rest.answers().done("deleted " + client);
        }
        return 0;
    }

    private static void change(
            RestOptions rest, RestClient bus, String app, String client, Map<String, ?> body)
            throws CommandFailed {
        rest.answers().object(bus.call("PATCH", client(app, client), body));
    }

    private static SortedSet<String> grantsOf(RestClient bus, String app, String client)
            throws CommandFailed {
        TreeSet<String> grants = new TreeSet<>();
        for (JsonNode grant : bus.get(client(app, client)).path("permissions")) {
            grants.add(grant.asText());
        }
        return grants;
    }

    private static String clients(String app) {
        return RestClient.path("/api/platform/app", app, "client");
    }

    private static String client(String app, String client) {
        return RestClient.path(clients(app), client);
    }
}
