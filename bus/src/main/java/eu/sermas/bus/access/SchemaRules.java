package eu.sermas.bus.access;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.PathType;
import com.networknt.schema.SchemaId;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import eu.sermas.bus.packet.Printable;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// Which schemas may be added to the [Catalogue]. Payloads are compared with them on event loops,
/// which are everybody's, so a schema may not reach out (a reference elsewhere is fetched), nor
/// take longer than its payload is long: an app may use only what looks at each value once.
/// Patterns can take for ever, and alternatives in alternatives double the work with each level.
final class SchemaRules {

    private static final String DEFS = "#/$defs/";
    private static final int MAX_DEPTH = 64;

    /// They say where a schema is, or refer to elsewhere.
    private static final Set<String> PLACES =
            Set.of(
                    "$id",
                    "$schema",
                    "$anchor",
                    "$dynamicAnchor",
                    "$dynamicRef",
                    "$recursiveRef",
                    "$vocabulary",
                    "$defs",
                    "definitions");

    private static final Set<String> NOTES =
            Set.of("title", "description", "default", "examples", "deprecated", "$comment");

    private static final Set<String> OF_APPS =
            Set.of(
                    "$ref",
                    "type",
                    "properties",
                    "required",
                    "additionalProperties",
                    "items",
                    "enum",
                    "const",
                    "minimum",
                    "maximum",
                    "exclusiveMinimum",
                    "exclusiveMaximum",
                    "minLength",
                    "maxLength",
                    "minItems",
                    "maxItems",
                    "minProperties",
                    "maxProperties");

    /// Values, in which nothing is a keyword.
    private static final Set<String> VALUES = Set.of("enum", "const", "default", "examples");

    /// Their schemas are held against the same value.
    private static final Set<String> IN_PLACE =
            Set.of("allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas");

    /// Schemas by names that are no keywords.
    private static final Set<String> BY_NAME =
            Set.of("properties", "patternProperties", "dependentSchemas");

    private final JsonNode definitions;
    private final boolean ofApp;

    /// @param definitions what may be referred to
    /// @param ofApp whether an app adds it, rather than the platform
    SchemaRules(JsonNode definitions, boolean ofApp) {
        this.definitions = definitions;
        this.ofApp = ofApp;
    }

    /// @param place of the schema, for the message
    void check(String place, JsonNode schema) throws InvalidTopicsException {
        checkSchema(place, schema, 0);
        Set<ValidationMessage> problems = Meta.SCHEMA.validate(schema);
        if (!problems.isEmpty()) {
            ValidationMessage first = problems.iterator().next();
            throw InvalidTopicsException.malformed(
                    place, "no JSON Schema: " + Printable.of(first.getMessage(), 200));
        }
    }

    /// Refuses definitions that refer to themselves without a step into the payload: comparing
    /// would never end.
    ///
    /// @param added the definitions that are new
    void checkCircles(JsonNode added) throws InvalidTopicsException {
        Set<String> done = new HashSet<>();
        for (Map.Entry<String, JsonNode> definition : added.properties()) {
            follow(definition.getKey(), new LinkedHashSet<>(), done);
        }
    }

    private void follow(String name, Set<String> path, Set<String> done)
            throws InvalidTopicsException {
        if (!path.add(name)) {
            throw InvalidTopicsException.malformed(
                    "$defs." + name, "refers to itself for the same value, by " + path);
        }
        if (done.add(name)) {
            for (String next : referredInPlace(definitions.path(name), new TreeSet<>())) {
                follow(next, path, done);
            }
        }
        path.remove(name);
    }

    private static Set<String> referredInPlace(JsonNode schema, Set<String> names) {
        if (schema.path("$ref").isTextual()) {
            names.add(schema.path("$ref").asText().substring(DEFS.length()));
        }
        for (String keyword : IN_PLACE) {
            JsonNode inner = schema.path(keyword);
            if (inner.isContainerNode()) {
                referredInPlace(inner, names);
                inner.forEach(each -> referredInPlace(each, names));
            }
        }
        return names;
    }

    /// Read when somebody needs it.
    private static final class Meta {
        static final JsonSchema SCHEMA =
                JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                        .getSchema(
                                SchemaLocation.of(SchemaId.V202012),
                                SchemaValidatorsConfig.builder()
                                        .pathType(PathType.JSON_POINTER)
                                        .failFast(true)
                                        .build());
    }

    private void checkSchema(String place, JsonNode schema, int depth)
            throws InvalidTopicsException {
        if (depth > MAX_DEPTH) {
            throw InvalidTopicsException.malformed(
                    place, "schema in schema (expected: at most " + MAX_DEPTH + ")");
        }
        if (schema.isArray()) {
            for (int i = 0; i < schema.size(); i++) {
                checkSchema(place + "[" + i + "]", schema.get(i), depth + 1);
            }
            return;
        }
        for (Map.Entry<String, JsonNode> entry : schema.properties()) {
            String keyword = entry.getKey();
            checkKeyword(place, keyword, schema);
            String inner = place + "." + Printable.of(keyword);
            if (BY_NAME.contains(keyword)) {
                for (Map.Entry<String, JsonNode> named : entry.getValue().properties()) {
                    String at = inner + "." + Printable.of(named.getKey());
                    checkSchema(at, named.getValue(), depth + 1);
                }
            } else if (entry.getValue().isContainerNode() && !VALUES.contains(keyword)) {
                checkSchema(inner, entry.getValue(), depth + 1);
            }
        }
    }

    private void checkKeyword(String place, String keyword, JsonNode schema)
            throws InvalidTopicsException {
        if (PLACES.contains(keyword)
                || (ofApp && !OF_APPS.contains(keyword) && !NOTES.contains(keyword))) {
            throw InvalidTopicsException.malformed(
                    place + "." + Printable.of(keyword),
                    ofApp
                            ? "not for schemas of apps (expected: " + new TreeSet<>(OF_APPS) + ")"
                            : "not for schemas of topics");
        }
        if (keyword.equals("$ref")) {
            String target = schema.path(keyword).asText();
            if (!target.startsWith(DEFS) || !definitions.has(target.substring(DEFS.length()))) {
                throw InvalidTopicsException.malformed(
                        place + ".$ref",
                        "'" + Printable.of(target) + "' (expected: " + DEFS + "NAME of a schema)");
            }
            if (ofApp
                    && schema.properties().stream().anyMatch(other -> isBesides(other.getKey()))) {
                throw InvalidTopicsException.malformed(
                        place + ".$ref", "with other keywords (expected: alone, for an app)");
            }
        }
    }

    private static boolean isBesides(String keyword) {
        return !keyword.equals("$ref") && !NOTES.contains(keyword);
    }
}
