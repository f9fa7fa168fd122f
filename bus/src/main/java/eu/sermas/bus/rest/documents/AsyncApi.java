package eu.sermas.bus.rest.documents;

import com.fasterxml.jackson.databind.node.ObjectNode;
import eu.sermas.bus.access.AccessRights;
import eu.sermas.bus.access.Catalogue;
import eu.sermas.bus.access.CatalogueEntry;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.rest.caller.Caller;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The catalogue of topics as an AsyncAPI 3.0 document, seen by the client: it sends what it may
/// publish and receives what it may subscribe to.
final class AsyncApi {

    private static final Pattern PARAMETER = Pattern.compile(":(\\w+)");
    private static final String SERVER = "sermas-broker";

    private final Schemas schemas = new Schemas();
    private final ObjectNode channels = Schemas.object();
    private final ObjectNode operations = Schemas.object();
    private final ObjectNode messages = Schemas.object();
    private final Set<String> names = new HashSet<>();
    private final @Nullable AccessRights rights;
    private final Set<String> appIds;

    private AsyncApi(@Nullable Caller caller) {
        rights = caller == null ? null : caller.rights();
        appIds = caller == null ? Set.of() : caller.principal().appIds();
    }

    /// @param caller whose topics are shown, or null for all
    static ObjectNode of(Catalogue known, @Nullable Caller caller, String version) {
        AsyncApi document = new AsyncApi(caller);
        known.entries().forEach(document::add);
        return document.root(version, known.version());
    }

    private void add(CatalogueEntry entry) {
        boolean send = mayPublish(entry);
        boolean receive = maySubscribe(entry);
        if (!send && !receive) {
            return;
        }
        String key = freeKey(entry.key());
        ObjectNode message = messages.putObject(key);
        message.put("name", key).put("contentType", entry.contentType());
        message.set("payload", schemas.ofPayload(entry));
        ObjectNode channel = channels.putObject(key);
        String address = addressOf(entry);
        channel.put("address", PARAMETER.matcher(address).replaceAll("{$1}"));
        channel.put("description", describe(entry));
        PARAMETER
                .matcher(address)
                .results()
                .forEach(
                        found ->
                                channel.withObjectProperty("parameters").putObject(found.group(1)));
        channel.putObject("messages")
                .putObject("event")
                .put("$ref", "#/components/messages/" + key);
        String name = nameOf(key);
        if (send) {
            operation(name, "send", key);
        }
        if (receive) {
            String onName = "on" + Character.toUpperCase(name.charAt(0)) + name.substring(1);
            operation(onName, "receive", key);
        }
    }

    /// Two apps of one caller may have given their topics the same key, and two keys may make the
    /// same name.
    private String freeKey(String key) {
        String free = key;
        while (!names.add(nameOf(free))) {
            free += "_";
        }
        return free;
    }

    /// That of an app's own topic names the app.
    private static String addressOf(CatalogueEntry entry) {
        String appId = entry.appId();
        return appId == null ? entry.template() : entry.template().replace(":appId", appId);
    }

    private static String describe(CatalogueEntry entry) {
        String grant = "Grant: `" + entry.resource() + "." + entry.scope() + "`";
        String durability =
                entry.durability() == null
                        ? ""
                        : ". Durability: `"
                                + entry.durability().name().toLowerCase(Locale.ROOT)
                                + "`";
        return entry.description() == null
                ? grant + durability
                : entry.description() + "\n\n" + grant + durability;
    }

    /// `dialogue.messages` as `dialogueMessages`.
    private static String nameOf(String key) {
        StringBuilder name = new StringBuilder();
        for (String part : key.split("\\.", -1)) {
            name.append(name.isEmpty() ? part.charAt(0) : Character.toUpperCase(part.charAt(0)))
                    .append(part.substring(1));
        }
        return name.toString();
    }

    private void operation(String name, String action, String channel) {
        ObjectNode operation = operations.putObject(name).put("action", action);
        operation.putObject("channel").put("$ref", "#/channels/" + channel);
        operation
                .putArray("messages")
                .addObject()
                .put("$ref", "#/channels/" + channel + "/messages/event");
    }

    private boolean mayPublish(CatalogueEntry entry) {
        AccessRights known = rights;
        return known == null
                || examples(entry).stream()
                        .anyMatch(topic -> known.mayPublish(Topic.of(topic)).isAllowed());
    }

    private boolean maySubscribe(CatalogueEntry entry) {
        AccessRights known = rights;
        return known == null
                || examples(entry).stream()
                        .anyMatch(topic -> known.maySubscribe(TopicFilter.of(topic)).isAllowed());
    }

    /// A topic of this kind in each of the caller's apps; who has none may be one for all apps.
    private Set<String> examples(CatalogueEntry entry) {
        String ofApp = entry.appId();
        Set<String> apps = ofApp != null ? Set.of(ofApp) : appIds.isEmpty() ? Set.of("x") : appIds;
        return apps.stream()
                .map(app -> entry.template().replace(":appId", app))
                .map(topic -> PARAMETER.matcher(topic).replaceAll("x"))
                .collect(Collectors.toSet());
    }

    private ObjectNode root(String version, String topics) {
        ObjectNode root = Schemas.object().put("asyncapi", "3.0.0");
        root.putObject("info")
                .put("title", "SERMAS Toolkit")
                .put("version", version)
                .put(
                        "description",
                        "The topics of the SERMAS bus. The user name of MQTT is the token, with"
                                + " any password.");
        root.put("x-catalogue-version", topics);
        root.put("defaultContentType", "application/json");
        ObjectNode server = root.putObject("servers").putObject(SERVER);
        server.put("host", "{host}").put("pathname", "/mqtt").put("protocol", "mqtt");
        server.put("description", "MQTT 3.1, 3.1.1 and 5, plain, over TLS and over WebSocket.");
        server.putObject("variables").putObject("host").put("default", "localhost:8080");
        server.putArray("security").addObject().put("$ref", "#/components/securitySchemes/token");
        root.set("channels", channels);
        root.set("operations", operations);
        ObjectNode components = root.putObject("components");
        components.set("messages", messages);
        components.set("schemas", schemas.components());
        components.putObject("securitySchemes").putObject("token").put("type", "userPassword");
        return root;
    }
}
