package eu.sermas.bus.systemtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Test;

/// TLS beside everything else on the one port.
class TlsIT {

    @Test
    void tlsAndPlainTextShareThePort() {
        var builder = BusProcess.serve();
        var certificate = Certificate.create(builder.directory());
        builder.option("--tls-cert", certificate.chain()).option("--tls-key", certificate.key());
        try (var bus = builder.start()) {
            var https =
                    List.of(
                            "curl",
                            "--silent",
                            "--fail",
                            "--cacert",
                            certificate.chain().toString(),
                            "https://localhost:" + bus.port() + "/health/ready");

            Launcher.exec(Map.of(), https).expect(0);
            bus.rest().get("/health/ready").expect(200);
        }
    }

    @Test
    void aNewCertificateIsTakenUpWithoutARestart() throws Exception {
        var builder = BusProcess.serve();
        var certificate = Certificate.create(builder.directory());
        builder.option("--tls-cert", certificate.chain()).option("--tls-key", certificate.key());
        try (var bus = builder.start()) {
            var first = presented(bus);

            certificate.renew();

            await().untilAsserted(
                            () ->
                                    assertThat(presented(bus).getSerialNumber())
                                            .isNotEqualTo(first.getSerialNumber()));
        }
    }

    @Test
    void aSelfSignedCertificateIsMadeForTrying() throws Exception {
        try (var bus = BusProcess.serve().flags("--tls-self-signed").start()) {
            assertThat(presented(bus).getSubjectAlternativeNames())
                    .extracting(name -> String.valueOf(name.get(1)))
                    .contains("localhost");
        }
    }

    @Test
    void aMissingCertificateIsSaidPlainly() {
        try (var bus =
                BusProcess.serve()
                        .option("--tls-cert", "/no/such.pem")
                        .option("--tls-key", "/no/such.pem")
                        .launch()) {
            assertThat(bus.exitStatus()).isNotZero();
            assertThat(bus.output().text()).contains("/no/such.pem");
        }
    }

    private static X509Certificate presented(BusProcess bus)
            throws IOException, GeneralSecurityException {
        var context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new TrustAll()}, null);
        try (var socket =
                (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", bus.port())) {
            socket.setSoTimeout(10_000);
            socket.startHandshake();
            return (X509Certificate) socket.getSession().getPeerCertificates()[0];
        }
    }

    private static final class TrustAll implements X509TrustManager {

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
