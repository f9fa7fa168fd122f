package eu.sermas.bus.systemtest;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.util.Base64;
import java.util.function.Consumer;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Takes tokens apart and makes forged ones, by hand: no library would sign most of these.
final class Jwt {

    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

    private Jwt() {}

    static JsonNode header(String token) {
        return part(token, 0);
    }

    static JsonNode claims(String token) {
        return part(token, 1);
    }

    /// The same token with other claims and the old signature.
    static String tampered(String token, Consumer<ObjectNode> change) {
        return unsigned(header(token), claims(token), change) + "." + token.split("\\.", -1)[2];
    }

    /// The same claims under `alg: none`, without a signature.
    static String unsigned(String token) {
        var header = ((ObjectNode) header(token)).put("alg", "none");
        return unsigned(header, claims(token), _ -> {}) + ".";
    }

    /// The same claims with HS256, where the secret is what everybody may know.
    static String signedWithSecret(String token, byte[] secret) {
        var header = ((ObjectNode) header(token)).put("alg", "HS256");
        var signed = unsigned(header, claims(token), _ -> {});
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            return signed + "." + ENCODER.encodeToString(mac.doFinal(signed.getBytes(UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /// The same token with other claims, correctly signed with RS256.
    static String signed(String token, PrivateKey key, Consumer<ObjectNode> change) {
        var signed = unsigned(header(token), claims(token), change);
        try {
            var signature = Signature.getInstance("SHA256withRSA");
            signature.initSign(key);
            signature.update(signed.getBytes(UTF_8));
            return signed + "." + ENCODER.encodeToString(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String unsigned(JsonNode header, JsonNode claims, Consumer<ObjectNode> change) {
        var changed = (ObjectNode) claims.deepCopy();
        change.accept(changed);
        return encode(header) + "." + encode(changed);
    }

    private static String encode(JsonNode part) {
        return ENCODER.encodeToString(Answer.toJson(part).getBytes(UTF_8));
    }

    private static JsonNode part(String token, int index) {
        var decoded = Base64.getUrlDecoder().decode(token.split("\\.", -1)[index]);
        return Answer.toTree(new String(decoded, UTF_8));
    }
}
