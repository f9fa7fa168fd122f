package eu.sermas.bus.systemtest;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.RSAPrivateKeySpec;
import java.util.Base64;

/// Reads the key that a bus signs its tokens with, as somebody who owns the data directory can: so
/// that a test can make a token that ends in three seconds, or one of another issuer.
final class SigningKey {

    private SigningKey() {}

    static Path file(BusProcess bus) {
        return bus.dataDirectory().resolve("issuer-key.json");
    }

    static PrivateKey of(BusProcess bus) {
        try {
            var jwk =
                    Answer.toTree(Files.readString(bus.dataDirectory().resolve("issuer-key.json")));
            var key = new RSAPrivateKeySpec(number(jwk.get("n")), number(jwk.get("d")));
            return KeyFactory.getInstance("RSA").generatePrivate(key);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static BigInteger number(JsonNode base64) {
        return new BigInteger(1, Base64.getUrlDecoder().decode(base64.asText()));
    }
}
