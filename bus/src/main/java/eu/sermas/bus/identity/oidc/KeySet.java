package eu.sermas.bus.identity.oidc;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.JWKSet;
import java.text.ParseException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The keys of an issuer at one moment. Immutable.
record KeySet(List<VerificationKey> keys) {

    static final KeySet NONE = new KeySet(List.of());

    KeySet {
        keys = List.copyOf(keys);
    }

    /// Reads a JSON Web Key Set; keys that are of no use here are left out.
    ///
    /// @throws ParseException where it is none
    static KeySet parse(String json, int maxKeys) throws ParseException {
        return new KeySet(
                JWKSet.parse(json).getKeys().stream()
                        .limit(maxKeys)
                        .map(VerificationKey::of)
                        .filter(Objects::nonNull)
                        .toList());
    }

    /// The key that a token names; where it names none, the only one that fits its algorithm.
    ///
    /// @param id the `kid`, or null
    /// @return null where there is no such key
    @Nullable VerificationKey find(@Nullable String id, JWSAlgorithm algorithm) {
        List<VerificationKey> fitting =
                keys.stream()
                        .filter(key -> id == null ? key.fits(algorithm) : key.id().equals(id))
                        .toList();
        return fitting.size() == 1 || (id != null && !fitting.isEmpty())
                ? fitting.getFirst()
                : null;
    }

    boolean has(String id) {
        return keys.stream().anyMatch(key -> key.id().equals(id));
    }

    boolean isEmpty() {
        return keys.isEmpty();
    }
}
