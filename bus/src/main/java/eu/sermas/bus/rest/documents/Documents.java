package eu.sermas.bus.rest.documents;

import eu.sermas.bus.rest.http.AnswerBody;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;

/// Documents that are the same for everybody who reads them: each is made once, by the first who
/// asks, and all of their answers are the same bytes.
final class Documents {

    /// @param source what it was made of
    private record Made(Object source, AnswerBody body) {}

    private final ConcurrentMap<String, Made> made = new ConcurrentHashMap<>();

    /// @param source immutable; another one makes another document
    AnswerBody get(String name, Object source, Supplier<byte[]> maker) {
        return made.compute(
                        name,
                        (_, known) ->
                                known != null && known.source().equals(source)
                                        ? known
                                        : new Made(source, AnswerBody.of(maker.get(), true)))
                .body();
    }
}
