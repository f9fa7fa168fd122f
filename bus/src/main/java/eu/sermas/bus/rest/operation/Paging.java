package eu.sermas.bus.rest.operation;

import eu.sermas.bus.rest.http.Refused;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What the caller of a list says of the page that they want.
final class Paging {

    static final String DEFAULT_LIMIT = "100";
    private static final int MOST = 1000;

    private Paging() {}

    /// @throws Refused 400 where it is none
    static int limit(String text) {
        try {
            int limit = Integer.parseInt(text);
            if (limit >= 1 && limit <= MOST) {
                return limit;
            }
        } catch (NumberFormatException _) {
            // as one that is out of bounds
        }
        throw Refused.badRequest("limit: '" + text + "' (expected: 1.." + MOST + ")");
    }

    /// @param parser gives null for what is none
    /// @return null where the caller wants the first page
    /// @throws Refused 400 where it is none, or one of another process
    static <P> @Nullable P cursor(@Nullable String text, Function<String, @Nullable P> parser) {
        if (text == null || text.isEmpty()) {
            return null;
        }
        P cursor = parser.apply(text);
        if (cursor == null) {
            throw Refused.badRequest(
                    "cursor: not known (expected: the next of the page before, from this process)");
        }
        return cursor;
    }
}
