package eu.sermas.bus.systemtest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpHeaders;
import java.util.Map;

/// What the bus answered to one HTTP request.
public record Answer(String request, int status, HttpHeaders headers, byte[] bytes) {

    static final ObjectMapper JSON = new ObjectMapper();

    public Answer expect(int expected) {
        assertThat(status).as("%s\n%s", request, body()).isEqualTo(expected);
        return this;
    }

    /// An error in the shape that the SERMAS clients look for.
    public Answer expectError(int expected, String message) {
        expect(expected);
        assertThat(json().path("statusCode").asInt()).as(body()).isEqualTo(expected);
        assertThat(text("message")).as(body()).isEqualTo(message);
        return this;
    }

    /// The answer of a request that has nothing to say: no body and no content type.
    public Answer expectEmpty(int expected) {
        expect(expected);
        assertThat(body()).as(request).isEmpty();
        assertThat(header("content-type")).as(request).isEmpty();
        return this;
    }

    public String body() {
        return new String(bytes, UTF_8);
    }

    public JsonNode json() {
        return toTree(body());
    }

    public String text(String field) {
        var node = json().path(field);
        assertThat(node.isTextual()).as("%s\ntext field %s in %s", request, field, body()).isTrue();
        return node.asText();
    }

    public String header(String name) {
        return headers.firstValue(name).orElse("");
    }

    public static JsonNode toTree(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new AssertionError("not JSON: " + json, e);
        }
    }

    /// A JSON object that can be changed.
    public static Map<String, Object> toMap(String json) {
        return JSON.convertValue(toTree(json), new TypeReference<>() {});
    }

    public static String toJson(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
