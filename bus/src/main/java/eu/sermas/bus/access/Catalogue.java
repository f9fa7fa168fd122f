package eu.sermas.bus.access;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import eu.sermas.bus.packet.Topic;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The topics that the platform knows, as data: the vocabulary of grants, the templates of topics,
/// and the schemas of their payloads. A grant or a topic need not be in it.
///
/// Nothing that a connection or a message waits for needs it, so it is read when it is first asked
/// for: parsing it costs more than the rest of the start-up.
public final class Catalogue {

    /// One topic.
    ///
    /// @param key such as `dialogue.messages`
    /// @param template such as `app/:appId/dialogue/messages/:sessionId`
    /// @param contentType of the payload
    /// @param schema JSON Schema of the payload: a reference to one of [#schemas] as
    ///   `#/$defs/{name}`, or an empty object
    public record Entry(
            String key,
            String resource,
            String scope,
            String template,
            String contentType,
            JsonNode schema) {

        /// Whether there is something to hold a payload against.
        boolean isCheckable() {
            return contentType.equals("application/json") && !schema.isEmpty();
        }

        /// How many levels of a topic are those of the template by name; -1 where it is not of it.
        private int likeness(String[] topic) {
            String[] levels = template.split("/", -1);
            if (levels.length != topic.length) {
                return -1;
            }
            int named = 0;
            for (int i = 0; i < levels.length; i++) {
                if (levels[i].equals(topic[i])) {
                    named++;
                } else if (!levels[i].startsWith(":")) {
                    return -1;
                }
            }
            return named;
        }
    }

    private static final String IN_APP = "app/:appId/";

    private final List<Entry> entries;
    private final Map<String, List<String>> scopes;
    private final JsonNode schemas;

    private Catalogue(JsonNode root) {
        List<Entry> all = new ArrayList<>();
        Map<String, List<String>> byResource = new LinkedHashMap<>();
        for (JsonNode topic : root.required("topics")) {
            Entry entry = entry(topic);
            all.add(entry);
            List<String> known =
                    byResource.computeIfAbsent(entry.resource(), _ -> new ArrayList<>());
            if (!known.contains(entry.scope())) {
                known.add(entry.scope());
            }
        }
        byResource.replaceAll((_, names) -> List.copyOf(names));
        entries = List.copyOf(all);
        scopes = Collections.unmodifiableMap(byResource);
        schemas = root.required("$defs");
    }

    private static Entry entry(JsonNode topic) {
        ObjectNode schema = JsonNodeFactory.instance.objectNode();
        if (topic.has("payload")) {
            schema.put("$ref", "#/$defs/" + topic.get("payload").asText());
        }
        return new Entry(
                topic.required("key").asText(),
                topic.required("resource").asText(),
                topic.required("scope").asText(),
                topic.required("template").asText(),
                topic.required("contentType").asText(),
                schema);
    }

    /// The catalogue of this product.
    public static Catalogue standard() {
        return Standard.CATALOGUE;
    }

    private static final class Standard {

        static final Catalogue CATALOGUE = read();

        private static Catalogue read() {
            try (InputStream in = Catalogue.class.getResourceAsStream("topics.yaml")) {
                return new Catalogue(new YAMLMapper().readTree(Objects.requireNonNull(in)));
            } catch (IOException e) {
                throw new UncheckedIOException("topics.yaml: unreadable", e);
            }
        }
    }

    /// Scopes by resource, in the order of the catalogue.
    public Map<String, List<String>> scopes() {
        return scopes;
    }

    public boolean isKnownResource(String resource) {
        return scopes.containsKey(resource);
    }

    public List<Entry> entries() {
        return entries;
    }

    /// The entry of a topic; of several templates that fit the one with the most names in it.
    public Optional<Entry> entryOf(Topic topic) {
        String[] levels = topic.levels();
        return entries.stream()
                .filter(entry -> entry.likeness(levels) >= 0)
                .max(Comparator.comparingInt(entry -> entry.likeness(levels)));
    }

    /// The schemas by name, as JSON Schema `$defs`.
    public JsonNode schemas() {
        return schemas;
    }

    /// The templates of what these grants open inside an app: those of the catalogue first, then
    /// one for each grant that no template stands for.
    public List<String> topicsOf(Grants grants) {
        List<String> topics = new ArrayList<>();
        for (Entry entry : entries) {
            if (entry.template().startsWith(IN_APP)
                    && grants.concerns(entry.resource(), entry.scope())) {
                topics.add(entry.template());
            }
        }
        if (!grants.includesAll()) {
            topics.addAll(customTopicsOf(grants));
        }
        return topics;
    }

    private List<String> customTopicsOf(Grants grants) {
        List<String> topics = new ArrayList<>();
        for (String resource : grants.wholeResources()) {
            if (!isKnownResource(resource)) {
                topics.add(IN_APP + resource);
            }
        }
        grants.singleScopes()
                .forEach(
                        (resource, names) -> {
                            for (String scope : names) {
                                if (!scopes.getOrDefault(resource, List.of()).contains(scope)) {
                                    topics.add(IN_APP + resource + "/" + scope);
                                }
                            }
                        });
        for (FineGrant grant : grants.fine()) {
            String topic = customTopicOf(grant);
            if (topic != null && !topics.contains(topic)) {
                topics.add(topic);
            }
        }
        Collections.sort(topics);
        return topics;
    }

    /// The template of a grant that no template of the catalogue stands for, or null.
    private @Nullable String customTopicOf(FineGrant grant) {
        String resource = grant.resource();
        if (resource == null) {
            return null;
        }
        String scope = grant.scope();
        if (scope == null) {
            return isKnownResource(resource) ? null : IN_APP + resource;
        }
        return scopes.getOrDefault(resource, List.of()).contains(scope)
                ? null
                : IN_APP + resource + "/" + scope;
    }
}
