package eu.sermas.bus.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Certificates in a file, and the chain that a server shows of them.
final class CertificateChain {

    private static final byte[] PROBE = "sermas-bus".getBytes(StandardCharsets.US_ASCII);

    private static final PSSParameterSpec PSS =
            new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1);

    private CertificateChain() {}

    /// All certificates of a file, as they stand there.
    static List<X509Certificate> read(Path file, byte[] content) throws IOException {
        String text = new String(content, StandardCharsets.ISO_8859_1);
        if (text.contains("-----BEGIN PKCS7-----")) {
            throw new IOException(
                    ("%s: PKCS #7 (expected: PEM, CERTIFICATE;"
                                    + " `openssl pkcs7 -print_certs -in %s -out chain.pem` makes it)")
                            .formatted(file, file));
        }
        List<X509Certificate> certificates;
        try {
            certificates =
                    CertificateFactory.getInstance("X.509")
                            .generateCertificates(new ByteArrayInputStream(certificatesOf(text)))
                            .stream()
                            .map(X509Certificate.class::cast)
                            .toList();
        } catch (GeneralSecurityException e) {
            throw unreadable(file, "not a certificate chain: " + e.getMessage(), e);
        }
        if (certificates.isEmpty()) {
            throw unreadable(file, "no certificate", null);
        }
        return certificates;
    }

    /// Without what stands between them, such as a key or what `openssl x509 -text` says.
    private static byte[] certificatesOf(String text) {
        String begin = "-----BEGIN CERTIFICATE-----";
        String end = "-----END CERTIFICATE-----";
        int from = text.indexOf(begin);
        if (from < 0) {
            return text.getBytes(StandardCharsets.ISO_8859_1); // DER, perhaps
        }
        StringBuilder certificates = new StringBuilder();
        while (from >= 0) {
            int to = text.indexOf(end, from);
            if (to < 0) {
                certificates.append(text, from, text.length());
                break;
            }
            certificates.append(text, from, to + end.length()).append('\n');
            from = text.indexOf(begin, to);
        }
        return certificates.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private static IOException unreadable(Path file, String what, @Nullable Exception cause) {
        return new IOException(
                ("%s: %s (expected: PEM, CERTIFICATE; `openssl pkcs12 -in %s -nokeys -out"
                                + " chain.pem` makes it of PKCS #12)")
                        .formatted(file, what, file),
                cause);
    }

    /// The chain of the certificate that a key belongs to: that one first, then who has issued the
    /// one before, in whatever order and however often they are there. A root is left out, since
    /// whoever trusts it has it.
    ///
    /// @param key and the file that it is from
    static List<X509Certificate> of(
            Path file, List<X509Certificate> certificates, Path keyFile, PrivateKey key)
            throws IOException {
        var left = new LinkedHashSet<>(certificates);
        X509Certificate own = null;
        for (X509Certificate candidate : left) {
            if (isKeyOf(key, candidate.getPublicKey())) {
                own = candidate;
                break;
            }
        }
        if (own == null) {
            throw new IOException(
                    ("%s: is the key of no certificate in %s (`openssl pkey -in %s -pubout` and"
                                    + " `openssl x509 -in %s -noout -pubkey` print what has to be the same)")
                            .formatted(keyFile, file, keyFile, file));
        }
        List<X509Certificate> chain = new ArrayList<>();
        for (X509Certificate next = own; next != null; next = issuerOf(next, left)) {
            if (!chain.isEmpty() && isRoot(next)) {
                break;
            }
            chain.add(next);
            left.remove(next);
        }
        return chain;
    }

    private static @Nullable X509Certificate issuerOf(
            X509Certificate certificate, Iterable<X509Certificate> candidates) {
        for (X509Certificate candidate : candidates) {
            if (candidate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal())
                    && hasSigned(candidate, certificate)) {
                return candidate;
            }
        }
        return null;
    }

    private static boolean isRoot(X509Certificate certificate) {
        return certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
    }

    private static boolean hasSigned(X509Certificate issuer, X509Certificate certificate) {
        try {
            certificate.verify(issuer.getPublicKey());
            return true;
        } catch (GeneralSecurityException _) {
            return false;
        }
    }

    /// Signs with one and verifies with the other.
    static boolean isKeyOf(PrivateKey key, PublicKey certified) {
        try {
            Signature signature = signature(key);
            signature.initSign(key);
            signature.update(PROBE);
            byte[] signed = signature.sign();
            signature.initVerify(certified);
            signature.update(PROBE);
            return signature.verify(signed);
        } catch (GeneralSecurityException _) {
            return false; // not even of the same kind
        }
    }

    private static Signature signature(PrivateKey key) throws GeneralSecurityException {
        Signature signature =
                Signature.getInstance(
                        switch (key.getAlgorithm()) {
                            case "RSA" -> "SHA256withRSA";
                            case "EC" -> "SHA256withECDSA";
                            default -> key.getAlgorithm();
                        });
        if (key.getAlgorithm().equals("RSASSA-PSS")) {
            AlgorithmParameterSpec own = key instanceof RSAKey rsa ? rsa.getParams() : null;
            signature.setParameter(own == null ? PSS : own);
        }
        return signature;
    }
}
