package eu.sermas.bus.rest.documents;

import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.type.TypeFactory;
import eu.sermas.bus.access.Catalogue;
import eu.sermas.bus.access.CatalogueEntry;
import eu.sermas.bus.rest.http.Json;
import java.lang.reflect.Type;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// The schemas of one document: those of the catalogue of topics by their names, and those of our
/// own records as Jackson reads and writes them. Only what is asked for gets in.
final class Schemas {

    private static final String DEFS = "#/$defs/";
    private static final String COMPONENTS = "#/components/schemas/";
    private static final Set<Class<?>> INTEGERS =
            Set.of(int.class, long.class, Integer.class, Long.class);

    private final Map<String, JsonNode> components = new TreeMap<>();

    /// Of the catalogue, as they are there.
    private final Map<String, JsonNode> originals = new HashMap<>();

    /// All that were asked for, by name.
    ObjectNode components() {
        ObjectNode all = object();
        components.forEach(all::set);
        return all;
    }

    /// A reference to a schema of the product's own catalogue.
    ObjectNode ofCatalogue(String name) {
        return reference(adopt(name, Catalogue.standard().schemas()));
    }

    /// The schema of a topic's payload, with what it refers to.
    JsonNode ofPayload(CatalogueEntry entry) {
        JsonNode schema = entry.schema().deepCopy();
        adopt(schema, entry.definitions());
        return schema;
    }

    /// Takes in a definition, under its name or, where that is another one's here, under a name
    /// like it.
    private String adopt(String name, JsonNode definitions) {
        JsonNode original = definitions.required(name);
        String free = name;
        while (originals.containsKey(free) && !original.equals(originals.get(free))) {
            free += "_";
        }
        if (originals.putIfAbsent(free, original) == null) {
            JsonNode schema = original.deepCopy();
            components.put(free, schema);
            adopt(schema, definitions);
        }
        return free;
    }

    /// Points the references in a schema to this document.
    private void adopt(JsonNode schema, JsonNode definitions) {
        if (schema instanceof ObjectNode object && object.path("$ref").isTextual()) {
            String name = object.path("$ref").asText().substring(DEFS.length());
            object.put("$ref", COMPONENTS + adopt(name, definitions));
        }
        schema.forEach(inner -> adopt(inner, definitions));
    }

    /// The schema of a type of ours.
    ObjectNode of(Type type) {
        JavaType java = TypeFactory.defaultInstance().constructType(type);
        Class<?> raw = java.getRawClass();
        if (CharSequence.class.isAssignableFrom(raw) || raw == java.time.Instant.class) {
            return object().put("type", "string");
        }
        if ((Class<?>) raw == byte[].class) {
            return object().put("type", "string").put("contentEncoding", "base64");
        }
        if (INTEGERS.contains(raw)) {
            return object().put("type", "integer");
        }
        if (raw == boolean.class || raw == Boolean.class) {
            return object().put("type", "boolean");
        }
        if (raw == Object.class
                || (JsonNode.class.isAssignableFrom(raw) && raw != ObjectNode.class)) {
            return object();
        }
        if (raw == ObjectNode.class) {
            return object().put("type", "object");
        }
        if (java.isMapLikeType()) {
            ObjectNode map = object().put("type", "object");
            map.set("additionalProperties", of(java.getContentType()));
            return map;
        }
        if (java.isCollectionLikeType() || java.isArrayType()) {
            ObjectNode list = object().put("type", "array");
            list.set("items", of(java.getContentType()));
            return list;
        }
        if (raw.isEnum()) {
            ObjectNode values = object().put("type", "string");
            values.set("enum", Json.MAPPER.valueToTree(raw.getEnumConstants()));
            return values;
        }
        return ofRecord(java);
    }

    private ObjectNode ofRecord(JavaType type) {
        String name = type.getRawClass().getSimpleName();
        if (!components.containsKey(name)) {
            ObjectNode schema = object().put("type", "object");
            components.put(name, schema);
            ObjectNode properties = schema.putObject("properties");
            BeanDescription bean = Json.MAPPER.getSerializationConfig().introspect(type);
            AnnotatedMember others = bean.findAnyGetter();
            for (BeanPropertyDefinition property : bean.findProperties()) {
                if (others != null && property.getName().equals(others.getName())) {
                    schema.put("additionalProperties", true);
                } else {
                    properties.set(property.getName(), of(property.getPrimaryType()));
                }
            }
        }
        return reference(name);
    }

    private static ObjectNode reference(String name) {
        return object().put("$ref", COMPONENTS + name);
    }

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }
}
