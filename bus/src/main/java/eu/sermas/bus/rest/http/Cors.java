package eu.sermas.bus.rest.http;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a browser asks before a request from another origin. Every origin may ask: the API is
/// guarded by tokens, not by cookies.
final class Cors {

    private static final String METHODS = "GET,HEAD,PUT,PATCH,POST,DELETE";

    private Cors() {}

    /// @param requestedHeaders those that the browser would like to send; all are allowed
    static Answer preflight(@Nullable String requestedHeaders) {
        if (requestedHeaders == null) {
            return new Answer(
                    204, Map.of("Access-Control-Allow-Methods", List.of(METHODS)), new byte[0]);
        }
        return new Answer(
                204,
                Map.of(
                        "Access-Control-Allow-Methods", List.of(METHODS),
                        "Access-Control-Allow-Headers", List.of(requestedHeaders),
                        "Vary", List.of("Access-Control-Request-Headers")),
                new byte[0]);
    }
}
