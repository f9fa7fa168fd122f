package eu.sermas.bus.rest;

import java.util.List;
import java.util.Map;

/// A complete answer.
record Answer(int status, Map<String, List<String>> headers, byte[] body) {

    static Answer of(ErrorBody error) {
        return new Answer(
                error.statusCode(),
                Map.of("Content-Type", List.of(Conventions.JSON)),
                Json.write(error));
    }
}
