package eu.sermas.bus.tls;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcePEMDecryptorProviderBuilder;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcePKCSPBEInputDecryptorProviderBuilder;
import org.jspecify.annotations.Nullable;

/// Private keys in the forms in which people have them: PKCS #8, PKCS #1 (RSA) and SEC 1 (EC),
/// plain or encrypted with a password. What cannot be read names the command that makes it
// readable.
final class PrivateKeys {

    private PrivateKeys() {}

    /// The first private key of a file; certificates and parameters beside it are passed over.
    ///
    /// @param password of an encrypted key, or null
    static PrivateKey read(Path file, byte[] content, char @Nullable [] password)
            throws IOException {
        String text = new String(content, StandardCharsets.US_ASCII);
        if (text.contains("-----BEGIN OPENSSH PRIVATE KEY-----")) {
            throw new IOException(
                    "%s: a key of OpenSSH (expected: PEM; `ssh-keygen -p -m PEM -f %s` makes one)"
                            .formatted(file, file));
        }
        try (PEMParser parser = new PEMParser(new StringReader(text))) {
            for (Object block = parser.readObject(); block != null; block = parser.readObject()) {
                PrivateKeyInfo key = key(file, block, password);
                if (key != null) {
                    return decode(file, key);
                }
            }
        } catch (IOException e) {
            throw e.getMessage() != null && e.getMessage().startsWith(file.toString())
                    ? e
                    : unreadable(file, "not PEM", e);
        }
        throw unreadable(file, "no private key", null);
    }

    /// @return null where the block is something else
    private static @Nullable PrivateKeyInfo key(Path file, Object block, char @Nullable [] password)
            throws IOException {
        return switch (block) {
            case PrivateKeyInfo plain -> plain;
            case PEMKeyPair pair -> pair.getPrivateKeyInfo();
            case PKCS8EncryptedPrivateKeyInfo encrypted ->
                    decrypt(file, encrypted, needed(file, password));
            case PEMEncryptedKeyPair encrypted -> decrypt(file, encrypted, needed(file, password));
            default -> null;
        };
    }

    private static PrivateKeyInfo decrypt(
            Path file, PKCS8EncryptedPrivateKeyInfo encrypted, char[] password) throws IOException {
        try {
            return encrypted.decryptPrivateKeyInfo(
                    new JcePKCSPBEInputDecryptorProviderBuilder()
                            .setProvider(new BouncyCastleProvider())
                            .build(password));
        } catch (PKCSException e) {
            throw wrongPassword(file, e);
        }
    }

    private static PrivateKeyInfo decrypt(Path file, PEMEncryptedKeyPair encrypted, char[] password)
            throws IOException {
        try {
            return encrypted
                    .decryptKeyPair(
                            new JcePEMDecryptorProviderBuilder()
                                    .setProvider(new BouncyCastleProvider())
                                    .build(password))
                    .getPrivateKeyInfo();
        } catch (IOException e) {
            throw wrongPassword(file, e);
        }
    }

    private static char[] needed(Path file, char @Nullable [] password) throws IOException {
        if (password == null) {
            throw new IOException(
                    ("%s: encrypted (expected: tls.key-password-file with its password, or a plain"
                                    + " key; `openssl pkey -in %s -out plain.pem` makes one)")
                            .formatted(file, file));
        }
        return password;
    }

    private static IOException wrongPassword(Path file, Exception cause) {
        return new IOException(
                ("%s: not readable with the password of tls.key-password-file"
                                + " (`openssl pkey -in %s -noout` tries a password)")
                        .formatted(file, file),
                cause);
    }

    /// By the identifier of the algorithm that the key itself names: RSA, RSASSA-PSS, EC, EdDSA.
    private static PrivateKey decode(Path file, PrivateKeyInfo key) throws IOException {
        String algorithm = key.getPrivateKeyAlgorithm().getAlgorithm().getId();
        try {
            return KeyFactory.getInstance(algorithm)
                    .generatePrivate(new PKCS8EncodedKeySpec(key.getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new IOException(
                    ("%s: unknown kind of key, %s (expected: RSA, RSA-PSS, EC or EdDSA;"
                                    + " `openssl genpkey -algorithm EC -pkeyopt"
                                    + " ec_paramgen_curve:P-256 -out key.pem` makes one)")
                            .formatted(file, algorithm),
                    e);
        }
    }

    private static IOException unreadable(Path file, String what, @Nullable Exception cause) {
        return new IOException(
                ("%s: %s (expected: PEM, PRIVATE KEY; `openssl pkey -in %s -inform DER -out key.pem`"
                                + " makes it of DER, `openssl pkcs12 -in %s -nodes -nocerts"
                                + " -out key.pem` of PKCS #12)")
                        .formatted(file, what, file, file),
                cause);
    }
}
