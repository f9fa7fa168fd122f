package eu.sermas.bus.access;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;

/// The topics that the platform knows, as data: the vocabulary of grants, the templates of topics,
/// and the schemas of their payloads. A grant or a topic need not be in it.
@SuppressWarnings("DoNotCallSuggester")
public final class Catalogue {

    /// One topic.
    ///
    /// @param key such as `dialogue.messages`
    /// @param template such as `app/:appId/dialogue/messages/:sessionId`
    /// @param contentType of the payload
    /// @param schema JSON Schema of the payload, with references to `#/$defs/...` of [#schemas], or
    ///   an empty object
    public record Entry(
            String key,
            String resource,
            String scope,
            String template,
            String contentType,
            JsonNode schema) {}

    private Catalogue() {}

    /// The catalogue of this product, read when it is first asked for.
    public static Catalogue standard() {
        throw new IllegalStateException("to come");
    }

    /// Scopes by resource, in the order of the catalogue.
    public Map<String, List<String>> scopes() {
        throw new IllegalStateException("to come");
    }

    public boolean isKnownResource(String resource) {
        throw new IllegalStateException("to come");
    }

    public List<Entry> entries() {
        throw new IllegalStateException("to come");
    }

    /// The schemas by name, as JSON Schema `$defs`.
    public JsonNode schemas() {
        throw new IllegalStateException("to come");
    }

    /// The templates of what these grants open inside an app, custom resources included.
    public List<String> topicsOf(Grants grants) {
        throw new IllegalStateException("to come");
    }
}
