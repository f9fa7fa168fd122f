package eu.sermas.bus.systemtest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/// An authority that issues certificates to clients, made by openssl.
///
/// @param directory with its certificate (`ca.pem`), its key and what openssl keeps of its own
record ClientAuthority(Path directory) {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);

    private static final String CONFIGURATION =
            """
            [ca]
            default_ca = own
            [own]
            dir = .
            database = index.txt
            serial = serial
            new_certs_dir = .
            default_md = sha256
            policy = any
            unique_subject = no
            [any]
            commonName = supplied
            """;

    static ClientAuthority create(Path directory, String name) {
        try {
            var authority = new ClientAuthority(Files.createDirectories(directory.resolve(name)));
            Files.writeString(authority.file("ca.cnf"), CONFIGURATION);
            Files.writeString(authority.file("index.txt"), "");
            authority.openssl(
                    "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN="
                            + name
                            + " -keyout ca.key -out ca.pem");
            return authority;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path certificate() {
        return file("ca.pem");
    }

    /// What a client of this name does TLS with.
    SSLContext issue(String commonName, Instant until) {
        openssl(
                "req -newkey rsa:2048 -nodes -subj /CN="
                        + commonName
                        + " -keyout client.key -out client.csr");
        openssl(
                "ca -batch -config ca.cnf -cert ca.pem -keyfile ca.key -rand_serial -notext"
                        + " -startdate 20200101000000Z -enddate "
                        + TIME.format(until)
                        + " -in client.csr -out client.pem");
        return context(new Shown(read("client.pem"), key("client.key")));
    }

    /// TLS without a certificate of one's own.
    static SSLContext withoutCertificate() {
        return context(null);
    }

    private static SSLContext context(@Nullable KeyManager own) {
        try {
            var context = SSLContext.getInstance("TLS");
            context.init(
                    own == null ? null : new KeyManager[] {own},
                    new TrustManager[] {new TrustAll()},
                    null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private void openssl(String arguments) {
        var command = new ArrayList<>(List.of("sh", "-c"));
        command.add("cd " + directory + " && openssl " + arguments);
        Launcher.exec(Map.of(), command).expect(0);
    }

    private Path file(String name) {
        return directory.resolve(name);
    }

    private X509Certificate read(String name) {
        try (var in = Files.newInputStream(file(name))) {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(in);
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private PrivateKey key(String name) {
        try {
            var pem = Files.readString(file(name)).replaceAll("-----[^-]+-----|\\s", "");
            return KeyFactory.getInstance("RSA")
                    .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem)));
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Shows its certificate whatever authorities the server names.
    private static final class Shown extends X509ExtendedKeyManager {

        private static final String ALIAS = "own";

        private final X509Certificate certificate;
        private final PrivateKey key;

        Shown(X509Certificate certificate, PrivateKey key) {
            this.certificate = certificate;
            this.key = key;
        }

        @Override
        public String[] getClientAliases(String keyType, Principal[] issuers) {
            return new String[] {ALIAS};
        }

        @Override
        public @Nullable String chooseClientAlias(
                String[] keyTypes, Principal[] issuers, Socket socket) {
            return Arrays.asList(keyTypes).contains("RSA") ? ALIAS : null;
        }

        @Override
        public String[] getServerAliases(String keyType, Principal[] issuers) {
            return new String[0];
        }

        @Override
        public @Nullable String chooseServerAlias(
                String keyType, Principal[] issuers, Socket socket) {
            return null;
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return new X509Certificate[] {certificate};
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return key;
        }
    }

    /// Who the server is makes no difference here.
    private static final class TrustAll implements X509TrustManager {

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
