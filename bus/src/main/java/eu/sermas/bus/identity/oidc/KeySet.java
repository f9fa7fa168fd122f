package eu.sermas.bus.identity.oidc;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.util.JSONObjectUtils;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The keys of an issuer at one moment. Immutable.
///
/// @param unreadable how many there were besides that are no key of any kind known here
record KeySet(List<VerificationKey> keys, int unreadable) {

    static final KeySet NONE = new KeySet(List.of());

    KeySet {
        keys = List.copyOf(keys);
    }

    KeySet(List<VerificationKey> keys) {
        this(keys, 0);
    }

    /// Reads a JSON Web Key Set, key by key: one that cannot be read (of a curve that is not known
    /// here, with a broken certificate) takes no other with it (RFC 7517, section 5). Keys that are
    /// of no use here are left out as well.
    ///
    /// @throws ParseException where it is none
    static KeySet parse(String json, int maxKeys) throws ParseException {
        List<?> all = JSONObjectUtils.getJSONArray(JSONObjectUtils.parse(json), "keys");
        if (all == null) {
            throw new ParseException("keys: missing", 0);
        }
        List<VerificationKey> keys = new ArrayList<>();
        int unreadable = 0;
        for (Object each : all.subList(0, Math.min(maxKeys, all.size()))) {
            JWK jwk = read(each);
            VerificationKey key = jwk == null ? null : VerificationKey.of(jwk);
            if (jwk == null) {
                unreadable++;
            } else if (key != null) {
                keys.add(key);
            }
        }
        return new KeySet(keys, unreadable);
    }

    private static @Nullable JWK read(Object key) {
        if (!(key instanceof Map<?, ?> fields)) {
            return null;
        }
        Map<String, Object> named = new HashMap<>();
        fields.forEach((name, value) -> named.put(String.valueOf(name), value));
        try {
            return JWK.parse(named);
        } catch (ParseException | RuntimeException _) { // the library throws either
            return null;
        }
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
