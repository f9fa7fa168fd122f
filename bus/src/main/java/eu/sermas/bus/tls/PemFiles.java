package eu.sermas.bus.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A certificate chain and its private key in two PEM files, and whether they have changed since
/// they were read. Used by one thread at a time.
final class PemFiles {

    /// A chain, the server's own certificate first, and the key of that certificate.
    ///
    /// @param authorities those of others, or none
    record Identity(X509Certificate[] chain, PrivateKey key, X509Certificate[] authorities) {}

    private record Stamp(@Nullable FileTime modified, long size) {}

    private static final Pattern PKCS8 =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([^-]+)-----END PRIVATE KEY-----");

    private final Path chain;
    private final Path key;
    private final @Nullable Path authorities;
    private @Nullable List<Stamp> seen;

    /// @param authorities another file with certificates, or null
    PemFiles(Path chain, Path key, @Nullable Path authorities) {
        this.authorities = authorities;
        this.chain = chain;
        this.key = key;
    }

    Path chain() {
        return chain;
    }

    synchronized boolean changed() {
        return !stamps().equals(seen);
    }

    /// Reads both, and remembers their state even where they turn out not to work, so that one
    /// broken state is reported once.
    synchronized Identity read() throws IOException {
        seen = stamps();
        Identity identity =
                new Identity(
                        readCertificates(chain),
                        readKey(),
                        authorities == null
                                ? new X509Certificate[0]
                                : readCertificates(authorities));
        try {
            if (!signs(identity.key(), identity.chain()[0].getPublicKey())) {
                throw new IOException(
                        key + ": is not the key of the first certificate in " + chain);
            }
        } catch (GeneralSecurityException e) {
            throw new IOException(
                    key
                            + ": does not fit the first certificate in "
                            + chain
                            + ": "
                            + e.getMessage(),
                    e);
        }
        return identity;
    }

    private List<Stamp> stamps() {
        return authorities == null
                ? List.of(stamp(chain), stamp(key))
                : List.of(stamp(chain), stamp(key), stamp(authorities));
    }

    private static Stamp stamp(Path file) {
        try {
            return new Stamp(Files.getLastModifiedTime(file), Files.size(file));
        } catch (IOException _) {
            return new Stamp(null, -1);
        }
    }

    static X509Certificate[] readCertificates(Path file) throws IOException {
        try {
            X509Certificate[] certificates =
                    CertificateFactory.getInstance("X.509")
                            .generateCertificates(new ByteArrayInputStream(bytes(file)))
                            .stream()
                            .map(X509Certificate.class::cast)
                            .toArray(X509Certificate[]::new);
            if (certificates.length == 0) {
                throw new IOException(file + ": no certificate (expected: PEM, CERTIFICATE)");
            }
            return certificates;
        } catch (GeneralSecurityException e) {
            throw new IOException(file + ": not a certificate chain: " + e.getMessage(), e);
        }
    }

    private PrivateKey readKey() throws IOException {
        Matcher block = PKCS8.matcher(new String(bytes(key), StandardCharsets.US_ASCII));
        if (!block.find()) {
            throw new IOException(
                    key + ": no private key (expected: PEM, unencrypted PKCS #8, PRIVATE KEY)");
        }
        byte[] encoded;
        try {
            encoded = Base64.getMimeDecoder().decode(block.group(1));
        } catch (IllegalArgumentException e) {
            throw new IOException(key + ": not Base64: " + e.getMessage(), e);
        }
        PKCS8EncodedKeySpec specification = new PKCS8EncodedKeySpec(encoded);
        for (String algorithm : List.of("RSA", "EC", "EdDSA")) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(specification);
            } catch (GeneralSecurityException _) {
                // Not of this kind; the next one is tried.
            }
        }
        throw new IOException(key + ": unknown kind of key (expected: RSA, EC or EdDSA)");
    }

    private static byte[] bytes(Path file) throws IOException {
        try {
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new IOException(file + ": no such file", e);
        }
    }

    private static boolean signs(PrivateKey key, PublicKey certified)
            throws GeneralSecurityException {
        String algorithm =
                switch (key.getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    default -> key.getAlgorithm();
                };
        byte[] probe = "sermas-bus".getBytes(StandardCharsets.US_ASCII);
        Signature signature = Signature.getInstance(algorithm);
        signature.initSign(key);
        signature.update(probe);
        byte[] signed = signature.sign();
        signature.initVerify(certified);
        signature.update(probe);
        return signature.verify(signed);
    }
}
