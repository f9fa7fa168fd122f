package eu.sermas.bus.access;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/// Topics that a file or a module adds to the [Catalogue], as they were written, see
/// [TopicsReader].
///
/// @param source for people: `module tours`
/// @param appId the app for which alone they count, or null for every app
/// @param content `topics` and `$defs`, `resources` too where it is a module
public record CatalogueAddition(String source, @Nullable String appId, JsonNode content) {

    /// Whether there is anything in it.
    boolean isEmpty() {
        return !content.hasNonNull("topics")
                && !content.hasNonNull("resources")
                && !content.hasNonNull("$defs");
    }
}
