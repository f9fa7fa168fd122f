package eu.sermas.bus.identity;

import java.security.MessageDigest;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A digest, compared in constant time.
record Fingerprint(byte[] bytes) {

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
