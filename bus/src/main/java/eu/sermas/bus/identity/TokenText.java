package eu.sermas.bus.identity;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import eu.sermas.bus.access.Claims;
import eu.sermas.bus.json.JsonLimits;
import java.text.ParseException;
import java.util.Base64;
import java.util.HashSet;
import java.util.Set;

/// What stands in a token that somebody has verified.
public final class TokenText {

    private TokenText() {}

    /// Looks at what a token says before a library that has no limits makes a tree of it.
    ///
    /// @throws ParseException where it is no token, or says more than one may
    public static void check(String token) throws ParseException {
        int header = token.indexOf('.');
        int claims = token.indexOf('.', header + 1);
        if (header < 0 || claims < 0) {
            throw new ParseException("token: fewer than three parts", 0);
        }
        try {
            JsonLimits.TOKEN.check(decoded(token.substring(0, header)));
            JsonLimits.TOKEN.check(decoded(token.substring(header + 1, claims)));
        } catch (JsonProcessingException | IllegalArgumentException _) {
            throw new ParseException("token: not JSON within its limits", 0);
        }
    }

    /// The claims as JSON, as they stand there.
    static String payload(String token) {
        String payload = token.substring(token.indexOf('.') + 1, token.lastIndexOf('.'));
        return decoded(payload);
    }

    private static String decoded(String part) {
        return new String(Base64.getUrlDecoder().decode(part), UTF_8);
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
