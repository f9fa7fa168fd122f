package eu.sermas.bus.rest.http;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What is answered to a request.
///
/// @param body complete, where there is no stream
/// @param stream what is written behind the head, or null
record Answer(
        int status,
        Map<String, List<String>> headers,
        AnswerBody body,
        @Nullable EventStream stream) {

    Answer(int status, Map<String, List<String>> headers, byte[] body) {
        this(status, headers, AnswerBody.of(body), null);
    }

    /// Bytes that are held for it alone until it is written.
    long held() {
        return body.shared() ? 0 : body.length();
    }

    static Answer of(Refused refused) {
        Answer plain = of(refused.body());
        Map<String, List<String>> headers = new HashMap<>(plain.headers());
        refused.headers().forEach((name, value) -> headers.put(name, List.of(value)));
        return new Answer(plain.status(), headers, plain.body(), null);
    }

    static Answer of(ErrorBody error) {
        return new Answer(
                error.statusCode(),
                Map.of("Content-Type", List.of(Conventions.JSON)),
                Json.write(error));
    }
}
