package eu.sermas.bus.access;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import eu.sermas.bus.packet.Durability;
import eu.sermas.bus.packet.Printable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reads topics as files and modules write them down, in the form of `topics.yaml`:
///
/// | field of a topic | |
/// |---|---|
/// | `resource`, `scope` | the grant that opens it; required |
/// | `key` | its name in the catalogue, `{resource}.{scope}` without it |
/// | `template` | `app/:appId/{resource}/{scope}` and levels that are names or `:parameters` |
/// | `context` | those levels as a list, in place of a template |
/// | `contentType` | of the payload, `application/json` without it |
/// | `payload` | the name of a schema in `$defs`, of the addition or of the catalogue |
/// | `schema` | the schema itself, in place of its name |
/// | `durability` | `none`, `async` or `fsync` |
/// | `description` | for people |
///
/// `$defs` holds schemas by name. `resources` of a module, which describe its operations, are
/// topics as well where their `prefix` says nothing else; they may have what a topic has.
final class TopicsReader {

    /// What a text has to look like, and how that is said.
    private record Form(Pattern pattern, String words) {}

    private static final Form NAME =
            new Form(
                    Pattern.compile("[A-Za-z0-9_~-]{1,64}"),
                    "1..64 letters, digits, '_', '~', '-'");
    private static final Form KEY =
            new Form(
                    Pattern.compile("[A-Za-z0-9_-]{1,64}(\\.[A-Za-z0-9_-]{1,64}){0,3}"),
                    "1..4 names of letters, digits, '_', '-' with dots between them");
    private static final Pattern LEVEL =
            Pattern.compile(":[A-Za-z0-9_]{1,64}|[A-Za-z0-9._~-]{1,64}");
    private static final Form MEDIA_TYPE =
            new Form(
                    Pattern.compile("[A-Za-z0-9.+_-]{1,64}/[A-Za-z0-9.+_-]{1,64}"), "a media type");
    private static final Pattern DEFINITION = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final Set<String> FIELDS =
            Set.of(
                    "key",
                    "resource",
                    "scope",
                    "template",
                    "context",
                    "contentType",
                    "payload",
                    "schema",
                    "durability",
                    "description");
    private static final int MAX_LEVELS = 16;
    private static final int MAX_DESCRIPTION = 1_000;

    private final CatalogueAddition addition;
    private final JsonNode definitions;
    private final SchemaRules rules;

    private TopicsReader(CatalogueAddition addition, JsonNode standard)
            throws InvalidTopicsException {
        this.addition = addition;
        JsonNode own = addition.content().path("$defs");
        this.definitions = own.isEmpty() ? standard : together(standard, own);
        this.rules = new SchemaRules(definitions, addition.appId() != null);
        for (Map.Entry<String, JsonNode> definition : own.properties()) {
            rules.check("$defs." + definition.getKey(), definition.getValue());
        }
        rules.checkCircles(own);
    }

    /// @param topics that are new
    /// @param operations topics that may be there already, which is no conflict
    record Topics(List<CatalogueEntry> topics, List<CatalogueEntry> operations) {}

    /// @param standard the schemas of the catalogue by name
    static Topics read(CatalogueAddition addition, JsonNode standard)
            throws InvalidTopicsException {
        TopicsReader reader = new TopicsReader(addition, standard);
        List<CatalogueEntry> entries = new ArrayList<>();
        List<CatalogueEntry> operations = new ArrayList<>();
        for (JsonNode topic : list(addition.content(), "topics")) {
            String place = "topics[" + entries.size() + "]";
            reader.checkFields(place, topic);
            entries.add(reader.entry(place, topic));
        }
        int index = 0;
        for (JsonNode resource : list(addition.content(), "resources")) {
            String place = "resources[" + index++ + "]";
            String prefix = resource.path("prefix").asText("");
            if (prefix.isEmpty() || prefix.equals("app")) {
                operations.add(reader.entry(place, resource));
            }
        }
        return new Topics(entries, operations);
    }

    private static JsonNode list(JsonNode content, String field) throws InvalidTopicsException {
        JsonNode list = content.path(field);
        if (!list.isMissingNode() && !list.isNull() && !list.isArray()) {
            throw InvalidTopicsException.malformed(field, kind(list) + " (expected: a list)");
        }
        return list;
    }

    private static JsonNode together(JsonNode standard, JsonNode own)
            throws InvalidTopicsException {
        ObjectNode all = JsonNodeFactory.instance.objectNode();
        all.setAll((ObjectNode) standard);
        for (Map.Entry<String, JsonNode> definition : own.properties()) {
            String name = definition.getKey();
            String place = "$defs." + Printable.of(name);
            if (!DEFINITION.matcher(name).matches()) {
                throw InvalidTopicsException.malformed(
                        place, "(expected: a name of 1..64 letters, digits, '.', '_', '-')");
            }
            if (standard.has(name)) {
                throw InvalidTopicsException.conflict(place + ": is in the catalogue already");
            }
            if (!definition.getValue().isObject()) {
                throw InvalidTopicsException.malformed(
                        place, kind(definition.getValue()) + " (expected: a schema)");
            }
            all.set(name, definition.getValue());
        }
        return all;
    }

    private void checkFields(String place, JsonNode topic) throws InvalidTopicsException {
        if (!topic.isObject()) {
            throw InvalidTopicsException.malformed(place, kind(topic) + " (expected: a topic)");
        }
        for (Map.Entry<String, JsonNode> field : topic.properties()) {
            if (!FIELDS.contains(field.getKey())) {
                throw InvalidTopicsException.malformed(
                        place + "." + Printable.of(field.getKey()),
                        "unknown (expected: "
                                + String.join(", ", FIELDS.stream().sorted().toList())
                                + ")");
            }
        }
    }

    private CatalogueEntry entry(String place, JsonNode topic) throws InvalidTopicsException {
        String resource = text(place, topic, "resource", NAME, null);
        String scope = text(place, topic, "scope", NAME, null);
        String key = text(place, topic, "key", KEY, keyOf(resource, scope));
        String contentType = text(place, topic, "contentType", MEDIA_TYPE, CatalogueEntry.JSON);
        return new CatalogueEntry(
                key,
                resource,
                scope,
                template(place, topic, CatalogueEntry.IN_APP + resource + "/" + scope),
                contentType,
                schema(place, topic),
                definitions,
                description(place, topic),
                durability(place, topic),
                addition.appId());
    }

    private static String keyOf(String resource, String scope) {
        return (resource + "." + scope).replace('~', '-');
    }

    private static String text(
            String place, JsonNode topic, String field, Form form, @Nullable String otherwise)
            throws InvalidTopicsException {
        JsonNode value = topic.path(field);
        if (otherwise != null && (value.isMissingNode() || value.isNull())) {
            return otherwise;
        }
        if (!value.isTextual() || !form.pattern.matcher(value.asText()).matches()) {
            String found =
                    value.isTextual() ? "'" + Printable.of(value.asText()) + "'" : kind(value);
            throw InvalidTopicsException.malformed(
                    place + "." + field, found + " (expected: " + form.words + ")");
        }
        return value.asText();
    }

    /// @param begin of every template of the resource and scope
    private static String template(String place, JsonNode topic, String begin)
            throws InvalidTopicsException {
        JsonNode context = list(topic, "context");
        if (topic.hasNonNull("template") && !context.isEmpty()) {
            throw InvalidTopicsException.malformed(
                    place + ".context", "beside a template (expected: one of them)");
        }
        StringBuilder template = new StringBuilder(begin);
        context.forEach(level -> template.append('/').append(level.asText()));
        String whole = topic.path("template").asText(template.toString());
        boolean fits = whole.equals(begin) || whole.startsWith(begin + "/");
        Set<String> parameters = new HashSet<>(Set.of(":appId"));
        String[] levels = whole.substring(fits ? begin.length() : 0).split("/", -1);
        for (int i = 1; fits && i < levels.length; i++) {
            fits =
                    LEVEL.matcher(levels[i]).matches()
                            && (!levels[i].startsWith(":") || parameters.add(levels[i]));
        }
        if (!fits || levels.length > MAX_LEVELS) {
            throw InvalidTopicsException.malformed(
                    place + (context.isEmpty() ? ".template" : ".context"),
                    "'"
                            + Printable.of(whole)
                            + "' (expected: "
                            + begin
                            + " and at most "
                            + MAX_LEVELS
                            + " levels that are names or different ':parameters')");
        }
        return whole;
    }

    private JsonNode schema(String place, JsonNode topic) throws InvalidTopicsException {
        JsonNode schema = topic.path("schema");
        JsonNode name = topic.path("payload");
        if (schema.isMissingNode() || schema.isNull()) {
            ObjectNode reference = JsonNodeFactory.instance.objectNode();
            if (name.isMissingNode() || name.isNull()) {
                return reference;
            }
            if (!name.isTextual() || !definitions.has(name.asText())) {
                throw InvalidTopicsException.malformed(
                        place + ".payload",
                        "'"
                                + Printable.of(name.asText())
                                + "' (expected: the name of a schema in $defs)");
            }
            return reference.put("$ref", "#/$defs/" + name.asText());
        }
        if (!schema.isObject() || name.isTextual()) {
            throw InvalidTopicsException.malformed(
                    place + ".schema",
                    schema.isObject()
                            ? "beside a payload (expected: one of them)"
                            : kind(schema) + " (expected: a schema)");
        }
        rules.check(place + ".schema", schema);
        return schema;
    }

    private static @Nullable String description(String place, JsonNode topic)
            throws InvalidTopicsException {
        JsonNode description = topic.path("description");
        if (description.isMissingNode() || description.isNull()) {
            return null;
        }
        if (!description.isTextual() || description.asText().length() > MAX_DESCRIPTION) {
            throw InvalidTopicsException.malformed(
                    place + ".description",
                    "(expected: a text of at most " + MAX_DESCRIPTION + " characters)");
        }
        return description.asText();
    }

    private static @Nullable Durability durability(String place, JsonNode topic)
            throws InvalidTopicsException {
        JsonNode name = topic.path("durability");
        if (name.isMissingNode() || name.isNull()) {
            return null;
        }
        for (Durability durability : Durability.values()) {
            if (durability.name().toLowerCase(Locale.ROOT).equals(name.asText())) {
                return durability;
            }
        }
        throw InvalidTopicsException.malformed(
                place + ".durability",
                "'" + Printable.of(name.asText()) + "' (expected: none, async or fsync)");
    }

    private static String kind(JsonNode node) {
        return node.isMissingNode()
                ? "missing"
                : node.getNodeType().name().toLowerCase(Locale.ROOT);
    }
}
