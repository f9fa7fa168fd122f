package eu.sermas.bus.identity.oidc;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Where in a token a value stands: names of nested claims with dots between them, such as
/// `realm_access.roles`. The step `{client}` stands for the client that the token was issued to, so
/// that `resource_access.{client}.roles` are the roles of that client. A path with a slash is the
/// one name of a claim, as in `https://example.org/apps`.
///
/// @param text as it is configured
public record ClaimPath(String text) {

    private static final String CLIENT = "{client}";

    /// @throws IllegalArgumentException where a step is empty
    public ClaimPath {
        if (text.isEmpty() || steps(text).contains("")) {
            throw new IllegalArgumentException(
                    "claim: '" + text + "' (expected: names with dots between them)");
        }
    }

    private static List<String> steps(String text) {
        return text.contains("/") ? List.of(text) : List.of(text.split("\\.", -1));
    }

    /// What stands there, or null.
    @Nullable Object in(Map<String, Object> claims, String client) {
        Object found = claims;
        for (String step : steps(text)) {
            if (!(found instanceof Map<?, ?> object)) {
                return null;
            }
            found = object.get(step.equals(CLIENT) ? client : step);
        }
        return found;
    }

    /// The text that stands there, or the empty one.
    String textIn(Map<String, Object> claims, String client) {
        return in(claims, client) instanceof String value ? value : "";
    }

    @Override
    public String toString() {
        return text;
    }
}
