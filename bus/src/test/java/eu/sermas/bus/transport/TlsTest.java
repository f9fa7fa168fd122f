package eu.sermas.bus.transport;

import static eu.sermas.bus.transport.TestClient.connect;
import static eu.sermas.bus.transport.TestClient.publish;
import static eu.sermas.bus.transport.TestClient.subscribe;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.sermas.bus.broker.live.SessionQuery;
import eu.sermas.bus.broker.live.SessionRow;
import eu.sermas.bus.packet.ConnAck;
import eu.sermas.bus.packet.ProtocolVersion;
import eu.sermas.bus.packet.Publish;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.SubAck;
import eu.sermas.bus.tls.Certificates;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.CertificateBuilder.Algorithm;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TlsTest {

    private static final ProtocolVersion V5 = ProtocolVersion.MQTT_5;

    @TempDir private Path directory;

    private Path chain() {
        return directory.resolve("chain.pem");
    }

    private Path key() {
        return directory.resolve("key.pem");
    }

    private static SSLContext trusting(Certificate certificate) throws Exception {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        store.setCertificateEntry("server", certificate);
        TrustManagerFactory trust =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    private static Certificate read(Path file) throws Exception {
        try (var in = Files.newInputStream(file)) {
            return CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }

    private static X509Bundle certificate(Algorithm algorithm, int serial) throws Exception {
        return new CertificateBuilder()
                .algorithm(algorithm)
                .serial(BigInteger.valueOf(serial))
                .subject("CN=localhost")
                .addSanDnsName("localhost")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
    }

    /// Writes both files as somebody would who renews them at this second.
    private void write(String chain, String key, long second) throws IOException {
        Files.writeString(chain(), chain);
        Files.writeString(key(), key);
        Files.setLastModifiedTime(chain(), FileTime.fromMillis(second * 1000));
        Files.setLastModifiedTime(key(), FileTime.fromMillis(second * 1000));
    }

    private static int serialShownBy(TestServer server) throws Exception {
        SSLContext any = SSLContext.getInstance("TLS");
        any.init(null, new TrustManager[] {new TrustAll()}, null);
        try (SSLSocket socket = (SSLSocket) TestClient.tls(server, any)) {
            socket.startHandshake();
            X509Certificate shown = (X509Certificate) socket.getSession().getPeerCertificates()[0];
            return shown.getSerialNumber().intValue();
        }
    }

    /// Raw MQTT and WebSocket on the port that also speaks both in plain; on whichever loop.
    @Test
    void carriesMqttAndWebSocket() throws Exception {
        Path written = directory.resolve("self-signed.pem");
        Certificates self =
                Certificates.selfSigned(written, List.of("localhost", "127.0.0.1"), null);
        SSLContext context = trusting(read(written));
        try (TestServer server = TestServer.start(TransportLimits.DEFAULT, self)) {
            for (int i = 0; i < 10; i++) {
                try (TestClient client = TestClient.over(TestClient.tls(server, context), V5)) {
                    echo(client, "tls" + i);
                    assertThat(connection(server, "tls" + i).transport()).isEqualTo("tls");
                }
                TestWebSocket socket = new TestWebSocket(TestClient.tls(server, context));
                socket.open("/mqtt", "mqtt", new byte[0]);
                try (TestClient client = socket.mqtt(V5)) {
                    echo(client, "wss" + i);
                    assertThat(connection(server, "wss" + i).transport()).isEqualTo("wss");
                }
                try (TestClient client = TestClient.open(server, V5)) {
                    echo(client, "plain" + i);
                    assertThat(connection(server, "plain" + i).transport()).isEqualTo("tcp");
                }
            }
        }
    }

    /// What people see of the connection of a client that has sent a message of 100,000 bytes and
    /// got it back.
    private static SessionRow.Connected connection(TestServer server, String clientId) {
        SessionQuery query =
                new SessionQuery(null, null, clientId, null, true, null, (_, _) -> true);
        SessionRow row = server.broker.live().sessions(query, null, 2).items().getFirst();
        SessionRow.Connected connection = Objects.requireNonNull(row.connection());
        assertThat(connection.address()).isEqualTo("127.0.0.1");
        assertThat(connection.port()).isPositive();
        assertThat(connection.received().messages()).isEqualTo(2);
        assertThat(connection.received().bytes()).isGreaterThan(100_000);
        assertThat(connection.sent().messages()).isEqualTo(2);
        assertThat(connection.sent().bytes()).isGreaterThan(100_000);
        return connection;
    }

    private static void echo(TestClient client, String clientId) throws Exception {
        byte[] payload = new byte[100_000];
        client.send(
                connect(V5, clientId),
                subscribe(1, clientId, QoS.AT_MOST_ONCE),
                publish(clientId, payload));
        client.receive(ConnAck.class);
        client.receive(SubAck.class);
        assertThat(client.receive(Publish.class).payload()).isEqualTo(payload);
        client.send(publish(clientId, new byte[] {1}));
        assertThat(client.receive(Publish.class).payload()).isEqualTo(new byte[] {1});
    }

    @ParameterizedTest
    @EnumSource(
            value = Algorithm.class,
            names = {"rsa2048", "ecp256", "ed25519"})
    void readsEveryKindOfKey(Algorithm algorithm) throws Exception {
        X509Bundle bundle = certificate(algorithm, 7);
        write(bundle.getCertificatePathPEM(), bundle.getPrivateKeyPEM(), 1);
        Certificates files = Certificates.files(chain(), key(), null, null);
        try (TestServer server = TestServer.start(TransportLimits.DEFAULT, files)) {
            assertThat(serialShownBy(server)).isEqualTo(7);
        }
    }

    @Test
    void readsTheFilesAgainAndKeepsWhatWorked() throws Exception {
        X509Bundle first = certificate(Algorithm.ecp256, 1);
        X509Bundle second = certificate(Algorithm.ecp256, 2);
        write(first.getCertificatePathPEM(), first.getPrivateKeyPEM(), 1);
        Certificates files = Certificates.files(chain(), key(), null, null);
        try (TestServer server = TestServer.start(TransportLimits.DEFAULT, files)) {
            assertThat(serialShownBy(server)).isEqualTo(1);
            write(second.getCertificatePathPEM(), first.getPrivateKeyPEM(), 2);
            files.refresh();
            assertThat(serialShownBy(server)).isEqualTo(1);
            write("rubbish", second.getPrivateKeyPEM(), 3);
            files.refresh();
            assertThat(serialShownBy(server)).isEqualTo(1);
            write(second.getCertificatePathPEM(), second.getPrivateKeyPEM(), 4);
            files.refresh();
            assertThat(serialShownBy(server)).isEqualTo(2);
        }
    }

    @Test
    void namesTheFileThatDoesNotWork() throws Exception {
        X509Bundle one = certificate(Algorithm.ecp256, 1);
        X509Bundle other = certificate(Algorithm.ecp256, 2);
        assertThatThrownBy(() -> Certificates.files(chain(), key(), null, null))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("chain.pem: no such file");
        write(one.getCertificatePathPEM(), other.getPrivateKeyPEM(), 1);
        assertThatThrownBy(() -> Certificates.files(chain(), key(), null, null))
                .hasMessageContaining("key.pem: is the key of no certificate in");
        write(one.getCertificatePathPEM(), "-----BEGIN RSA PRIVATE KEY-----", 2);
        assertThatThrownBy(() -> Certificates.files(chain(), key(), null, null))
                .hasMessageContaining("key.pem: not PEM (expected: PEM, PRIVATE KEY; `openssl");
    }

    @Test
    void closesTlsWhereThereIsNone() throws Exception {
        try (TestServer server = TestServer.start();
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.getOutputStream().write(new byte[] {0x16, 3, 1, 0, 0});
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }
}
