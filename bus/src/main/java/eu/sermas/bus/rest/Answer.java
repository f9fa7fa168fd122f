package eu.sermas.bus.rest;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What is answered to a request.
///
/// @param body complete, where there is no stream
/// @param stream what is written behind the head, or null
record Answer(
        int status, Map<String, List<String>> headers, byte[] body, @Nullable EventStream stream) {

    Answer(int status, Map<String, List<String>> headers, byte[] body) {
        this(status, headers, body, null);
    }

    static Answer of(ErrorBody error) {
        return new Answer(
                error.statusCode(),
                Map.of("Content-Type", List.of(Conventions.JSON)),
                Json.write(error));
    }
}
