package eu.sermas.bus.identity.oidc;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64URL;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One key, with the algorithms that it may be used with: those of its type, or the one that it
/// names. A key for RSA never checks an HMAC, whatever the header of a token says.
final class VerificationKey {

    private interface Check {
        boolean verify(JWSHeader header, byte[] signed, Base64URL signature) throws JOSEException;
    }

    private static final int SHORTEST_RSA_BITS = 2_048;
    private static final Set<JWSAlgorithm> EDWARDS =
            Set.of(JWSAlgorithm.EdDSA, JWSAlgorithm.Ed25519);

    private final String id;
    private final Set<JWSAlgorithm> algorithms;
    private final Check check;

    private VerificationKey(String id, Set<JWSAlgorithm> algorithms, Check check) {
        this.id = id;
        this.algorithms = algorithms;
        this.check = check;
    }

    /// @return null where it is none that checks signatures here: of another kind or use, or too
    ///   short
    static @Nullable VerificationKey of(JWK jwk) {
        if (jwk.getKeyUse() != null && !KeyUse.SIGNATURE.equals(jwk.getKeyUse())) {
            return null;
        }
        try {
            return switch (jwk) {
                case RSAKey rsa when rsa.size() >= SHORTEST_RSA_BITS ->
                        of(jwk, new RSASSAVerifier(rsa.toRSAPublicKey()));
                case ECKey ec -> of(jwk, new ECDSAVerifier(ec.toECPublicKey()));
                case OctetKeyPair edwards -> {
                    EdwardsVerifier verifier = new EdwardsVerifier(edwards);
                    yield of(jwk, EDWARDS, verifier::verify);
                }
                default -> null;
            };
        } catch (JOSEException | IllegalArgumentException | IllegalStateException _) {
            return null;
        }
    }

    private static VerificationKey of(JWK jwk, JWSVerifier verifier) {
        return of(jwk, verifier.supportedJWSAlgorithms(), verifier::verify);
    }

    private static VerificationKey of(JWK jwk, Set<JWSAlgorithm> supported, Check check) {
        boolean named = jwk.getAlgorithm() != null;
        Set<JWSAlgorithm> algorithms =
                named ? Set.of(JWSAlgorithm.parse(jwk.getAlgorithm().getName())) : supported;
        return new VerificationKey(
                jwk.getKeyID() == null ? "" : jwk.getKeyID(), Set.copyOf(algorithms), check);
    }

    /// @throws IllegalArgumentException where the secret is too short for any algorithm
    static VerificationKey of(IssuerSettings.Keys.Shared shared) {
        try {
            MACVerifier verifier =
                    new MACVerifier(shared.secret().getBytes(StandardCharsets.UTF_8));
            return new VerificationKey("", verifier.supportedJWSAlgorithms(), verifier::verify);
        } catch (JOSEException e) {
            throw new IllegalArgumentException("shared-secret: too short", e);
        }
    }

    String id() {
        return id;
    }

    boolean fits(JWSAlgorithm algorithm) {
        return algorithms.contains(algorithm);
    }

    boolean verifies(JWSHeader header, byte[] signed, Base64URL signature) {
        try {
            return fits(header.getAlgorithm()) && check.verify(header, signed, signature);
        } catch (JOSEException _) {
            return false;
        }
    }
}
