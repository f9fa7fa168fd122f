package eu.sermas.bus.tls;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.CertificateBuilder.KeyUsage;
import io.netty.pkitesting.X509Bundle;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the server shows in a TLS handshake. Certificates from files are read again when the files
/// change; connections that are open keep theirs. Files that do not work are reported once, and the
/// last ones that did stay in use: somebody who renews certificates may write one file after the
/// other.
public final class Certificates {

    private static final Logger LOG = LoggerFactory.getLogger(Certificates.class);
    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};
    private static final Duration SELF_SIGNED_LIFETIME = Duration.ofDays(365);

    private final @Nullable PemFiles files;
    private final @Nullable ClientCertificates clients;
    private volatile SslContext context;

    private Certificates(
            @Nullable PemFiles files, @Nullable ClientCertificates clients, SslContext context) {
        this.files = files;
        this.clients = clients;
        this.context = context;
    }

    /// Reads a certificate chain (the server's own first) and its private key, both PEM; the key is
    /// unencrypted PKCS #8.
    ///
    /// @param clients what is asked of clients, or null for nothing
    /// @throws IOException where the files cannot be read or do not fit together; the message names
    ///   the file
    public static Certificates files(Path chain, Path key, @Nullable ClientCertificates clients)
            throws IOException {
        PemFiles files = new PemFiles(chain, key, clients == null ? null : clients.authorities());
        return new Certificates(files, clients, contextOf(files.read(), clients));
    }

    /// Makes an authority and a certificate of it, for trying: valid for one year, and known to
    /// nobody. The key of the authority is forgotten at once.
    ///
    /// @param hosts DNS names and IP addresses that it is good for
    /// @param writeTo where to write the certificate of the authority in PEM, for clients that
    ///   shall trust it
    /// @param clients what is asked of clients, or null for nothing
    public static Certificates selfSigned(
            List<String> hosts, @Nullable Path writeTo, @Nullable ClientCertificates clients)
            throws IOException {
        X509Bundle authority;
        X509Bundle server;
        try {
            authority =
                    forOneYear("CN=sermas-bus authority for trying")
                            .setIsCertificateAuthority(true)
                            .setKeyUsage(true, KeyUsage.keyCertSign)
                            .buildSelfSigned();
            CertificateBuilder builder =
                    forOneYear("CN=sermas-bus").addExtendedKeyUsageServerAuth();
            for (String host : hosts) {
                boolean address = NetUtil.createByteArrayFromIpAddressString(host) != null;
                builder = address ? builder.addSanIpAddress(host) : builder.addSanDnsName(host);
            }
            server = builder.buildIssuedBy(authority);
        } catch (Exception e) { // that is what the builder declares
            throw new IOException("self-signed certificate: " + e.getMessage(), e);
        }
        if (writeTo != null) {
            Files.writeString(writeTo, authority.getCertificatePEM());
        }
        return new Certificates(
                null,
                clients,
                contextOf(
                        new PemFiles.Identity(
                                server.getCertificatePath(),
                                server.getKeyPair().getPrivate(),
                                clients == null
                                        ? new X509Certificate[0]
                                        : PemFiles.readCertificates(clients.authorities())),
                        clients));
    }

    private static CertificateBuilder forOneYear(String subject) {
        Instant now = Instant.now();
        return new CertificateBuilder()
                .rsa2048()
                .subject(subject)
                .notBefore(now.minus(Duration.ofHours(1)))
                .notAfter(now.plus(SELF_SIGNED_LIFETIME));
    }

    /// Whether nobody gets in without a certificate.
    public boolean areRequiredOfClients() {
        return clients != null && clients.required();
    }

    public SslContext current() {
        return context;
    }

    /// Reads the files again where they have changed. Blocks, so not for a network thread.
    public void refresh() {
        if (files == null || !files.changed()) {
            return;
        }
        try {
            context = contextOf(files.read(), clients);
            LOG.info("TLS certificate read again from {}", files.chain());
        } catch (IOException e) {
            LOG.error("TLS certificate not changed, the one before stays: {}", e.getMessage());
        }
    }

    private static SslContext contextOf(
            PemFiles.Identity identity, @Nullable ClientCertificates clients) throws SSLException {
        SslContextBuilder builder =
                SslContextBuilder.forServer(identity.key(), identity.chain()).protocols(PROTOCOLS);
        if (clients != null) {
            builder.trustManager(identity.authorities())
                    .clientAuth(clients.required() ? ClientAuth.REQUIRE : ClientAuth.OPTIONAL);
        }
        return builder.build();
    }
}
