package eu.sermas.bus.systemtest.rights;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// The tokens of another issuer, which shares a secret with the bus.
final class ForeignTokens {

    private static final String SECRET = "a-secret-that-two-issuers-share-with-each-other";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

    /// What the bus has to be told of it.
    static final String CONFIGURATION =
            """
            identity:
              issuers:
                - name: partner
                  issuer: https://partner.example
                  shared-secret: %s
                  audiences: ["*"]
                  apps: ["*"]
                  roles: [platform-admin]
                  registry: true
            """
                    .formatted(SECRET);

    private ForeignTokens() {}

    /// @param claims besides those that every token has
    static String of(String sub, Map<String, Object> claims) {
        var all = new LinkedHashMap<String, Object>();
        all.put("iss", "https://partner.example");
        all.put("sub", sub);
        all.put("aud", "sermas-bus");
        all.put("azp", "portal");
        all.put("jti", UUID.randomUUID().toString());
        all.put("iat", Instant.now().getEpochSecond());
        all.put("exp", Instant.now().plusSeconds(3_600).getEpochSecond());
        all.putAll(claims);
        var signed = encoded(Map.of("alg", "HS256", "typ", "JWT")) + "." + encoded(all);
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(SECRET.getBytes(UTF_8), "HmacSHA256"));
            return signed + "." + BASE64.encodeToString(mac.doFinal(signed.getBytes(UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String encoded(Map<String, Object> part) {
        try {
            return BASE64.encodeToString(JSON.writeValueAsBytes(part));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
