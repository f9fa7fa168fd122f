package eu.sermas.bus.tls;

import io.netty.util.NetUtil;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// An authority for trying TLS, which nobody knows but who is given its certificate: one file in
/// PEM that clients trust. It is kept, so that they need not be told again at each start.
///
/// Certificates have what strict readers ask for (RFC 5280): key identifiers of both sides, key
/// usage, and for the server's own at most 397 days.
final class TrialAuthority {

    private static final X500Name NAME = new X500Name("CN=sermas-bus authority for trying");
    private static final X500Name SERVER = new X500Name("CN=sermas-bus");
    private static final Duration LIFETIME = Duration.ofDays(3650);
    private static final Duration SERVER_LIFETIME = Duration.ofDays(397);
    private static final Duration CLOCKS_DIFFER = Duration.ofHours(1);
    private static final int SERIAL_BITS = 127;

    private final X509Certificate certificate;
    private final PrivateKey key;

    private TrialAuthority(X509Certificate certificate, PrivateKey key) {
        this.certificate = certificate;
        this.key = key;
    }

    /// Reads the authority that is there, or makes one.
    ///
    /// @param file of its certificate, for everybody; its key goes beside it, for its owner alone
    static TrialAuthority in(Path file) throws IOException {
        Path keyFile = keyBeside(file);
        if (Files.exists(file) && Files.exists(keyFile)) {
            X509Certificate known =
                    CertificateChain.read(file, Files.readAllBytes(file)).getFirst();
            PrivateKey key = PrivateKeys.read(keyFile, Files.readAllBytes(keyFile), null);
            Instant needed = Instant.now().plus(SERVER_LIFETIME);
            if (known.getNotAfter().toInstant().isAfter(needed)
                    && CertificateChain.isKeyOf(key, known.getPublicKey())) {
                return new TrialAuthority(known, key);
            }
        }
        TrialAuthority made = make();
        write(keyFile, pem(new JcaPKCS8Generator(made.key, null)), "rw-------");
        write(file, pem(made.certificate), "rw-r--r--");
        return made;
    }

    private static Path keyBeside(Path file) {
        return file.resolveSibling(
                file.getFileName().toString().replaceFirst("(\\.pem)?$", "-key.pem"));
    }

    private static TrialAuthority make() throws IOException {
        KeyPair pair = newKey();
        X509v3CertificateBuilder builder = builder(NAME, pair, LIFETIME);
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign));
        return new TrialAuthority(sign(builder, pair.getPrivate()), pair.getPrivate());
    }

    /// A certificate for a server, and its key.
    ///
    /// @param hosts DNS names and IP addresses that it is good for
    Origin.Identity issue(List<String> hosts) throws IOException {
        KeyPair pair = newKey();
        X509v3CertificateBuilder builder = builder(SERVER, pair, SERVER_LIFETIME);
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
        builder.addExtension(
                Extension.extendedKeyUsage,
                false,
                new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
        builder.addExtension(
                Extension.authorityKeyIdentifier,
                false,
                identifiers().createAuthorityKeyIdentifier(certificate.getPublicKey()));
        builder.addExtension(
                Extension.subjectAlternativeName,
                false,
                new GeneralNames(
                        hosts.stream()
                                .map(host -> new GeneralName(kindOf(host), host))
                                .toArray(GeneralName[]::new)));
        return new Origin.Identity(List.of(sign(builder, key)), pair.getPrivate(), List.of());
    }

    private static int kindOf(String host) {
        return NetUtil.createByteArrayFromIpAddressString(host) == null
                ? GeneralName.dNSName
                : GeneralName.iPAddress;
    }

    private static KeyPair newKey() throws IOException {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw failed(e);
        }
    }

    private static X509v3CertificateBuilder builder(X500Name subject, KeyPair pair, Duration life)
            throws IOException {
        Instant now = Instant.now();
        X509v3CertificateBuilder builder =
                new JcaX509v3CertificateBuilder(
                        NAME,
                        new BigInteger(SERIAL_BITS, new SecureRandom()).add(BigInteger.ONE),
                        Date.from(now.minus(CLOCKS_DIFFER)),
                        Date.from(now.plus(life)),
                        subject,
                        pair.getPublic());
        builder.addExtension(
                Extension.subjectKeyIdentifier,
                false,
                identifiers().createSubjectKeyIdentifier(pair.getPublic()));
        return builder;
    }

    private static JcaX509ExtensionUtils identifiers() throws IOException {
        try {
            return new JcaX509ExtensionUtils();
        } catch (GeneralSecurityException e) {
            throw failed(e);
        }
    }

    private static X509Certificate sign(X509v3CertificateBuilder builder, PrivateKey signer)
            throws IOException {
        try {
            return new JcaX509CertificateConverter()
                    .getCertificate(
                            builder.build(
                                    new JcaContentSignerBuilder("SHA256withECDSA").build(signer)));
        } catch (OperatorCreationException | GeneralSecurityException e) {
            throw failed(e);
        }
    }

    private static IOException failed(Exception cause) {
        return new IOException("self-signed certificate: " + cause.getMessage(), cause);
    }

    private static String pem(Object object) throws IOException {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(object);
        }
        return text.toString();
    }

    /// As a whole or not at all.
    private static void write(Path file, String text, String permissions) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        Path temporary = Files.createTempFile(folder, ".tls", null); // for its owner alone
        try {
            Files.writeString(temporary, text);
            if (temporary.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                Files.setPosixFilePermissions(
                        temporary, PosixFilePermissions.fromString(permissions));
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }
}
