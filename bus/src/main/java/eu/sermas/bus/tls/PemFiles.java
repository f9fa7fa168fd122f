package eu.sermas.bus.tls;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The PEM files of a server.
///
/// @param chain the certificates, and the key as well where there is no other file for it
/// @param key the private key, or null
/// @param password of the key, in the first line; or null
/// @param authorities the certificates of others, or null
record PemFiles(Path chain, @Nullable Path key, @Nullable Path password, @Nullable Path authorities)
        implements Origin {

    private static final String UNREADABLE = "";

    /// What they hold, told apart by digests. Times and sizes do not tell enough: two renewals may
    /// come within one tick of a file system, and certificates of one authority are often of one
    /// size.
    @Override
    public List<String> state() {
        return Stream.of(chain, key, password, authorities)
                .filter(Objects::nonNull)
                .map(PemFiles::digest)
                .toList();
    }

    private static String digest(Path file) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes(file));
            return HexFormat.of().formatHex(digest);
        } catch (IOException _) {
            return UNREADABLE;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public Identity read() throws IOException {
        Path keyFile = key == null ? chain : key;
        List<X509Certificate> certificates = readCertificates(chain);
        PrivateKey privateKey = PrivateKeys.read(keyFile, bytes(keyFile), readPassword());
        return new Identity(
                CertificateChain.of(chain, certificates, keyFile, privateKey),
                privateKey,
                authorities == null ? List.of() : readCertificates(authorities));
    }

    static List<X509Certificate> readCertificates(Path file) throws IOException {
        return CertificateChain.read(file, bytes(file));
    }

    private char @Nullable [] readPassword() throws IOException {
        return password == null
                ? null
                : new String(bytes(password), StandardCharsets.UTF_8)
                        .lines()
                        .findFirst()
                        .orElse("")
                        .toCharArray();
    }

    private static byte[] bytes(Path file) throws IOException {
        try {
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new IOException(file + ": no such file", e);
        }
    }
}
