package eu.sermas.bus.config;

import static eu.sermas.bus.config.Kind.oneOf;
import static eu.sermas.bus.config.Kind.path;
import static eu.sermas.bus.config.Setting.optional;

import java.nio.file.Path;

/// The part of the table of [Settings] that says whether clients show certificates.
public final class TlsSettings {

    /// Whether clients are asked for a certificate.
    public enum ClientAuth {
        NONE,
        OPTIONAL,
        REQUIRED
    }

    public static final Setting<ClientAuth> CLIENT_AUTH =
            Setting.of(
                    "tls.client-auth",
                    oneOf(ClientAuth.class),
                    ClientAuth.NONE,
                    "Whether clients are asked for a certificate. Where one is `required`, TLS does"
                            + " not begin without it, and there is no MQTT without TLS.");
    public static final Setting<Path> CLIENT_CA =
            optional(
                    "tls.client-ca",
                    path("a path"),
                    "Certificates in PEM of the authorities that may issue those of clients; read"
                            + " again when the file changes.");

    private TlsSettings() {}
}
