package eu.sermas.bus.identity;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import eu.sermas.bus.access.Claims;
import java.util.Base64;
import java.util.HashSet;
import java.util.Set;

/// What stands in a token that somebody has verified.
final class TokenText {

    private TokenText() {}

    /// The claims as JSON, as they stand there.
    static String payload(String token) {
        String payload = token.substring(token.indexOf('.') + 1, token.lastIndexOf('.'));
        return new String(Base64.getUrlDecoder().decode(payload), UTF_8);
    }

    /// The claims for grants that are bound to them.
    static Claims claims(String token) {
        JsonNode claims = Json.read(payload(token).getBytes(UTF_8), JsonNode.class);
        return name -> values(claims.path(name));
    }

    private static Set<String> values(JsonNode claim) {
        if (claim.isTextual()) {
            return Set.of(claim.textValue());
        }
        Set<String> values = new HashSet<>();
        for (JsonNode element : claim) {
            if (claim.isArray() && element.isTextual()) {
                values.add(element.textValue());
            }
        }
        return values;
    }
}
