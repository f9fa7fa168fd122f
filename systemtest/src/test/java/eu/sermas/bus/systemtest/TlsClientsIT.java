package eu.sermas.bus.systemtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Clients of every kind against a bus that has made its certificate itself.
class TlsClientsIT {

    private static BusProcess bus;

    @BeforeAll
    static void start() {
        bus = BusProcess.open().set("tls.self-signed", true).start();
        // The authority is that of the first start, and the certificate a new one.
        bus.stop();
        bus.start();
    }

    @AfterAll
    static void stop() {
        bus.close();
    }

    private static String authority() {
        return bus.dataDirectory().resolve("tls-authority.pem").toString();
    }

    private static void run(String... command) {
        Launcher.exec(Map.of(), List.of(command)).expect(0);
    }

    private static String url(String scheme) {
        return scheme + "://localhost:" + bus.port();
    }

    private static String port() {
        return Integer.toString(bus.port());
    }

    @Test
    void theFileIsNamedAndItsKeyIsForItsOwnerAlone() throws Exception {
        assertThat(bus.printed()).contains("for clients that trust " + authority());
        var key = bus.dataDirectory().resolve("tls-authority-key.pem");
        assertThat(Files.getPosixFilePermissions(key))
                .containsOnly(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
    }

    @Test
    void curlTrustsTheFile() {
        run("curl", "--silent", "--fail", "--cacert", authority(), url("https") + "/health/ready");
    }

    /// With all that RFC 5280 asks of certificates, as newer versions do by default.
    @Test
    void strictPythonTrustsTheFile() {
        run(
                "python3",
                "-c",
                """
                import socket, ssl
                context = ssl.create_default_context(cafile="%s")
                context.verify_flags |= ssl.VERIFY_X509_STRICT
                plain = socket.create_connection(("localhost", %s))
                context.wrap_socket(plain, server_hostname="localhost").close()
                """
                        .formatted(authority(), port()));
    }

    @Test
    void nodeTrustsTheFile() {
        run(
                "node",
                "-e",
                """
                const ca = require("fs").readFileSync("%s");
                require("tls")
                    .connect({host: "localhost", port: %s, ca}, () => process.exit(0))
                    .on("error", error => { console.error(error); process.exit(1); });
                """
                        .formatted(authority(), port()));
    }

    @Test
    void mosquittoTrustsTheFile() {
        run(
                "mosquitto_pub",
                "-h",
                "localhost",
                "-p",
                port(),
                "--cafile",
                authority(),
                "-q",
                "1",
                "-t",
                "tls",
                "-m",
                "hello");
    }

    @Test
    void javaTrustsTheFile() {
        Launcher.run(
                        "pub",
                        "--url",
                        url("mqtts"),
                        "--cafile",
                        authority(),
                        "--token",
                        "any",
                        "-q",
                        "1",
                        "-t",
                        "tls",
                        "-m",
                        "hello")
                .expect(0);
    }

    /// There is one certificate, whatever a client calls the bus.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "mqtt_broker",
                "localhost.",
                "outbound_.8080_._.bus",
                "-",
                "münchen",
                "a..b"
            })
    void nameThatJavaWouldRefuse(String name) {
        run("openssl", "s_client", "-connect", "localhost:" + port(), "-servername", name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-tls1_3 -ciphersuites TLS_CHACHA20_POLY1305_SHA256",
                "-tls1_2 -cipher ECDHE-ECDSA-CHACHA20-POLY1305"
            })
    void clientWithoutAes(String options) {
        var command = "openssl s_client -connect localhost:" + port() + " " + options;
        run(command.split(" "));
    }

    /// A client without AES in its processor names ChaCha20 first.
    @Test
    void theOrderOfTheClientCounts() {
        var command =
                "openssl s_client -connect localhost:%s -tls1_3 -ciphersuites %s:%s"
                        .formatted(
                                port(), "TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_GCM_SHA256");
        assertThat(Launcher.exec(Map.of(), List.of(command.split(" "))).output())
                .contains("Cipher is TLS_CHACHA20_POLY1305_SHA256");
    }

    @Test
    void devPrintsLinesToCopyAndTheFileGoesWithIt() {
        Path trust;
        try (var dev = BusProcess.dev().flags("--tls-self-signed").start()) {
            await().until(() -> dev.printed().contains("wss://localhost:" + dev.port() + "/mqtt"));
            var line =
                    dev.printed()
                            .lines()
                            .filter(text -> text.contains("--url mqtts://localhost:" + dev.port()))
                            .findFirst()
                            .orElseThrow();
            trust = Path.of(line.replaceFirst(".*--cafile ", "").replaceFirst(" .*", ""));
            assertThat(trust).exists();
        }
        assertThat(trust.getParent()).doesNotExist();
    }

    @Test
    void theEndOfTheCertificateIsAMetric() {
        assertThat(bus.rest().get("/metrics").expect(200).body())
                .containsPattern("sermas_bus_tls_certificate_expires \\d");
    }
}
