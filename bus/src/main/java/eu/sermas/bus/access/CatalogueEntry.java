package eu.sermas.bus.access;

import com.fasterxml.jackson.databind.JsonNode;
import eu.sermas.bus.packet.Durability;
import org.jspecify.annotations.Nullable;

/// One topic of a [Catalogue].
///
/// @param key such as `dialogue.messages`
/// @param template such as `app/:appId/dialogue/messages/:sessionId`
/// @param contentType of the payload
/// @param schema JSON Schema of the payload: with references to the definitions as
///   `#/$defs/{name}`, or an empty object
/// @param definitions the schemas by name that may be referred to
/// @param description for people, or null
/// @param durability what an acknowledgement promises, or null where the topic does not say
/// @param appId the app that has added it and for which alone it counts, or null for every app
public record CatalogueEntry(
        String key,
        String resource,
        String scope,
        String template,
        String contentType,
        JsonNode schema,
        JsonNode definitions,
        @Nullable String description,
        @Nullable Durability durability,
        @Nullable String appId) {

    static final String IN_APP = "app/:appId/";
    static final String JSON = "application/json";

    /// Whether there is something to hold a payload against.
    boolean isCheckable() {
        return contentType.equals(JSON) && !schema.isEmpty();
    }

    /// The template without the names of its parameters: two that differ in nothing else are of the
    /// same topics.
    String shape() {
        return template.replaceAll("(?<=/):[^/]*", ":");
    }

    /// Everything that it says, definitions that it refers to included.
    String fingerprint() {
        return String.join(
                "\n",
                key,
                template,
                contentType,
                schema + " " + (schema.isEmpty() ? "" : definitions.hashCode()),
                String.valueOf(description),
                String.valueOf(durability),
                String.valueOf(appId));
    }
}
