package eu.sermas.bus.cli.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import eu.sermas.bus.cli.common.CommandFailed;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "session",
        description = "Shows who is connected, and ends connections and sessions.",
        footer = {
            "  sermas-bus session list --app museum --connected",
            "  sermas-bus session end ID --connection     # it may come back",
        },
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
public final class SessionCommands extends Group {

    private static final String SESSIONS = "/api/mqtt/session";
    private static final String[] COLUMNS = {
        "id",
        "principal",
        "clientId",
        "connected",
        "since",
        "address",
        "transport",
        "version",
        "subscriptions",
        "queue.messages"
    };

    @Command(
            name = "list",
            description = "The sessions that one may see.",
            footer = "  sermas-bus session list --search kiosk",
            mixinStandardHelpOptions = true)
    public int list(
            @Mixin RestOptions rest,
            @Option(names = "--app", paramLabel = "APP", description = "Only those of this app.")
                    @Nullable String app,
            @Option(
                            names = "--search",
                            paramLabel = "TEXT",
                            description = "Part of the client identifier or of the principal.")
                    @Nullable String search,
            @Option(names = "--connected", description = "Only those that are connected.")
                    boolean connected)
            throws CommandFailed {
        ArrayNode all = JsonNodeFactory.instance.arrayNode();
        String query =
                SESSIONS
                        + "?limit=1000"
                        + (app == null ? "" : "&appId=" + RestClient.encoded(app))
                        + (search == null ? "" : "&search=" + RestClient.encoded(search))
                        + (connected ? "&connected=true" : "");
        try (RestClient bus = rest.connect()) {
            JsonNode page = bus.get(query);
            page.path("sessions").forEach(all::add);
            // A page may be short and yet not be the last one.
            while (page.hasNonNull("next")) {
                page = bus.get(query + "&cursor=" + RestClient.encoded(page.get("next").asText()));
                page.path("sessions").forEach(all::add);
            }
        }
        rest.answers().table(all, COLUMNS);
        return 0;
    }

    @Command(
            name = "show",
            description = "One session in detail.",
            footer = "  sermas-bus session show ID --json",
            mixinStandardHelpOptions = true)
    public int show(@Mixin RestOptions rest, @Parameters(paramLabel = "ID") String id)
            throws CommandFailed {
        try (RestClient bus = rest.connect()) {
            rest.answers().object(bus.get(RestClient.path(SESSIONS, id)));
        }
        return 0;
    }

    @Command(
            name = "end",
            description = "Ends a session with its connection and all that waits for it.",
            footer = "  sermas-bus session end ID --connection",
            mixinStandardHelpOptions = true)
    public int end(
            @Mixin RestOptions rest,
            @Parameters(paramLabel = "ID") String id,
            @Option(names = "--connection", description = "Only the connection; the session waits.")
                    boolean connection)
            throws CommandFailed {
        String path = RestClient.path(SESSIONS, id) + (connection ? "/connection" : "");
        try (RestClient bus = rest.connect()) {
            bus.call("DELETE", path, null);
            rest.answers().done("ended");
        }
        return 0;
    }
}
