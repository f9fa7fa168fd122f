package eu.sermas.bus.rest.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.type.LogicalType;
import eu.sermas.bus.json.JsonCost;
import eu.sermas.bus.json.JsonLimits;
import eu.sermas.bus.packet.Printable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Type;
import java.util.Collection;
import java.util.stream.Collectors;

/// JSON as this API speaks it: a field that means nothing is refused, or a misspelt one would be
/// taken for an absent one; a value of the wrong type is not turned into another; depth is limited.
public final class Json {

    public static final ObjectMapper MAPPER = mapper();

    private Json() {}

    /// @throws Refused 400 with the reason, where the bytes are not what is expected
    public static Object read(byte[] body, Type type) {
        try {
            Object value = MAPPER.readValue(body, MAPPER.constructType(type));
            if (value == null) {
                throw Refused.badRequest("body: null (expected: a JSON value)");
            }
            return value;
        } catch (JsonProcessingException e) {
            throw Refused.badRequest(reason(e));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// What a body costs in memory once it is read.
    ///
    /// @param most that is of interest
    ///
    /// @throws Refused 400 where it is no JSON
    static long costOf(byte[] body, long most) {
        try {
            return JsonCost.of(MAPPER, body, most);
        } catch (JsonProcessingException e) {
            throw Refused.badRequest(reason(e));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static void write(Object value, OutputStream out) throws IOException {
        MAPPER.writeValue(out, value);
    }

    public static byte[] write(Object value) {
        try {
            return MAPPER.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String reason(JsonProcessingException e) {
        if (String.valueOf(e.getOriginalMessage()).startsWith("Trailing token")) {
            return "malformed JSON: more than one value";
        }
        if (e instanceof UnrecognizedPropertyException unknown) {
            return Printable.of(path(unknown))
                    + ": unknown field (expected: "
                    + names(unknown.getKnownPropertyIds())
                    + ")";
        }
        if (e instanceof MismatchedInputException mismatch && mismatch.getTargetType() != null) {
            return path(mismatch) + ": expected " + nameOf(mismatch.getTargetType());
        }
        if (e instanceof JsonMappingException mapping) {
            Throwable cause = mapping.getCause();
            String why =
                    cause instanceof IllegalArgumentException
                            ? cause.getMessage()
                            : mapping.getOriginalMessage();
            return path(mapping) + ": " + why;
        }
        String where =
                e.getLocation() == null
                        ? ""
                        : " at line "
                                + e.getLocation().getLineNr()
                                + ", column "
                                + e.getLocation().getColumnNr();
        return "malformed JSON: " + e.getOriginalMessage() + where;
    }

    private static String names(Collection<Object> fields) {
        return fields.stream().map(Object::toString).sorted().collect(Collectors.joining(", "));
    }

    private static String path(JsonMappingException e) {
        String path =
                e.getPath().stream()
                        .map(
                                step ->
                                        step.getFieldName() == null
                                                ? "[" + step.getIndex() + "]"
                                                : step.getFieldName())
                        .collect(Collectors.joining("."));
        return path.isEmpty() ? "body" : path;
    }

    private static String nameOf(Class<?> type) {
        if (CharSequence.class.isAssignableFrom(type)) {
            return "a string";
        }
        if (type == boolean.class || type == Boolean.class) {
            return "true or false";
        }
        if (Number.class.isAssignableFrom(type) || type.isPrimitive()) {
            return "a number";
        }
        return type.isArray() || Iterable.class.isAssignableFrom(type) ? "an array" : "an object";
    }

    private static ObjectMapper mapper() {
        return JsonLimits.BODY
                .mapper()
                .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .withCoercionConfig(
                        LogicalType.Textual,
                        config ->
                                config.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                                        .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                                        .setCoercion(
                                                CoercionInputShape.Boolean, CoercionAction.Fail))
                .build();
    }
}
