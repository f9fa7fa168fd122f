package eu.sermas.bus.rest.operation;

import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.rest.http.Refused;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Topics and filters that a query names.
final class Names {

    private Names() {}

    /// @throws Refused 400 where it is none
    static Topic topic(@Nullable String text) {
        return parsed("topic", text, Topic::of);
    }

    /// @throws Refused 400 where it is none
    static TopicFilter filter(@Nullable String text) {
        return parsed("filter", text, TopicFilter::of);
    }

    private static <T> T parsed(String name, @Nullable String text, Function<String, T> parser) {
        if (text == null || text.isEmpty()) {
            throw Refused.badRequest(name + " missing");
        }
        try {
            return parser.apply(text);
        } catch (IllegalArgumentException e) {
            throw Refused.badRequest(String.valueOf(e.getMessage()));
        }
    }
}
