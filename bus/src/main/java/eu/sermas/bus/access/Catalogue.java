package eu.sermas.bus.access;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import eu.sermas.bus.json.JsonLimits;
import eu.sermas.bus.packet.Topic;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
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

    /// Of the form in which topics are written down.
    public static final int FORMAT = 1;

    private static final String IN_APP = CatalogueEntry.IN_APP;

    private final List<CatalogueEntry> entries;
    private final Map<String, List<String>> scopes;

    private final CatalogueIndex index;

    private final JsonNode schemas;

    // Made when somebody asks.
    private volatile @Nullable String version;

    private Catalogue(List<CatalogueEntry> entries, JsonNode schemas) {
        Map<String, List<String>> byResource = new LinkedHashMap<>();
        for (CatalogueEntry entry : entries) {
            List<String> known =
                    byResource.computeIfAbsent(entry.resource(), _ -> new ArrayList<>());
            if (!known.contains(entry.scope())) {
                known.add(entry.scope());
            }
        }
        byResource.replaceAll((_, names) -> List.copyOf(names));
        this.entries = List.copyOf(entries);
        this.index = new CatalogueIndex(this.entries);
        this.scopes = Collections.unmodifiableMap(byResource);
        this.schemas = schemas;
    }

    private static Catalogue read(JsonNode root) {
        JsonNode schemas = root.required("$defs");
        List<CatalogueEntry> entries = new ArrayList<>();
        root.required("topics").forEach(topic -> entries.add(entry(topic, schemas)));
        return new Catalogue(entries, schemas);
    }

    private static CatalogueEntry entry(JsonNode topic, JsonNode schemas) {
        ObjectNode schema = JsonNodeFactory.instance.objectNode();
        if (topic.has("payload")) {
            schema.put("$ref", "#/$defs/" + topic.get("payload").asText());
        }
        return new CatalogueEntry(
                topic.required("key").asText(),
                topic.required("resource").asText(),
                topic.required("scope").asText(),
                topic.required("template").asText(),
                topic.required("contentType").asText(),
                schema,
                schemas,
                null,
                null,
                null);
    }

    /// With further topics, which conflict with none that are here.
    Catalogue with(List<CatalogueEntry> further) {
        List<CatalogueEntry> all = new ArrayList<>(entries);
        all.addAll(further);
        return new Catalogue(all, schemas);
    }

    /// Of the content: 16 hexadecimal digits, others where anything in it is different.
    public String version() {
        String known = version;
        if (known == null) {
            known = digest();
            version = known;
        }
        return known;
    }

    private String digest() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            entries.stream()
                    .map(CatalogueEntry::fingerprint)
                    .sorted()
                    .forEach(text -> digest.update(text.getBytes(StandardCharsets.UTF_8)));
            return HexFormat.of().formatHex(digest.digest(), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /// The catalogue of this product.
    public static Catalogue standard() {
        return Standard.CATALOGUE;
    }

    private static final class Standard {

        static final Catalogue CATALOGUE = read();

        private static Catalogue read() {
            try (InputStream in = Catalogue.class.getResourceAsStream("topics.yaml")) {
                return Catalogue.read(
                        JsonLimits.OWN.yaml().build().readTree(Objects.requireNonNull(in)));
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

    public List<CatalogueEntry> entries() {
        return entries;
    }

    /// The entry of a topic; of several templates that fit the one with the most names in it, and
    /// of those the first.
    public Optional<CatalogueEntry> entryOf(Topic topic) {
        return Optional.ofNullable(index.find(topic, null)).map(CatalogueTopic::entry);
    }

    CatalogueIndex index() {
        return index;
    }

    /// The schemas of this product by name, as JSON Schema `$defs`.
    public JsonNode schemas() {
        return schemas;
    }

    /// The templates of what these grants open inside an app: those of the catalogue first, then
    /// one for each grant that no template stands for.
    public List<String> topicsOf(Grants grants) {
        List<String> topics = new ArrayList<>();
        for (CatalogueEntry entry : entries) {
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
