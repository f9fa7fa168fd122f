package eu.sermas.bus.systemtest;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// A self-signed certificate for localhost, made by openssl.
///
/// @param chain the certificate, PEM
/// @param key its private key, PEM
record Certificate(Path chain, Path key) {

    static Certificate create(Path directory) {
        var made = new Certificate(directory.resolve("cert.pem"), directory.resolve("key.pem"));
        made.renew();
        return made;
    }

    /// Replaces both files.
    void renew() {
        Launcher.exec(
                        Map.of(),
                        List.of(
                                "openssl",
                                "req",
                                "-x509",
                                "-newkey",
                                "rsa:2048",
                                "-nodes",
                                "-days",
                                "2",
                                "-subj",
                                "/CN=localhost",
                                "-addext",
                                "subjectAltName=DNS:localhost,IP:127.0.0.1",
                                "-keyout",
                                key.toString(),
                                "-out",
                                chain.toString()))
                .expect(0);
    }
}
