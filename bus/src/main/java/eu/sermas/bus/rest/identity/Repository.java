package eu.sermas.bus.rest.identity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import eu.sermas.bus.identity.App;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The assets that an app names. The bus keeps the list, not the files.
final class Repository {

    private static final List<String> KINDS =
            List.of("avatars", "backgrounds", "robots", "documents", "animations");

    /// Of an app that names none.
    static final JsonNode DEFAULTS = defaults();

    private Repository() {}

    static JsonNode of(App app) {
        JsonNode repository = app.repository();
        return repository == null ? DEFAULTS : repository;
    }

    static JsonNode assets(App app, String kind, @Nullable String name) {
        ArrayNode assets = JsonNodeFactory.instance.arrayNode();
        for (JsonNode asset : of(app).path(kind)) {
            if (name == null || name.equals(asset.path("name").asText())) {
                assets.add(asset);
            }
        }
        return assets;
    }

    private static JsonNode defaults() {
        ObjectNode empty = JsonNodeFactory.instance.objectNode();
        KINDS.forEach(empty::putArray);
        return empty;
    }
}
