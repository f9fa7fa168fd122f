package eu.sermas.bus.cli.common;

import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Whom a client command trusts.
public final class TlsOptions {

    @Option(
            names = "--cafile",
            paramLabel = "FILE",
            description = "Trusts these certificates (PEM) instead of the JDK's.")
    private @Nullable Path caFile;

    @Option(
            names = "--insecure",
            description = "Trusts every certificate; for a self-signed one, while trying.")
    private boolean insecure;

    /// @return null for the certificates that the JDK trusts
    public @Nullable SSLContext context() throws CommandFailed {
        Path file = caFile;
        if (!insecure && file == null) {
            return null;
        }
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            TrustManager[] trusted =
                    insecure || file == null
                            ? InsecureTrustManagerFactory.INSTANCE.getTrustManagers()
                            : trust(file);
            context.init(null, trusted, null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new CommandFailed("--cafile " + file + ": " + e.getMessage());
        }
    }

    private static TrustManager[] trust(Path file) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (InputStream in = Files.newInputStream(file)) {
            for (Certificate found :
                    CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry("ca-" + store.size(), found);
            }
        }
        TrustManagerFactory factory =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }
}
