package eu.sermas.bus.identity.oidc;

import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.util.Base64URL;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.EdECPoint;
import java.security.spec.EdECPublicKeySpec;
import java.security.spec.NamedParameterSpec;

/// Ed25519 by what comes with Java: the JWT library would need another one for it.
final class EdwardsVerifier {

    private static final int KEY_BYTES = 32;

    private final PublicKey key;

    /// @throws IllegalArgumentException where it is not a key for Ed25519
    EdwardsVerifier(OctetKeyPair jwk) {
        byte[] encoded = jwk.getX().decode();
        if (!Curve.Ed25519.equals(jwk.getCurve()) || encoded.length != KEY_BYTES) {
            throw new IllegalArgumentException(
                    "crv: " + jwk.getCurve() + " (expected: Ed25519, 32 bytes)");
        }
        try {
            key =
                    KeyFactory.getInstance("Ed25519")
                            .generatePublic(
                                    new EdECPublicKeySpec(
                                            NamedParameterSpec.ED25519, point(encoded)));
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("key for Ed25519: not usable", e);
        }
    }

    /// RFC 8032, 5.1.2: little-endian y, and in the highest bit whether x is odd.
    private static EdECPoint point(byte[] encoded) {
        byte[] y = new byte[KEY_BYTES];
        for (int i = 0; i < KEY_BYTES; i++) {
            y[i] = encoded[KEY_BYTES - 1 - i];
        }
        boolean xOdd = (y[0] & 0x80) != 0;
        y[0] &= 0x7f;
        return new EdECPoint(xOdd, new BigInteger(1, y));
    }

    boolean verify(JWSHeader header, byte[] signed, Base64URL signature) {
        try {
            Signature check = Signature.getInstance("Ed25519");
            check.initVerify(key);
            check.update(signed);
            return check.verify(signature.decode());
        } catch (GeneralSecurityException _) {
            return false; // a signature that is none
        }
    }
}
