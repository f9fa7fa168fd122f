package eu.sermas.bus.identity.oidc;

import com.nimbusds.jose.JWSAlgorithm;
import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;

/// The algorithms of signatures that can be checked, by their names in tokens.
public final class Algorithms {

    /// With a public key.
    public static final Set<String> WITH_KEYS =
            names(
                    Set.of(
                            JWSAlgorithm.RS256,
                            JWSAlgorithm.RS384,
                            JWSAlgorithm.RS512,
                            JWSAlgorithm.PS256,
                            JWSAlgorithm.PS384,
                            JWSAlgorithm.PS512,
                            JWSAlgorithm.ES256,
                            JWSAlgorithm.ES384,
                            JWSAlgorithm.ES512,
                            JWSAlgorithm.EdDSA,
                            JWSAlgorithm.Ed25519));

    /// With a secret that both sides know.
    public static final Set<String> WITH_SECRET =
            names(Set.of(JWSAlgorithm.HS256, JWSAlgorithm.HS384, JWSAlgorithm.HS512));

    private Algorithms() {}

    private static Set<String> names(Collection<JWSAlgorithm> algorithms) {
        return algorithms.stream()
                .map(JWSAlgorithm::getName)
                .collect(Collectors.toUnmodifiableSet());
    }
}
