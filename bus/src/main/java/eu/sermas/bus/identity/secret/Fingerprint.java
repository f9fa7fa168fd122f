package eu.sermas.bus.identity.secret;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A digest, compared in constant time.
public record Fingerprint(byte[] bytes) {

    /// The SHA-256 of a token.
    public static Fingerprint of(String token) {
        try {
            return new Fingerprint(
                    MessageDigest.getInstance("SHA-256").digest(token.getBytes(UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256: not available", e);
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Fingerprint(byte[] that) && MessageDigest.isEqual(bytes, that);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /// Nothing of it.
    @Override
    public String toString() {
        return "Fingerprint";
    }
}
