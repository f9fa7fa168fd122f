package eu.sermas.bus.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
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

    /// Those of TLS 1.2 without forward secrecy and with CBC are for old devices.
    private static final List<String> CIPHERS =
            List.of(
                    "TLS_AES_128_GCM_SHA256",
                    "TLS_AES_256_GCM_SHA384",
                    "TLS_CHACHA20_POLY1305_SHA256",
                    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
                    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
                    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
                    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
                    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
                    "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
                    "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
                    "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
                    "TLS_RSA_WITH_AES_128_GCM_SHA256",
                    "TLS_RSA_WITH_AES_128_CBC_SHA",
                    "TLS_RSA_WITH_AES_256_CBC_SHA");

    private static final Duration SOON = Duration.ofDays(21);
    private static final Duration BETWEEN_WARNINGS = Duration.ofDays(1);

    private final Origin origin;
    private final String name;
    private final @Nullable ClientCertificates clients;
    private final InstantSource clock;
    private List<String> seen;
    private Instant warned = Instant.EPOCH;
    private volatile SslContext context;
    private volatile Instant expiresAt;

    private Certificates(
            Origin origin, String name, @Nullable ClientCertificates clients, InstantSource clock)
            throws IOException {
        this.origin = origin;
        this.name = name;
        this.clients = clients;
        this.clock = clock;
        this.seen = origin.state();
        Origin.Identity identity = origin.read();
        this.context = contextOf(identity);
        this.expiresAt = endOf(identity);
        warnOfEnd();
    }

    /// Reads a certificate chain and its private key from PEM files; which forms they may have, say
    /// [PrivateKeys] and [CertificateChain].
    ///
    /// @param key null where it stands beside the certificates
    /// @param password file with that of the key in its first line, or null
    /// @param clients what is asked of clients, or null for nothing
    /// @throws IOException where the files cannot be read or do not fit together; the message names
    ///   the file
    public static Certificates files(
            Path chain,
            @Nullable Path key,
            @Nullable Path password,
            @Nullable ClientCertificates clients)
            throws IOException {
        Path authorities = clients == null ? null : clients.authorities();
        return new Certificates(
                new PemFiles(chain, key, password, authorities),
                chain.toString(),
                clients,
                InstantSource.system());
    }

    /// Makes a certificate for trying.
    ///
    /// @param authority PEM file with the certificate of the authority, for clients that shall
    ///   trust it; made where it is not there, with its key beside it, and used again where it is
    /// @param hosts DNS names and IP addresses that it is good for
    /// @param clients what is asked of clients, or null for nothing
    public static Certificates selfSigned(
            Path authority, List<String> hosts, @Nullable ClientCertificates clients)
            throws IOException {
        InstantSource clock = InstantSource.system();
        return new Certificates(
                new Trial(TrialAuthority.in(authority), hosts, clients, clock),
                "self-signed",
                clients,
                clock);
    }

    /// Whether nobody gets in without a certificate.
    public boolean areRequiredOfClients() {
        return clients != null && clients.required();
    }

    /// When the first certificate of the chain ends that does.
    public Instant expiresAt() {
        return expiresAt;
    }

    /// The server's side of a new connection.
    public SslHandler newHandler(ByteBufAllocator allocator) {
        SslHandler handler = context.newHandler(allocator);
        SSLEngine engine = handler.engine();
        SSLParameters parameters = engine.getSSLParameters();
        // A client without AES in its processor names ChaCha20 first.
        parameters.setUseCipherSuitesOrder(false);
        engine.setSSLParameters(parameters);
        return handler;
    }

    /// Looks whether there is another certificate now. Blocks, so not for a network thread.
    public synchronized void refresh() {
        List<String> state = origin.state();
        if (!state.equals(seen)) {
            seen = state;
            try {
                use(origin.read());
                LOG.info("TLS certificate read again from {}", name);
                warned = Instant.EPOCH;
            } catch (IOException e) {
                LOG.error("TLS certificate not changed, the one before stays: {}", e.getMessage());
            }
        }
        warnOfEnd();
    }

    private void use(Origin.Identity identity) throws SSLException {
        context = contextOf(identity);
        expiresAt = endOf(identity);
    }

    private static Instant endOf(Origin.Identity identity) {
        return identity.chain().stream()
                .map(certificate -> certificate.getNotAfter().toInstant())
                .min(Comparator.naturalOrder())
                .orElseThrow();
    }

    /// Once a day.
    private void warnOfEnd() {
        Instant now = clock.instant();
        if (now.plus(SOON).isBefore(expiresAt) || now.isBefore(warned.plus(BETWEEN_WARNINGS))) {
            return;
        }
        warned = now;
        if (now.isBefore(expiresAt)) {
            LOG.warn("TLS certificate of {} expires at {}", name, expiresAt);
        } else {
            LOG.warn("TLS certificate of {} has expired at {}: clients refuse it", name, expiresAt);
        }
    }

    private SslContext contextOf(Origin.Identity identity) throws SSLException {
        SslContextBuilder builder =
                SslContextBuilder.forServer(identity.key(), identity.chain())
                        .protocols(PROTOCOLS)
                        .ciphers(CIPHERS, SupportedCipherSuiteFilter.INSTANCE);
        if (clients != null) {
            builder.trustManager(identity.authorities())
                    .clientAuth(clients.required() ? ClientAuth.REQUIRE : ClientAuth.OPTIONAL);
        }
        return builder.build();
    }
}
