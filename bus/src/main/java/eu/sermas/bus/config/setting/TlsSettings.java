package eu.sermas.bus.config.setting;

import static eu.sermas.bus.config.setting.Kind.bool;
import static eu.sermas.bus.config.setting.Kind.oneOf;
import static eu.sermas.bus.config.setting.Kind.path;
import static eu.sermas.bus.config.setting.Setting.optional;

import java.nio.file.Path;
import java.util.List;

/// The part of the table of [Settings] that says whether clients show certificates.
public final class TlsSettings {

    /// Whether clients are asked for a certificate.
    public enum ClientAuth {
        NONE,
        OPTIONAL,
        REQUIRED
    }

    public static final Setting<Path> CERT =
            optional(
                    "tls.cert",
                    path("a path"),
                    "Certificate chain in PEM, in any order; read again when the file changes.");
    public static final Setting<Path> KEY =
            optional(
                    "tls.key",
                    path("a path"),
                    "Private key in PEM for `tls.cert`: PKCS #8, PKCS #1 or SEC 1; without it, the"
                            + " key stands in the file of the certificates.");
    public static final Setting<Path> KEY_PASSWORD_FILE =
            optional(
                    "tls.key-password-file",
                    path("a path"),
                    "Its first line is the password of an encrypted key.");
    public static final Setting<Boolean> SELF_SIGNED =
            Setting.of(
                    "tls.self-signed",
                    bool(),
                    false,
                    "Makes a certificate for localhost at each start, for trying TLS, of an authority"
                            + " that is kept: `tls-authority.pem` in the data directory.");
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

    /// In the order of the reference.
    static final List<Setting<?>> ALL =
            List.of(CERT, KEY, KEY_PASSWORD_FILE, SELF_SIGNED, CLIENT_AUTH, CLIENT_CA);

    private TlsSettings() {}
}
